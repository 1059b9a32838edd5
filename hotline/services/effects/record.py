"""What the ticket itself says: its record, its waiting, how it ended."""

from hotline.services.barring import keep_bars
from hotline.services.effects.change import Change
from hotline.services.identity import keep_citizen
from hotline.services.knowledge_use import keep_citations
from hotline.services.statements import check_statement
from hotline.services.watching import mark_ticket
from workflows.choices import PersonalField
from workflows.errors import Code, Refused
from workflows.vocabulary import Role

_TITLE_LENGTH = 30
_TEXTS = ("type", "content", "channel", "urgency", "district", "street", "address")
_FLAGS = ("is_anonymous", "is_confidential", "callback_wanted")
_OF_PERSON = {
    PersonalField.NAME: "citizen_name",
    PersonalField.PHONE: "phone",
    PersonalField.EMAIL: "email",
}
_ENDS = {
    "answer_directly": "answered_directly",
    "reject": "rejected",
    "withdraw": "withdrawn",
    "transfer_emergency": "transferred",
    "invalidate": "invalid",
    "merge": "merged",
}


def title_from(content: str) -> str:
    """Make a title of a text that came without one: its first words."""
    line = " ".join(content.split())
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1] + "…"


def keep_record(change: Change) -> None:
    ticket, data = change.ticket, change.data
    check_statement(change.session, data)
    before = (ticket.type, ticket.urgency, ticket.category_id)
    for name in (*_TEXTS, *_FLAGS):
        if name in data:
            setattr(ticket, name, data[name])
    if "category" in data:
        ticket.category_id = data["category"]
    change.is_reclassified = before != (ticket.type, ticket.urgency, ticket.category_id)
    if "accused" in data:
        ticket.accused = data["accused"]
    if "title" in data or not ticket.title:
        ticket.title = data.get("title") or title_from(ticket.content)
    keep_citizen(change.session, ticket, data, change.now)
    if "accused" in data:
        keep_bars(change.session, ticket)
    if "content" in data or "title" in data:
        mark_ticket(change.session, ticket, change.now)


def correct_record(change: Change) -> None:
    """Write one thing as its citizen wants it. Raises Refused where nobody is kept whom it could be of."""
    ticket, wanted = change.ticket, PersonalField(change.data["field"])
    value = change.data["value"]
    if wanted in _OF_PERSON:
        if ticket.citizen_id is None:
            raise Refused(Code.NOT_FOUND)
        keep_citizen(change.session, ticket, {_OF_PERSON[wanted]: value}, change.now)
        return
    setattr(ticket, wanted.value, value)
    if wanted is PersonalField.CONTENT:
        mark_ticket(change.session, ticket, change.now)


def mark_submitted(change: Change) -> None:
    change.ticket.submitted_at = change.ticket.submitted_at or change.now


def set_outcome(change: Change) -> None:
    change.ticket.outcome = _outcome(change)
    change.ticket.closed_at = change.now
    change.ticket.came_from = change.ticket.call_booked_at = None


def clear_outcome(change: Change) -> None:
    change.ticket.outcome = change.ticket.closed_at = None
    change.ticket.invalid_proposed_by_id = None


def await_supplement(change: Change) -> None:
    change.ticket.came_from = change.decision.from_state
    change.ticket.supplement_asked_by_id = change.actor.user_id


def end_waiting(change: Change) -> None:
    change.ticket.came_from = None


def propose_invalid(change: Change) -> None:
    change.ticket.invalid_proposed_by_id = change.actor.user_id


def drop_invalid(change: Change) -> None:
    change.ticket.invalid_proposed_by_id = None


def count_call_attempt(change: Change) -> None:
    change.ticket.call_attempts += 1
    change.ticket.last_attempt_at = change.data.get("attempted_at") or change.now
    change.ticket.call_booked_at = None


def book_call(change: Change) -> None:
    change.ticket.call_booked_at = change.data["call_at"]


def keep_answer(change: Change) -> None:
    ticket, data = change.ticket, change.data
    if "answer" in data:
        ticket.direct_answer = data["answer"]
        keep_citations(change.session, ticket.id, data.get("source") or "", change.now)
    ticket.is_public = bool(data.get("is_public"))
    # Followers read this text too, whether or not the whole city may.
    if data.get("public_answer"):
        ticket.public_answer = data["public_answer"]


def mark_archived(change: Change) -> None:
    change.ticket.archived_at = change.now


def _outcome(change: Change) -> str:
    action, data = change.decision.transition.action, change.data
    if action in _ENDS:
        return _ENDS[action]
    if action == "close_without_callback":
        return str(data["outcome"])
    if change.decision.role is Role.SYSTEM:
        return "unreachable"
    if data.get("is_explained"):
        return "explained"
    return "resolved" if data["solved"] == "yes" else "partly_resolved"
