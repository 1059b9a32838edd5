"""What must change in the rows besides the state: one function for each effect a table can name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Assignment, Rating, Request, Ticket
from hotline.services.identity import keep_citizen
from hotline.services.policies import city_date, current_policy, load_calendar
from workflows.definition import Actor, Decision, Effect
from workflows.vocabulary import AssignmentState, Machine, Role

_TITLE_LENGTH = 30


@dataclass(slots=True)
class Move:
    """A system action to take next, on another row of the same ticket."""

    machine: Machine
    action: str
    subject_id: int


@dataclass(slots=True)
class Change:
    """One accepted decision while it is carried out: the rows it touches and the moves it causes."""

    session: Session
    ticket: Ticket
    decision: Decision
    actor: Actor
    now: datetime
    assignment: Assignment | None = None
    request: Request | None = None
    touched: list[Assignment] = field(default_factory=list)
    is_reclassified: bool = False
    moves: list[Move] = field(default_factory=list)

    @property
    def data(self) -> Mapping[str, Any]:
        return self.decision.data


def carry_out(change: Change) -> None:
    """Apply the decision's effects in the order of the row; flushes so that new rows have their ids."""
    # Half of a row's effects may break a constraint that the whole keeps, so nothing is flushed in between.
    with change.session.no_autoflush:
        for effect in change.decision.effects:
            _EFFECTS[effect](change)
    change.session.flush()


def title_from(content: str) -> str:
    """Make a title of a text that came without one: its first words."""
    line = " ".join(content.split())
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1] + "…"


def _keep_record(change: Change) -> None:
    ticket, data = change.ticket, change.data
    change.is_reclassified = any(
        data.get(n, getattr(ticket, n)) != getattr(ticket, n) for n in ("type", "urgency")
    )
    for name in ("type", "content", "channel", "urgency", "district", "street", "address"):
        if name in data:
            setattr(ticket, name, data[name])
    for name in ("is_anonymous", "is_confidential", "callback_wanted"):
        if name in data:
            setattr(ticket, name, data[name])
    if "category" in data:
        ticket.category_id = data["category"]
    if "accused" in data:
        ticket.accused = data["accused"]
    if "title" in data or not ticket.title:
        ticket.title = data.get("title") or title_from(ticket.content)
    keep_citizen(change.session, ticket, data, change.now)


def _mark_submitted(change: Change) -> None:
    change.ticket.submitted_at = change.ticket.submitted_at or change.now


def _set_outcome(change: Change) -> None:
    change.ticket.outcome = _outcome(change)
    change.ticket.closed_at = change.now


def _outcome(change: Change) -> str:
    action, data = change.decision.transition.action, change.data
    fixed = {"answer_directly": "answered_directly", "reject": "rejected", "withdraw": "withdrawn"}
    if action in fixed:
        return fixed[action]
    if action == "close_without_callback":
        return str(data["outcome"])
    if change.decision.role is Role.SYSTEM:
        return "unreachable"
    if data.get("is_explained"):
        return "explained"
    return "resolved" if data["solved"] == "yes" else "partly_resolved"


def _create_assignments(change: Change) -> None:
    ticket, data = change.ticket, change.data
    if ticket.policy_version_id is None:
        calendar = load_calendar(change.session)
        policy = current_policy(change.session, city_date(calendar, change.now))
        ticket.policy_version_id = policy.version_id
    ticket.is_hard = bool(data.get("is_hard")) or ticket.is_hard
    ticket.dispatched_at = ticket.dispatched_at or change.now
    for unit_id, is_main in ((data["main_unit"], True), *((u, False) for u in data.get("co_units") or ())):
        change.touched.append(_new_assignment(change, unit_id, is_main=is_main))


def _new_assignment(change: Change, unit_id: int, *, is_main: bool) -> Assignment:
    assignment = Assignment(
        ticket_id=change.ticket.id,
        unit_id=unit_id,
        is_main=is_main,
        round=change.ticket.round,
        state=str(AssignmentState.TO_SIGN),
        advice=change.data.get("advice", ""),
        created_at=change.now,
    )
    change.session.add(assignment)
    return assignment


def _recall_assignments(change: Change) -> None:
    for assignment in _assignments(change):
        if assignment.state not in {"returned", "recalled"}:
            change.touched.append(assignment)
            change.moves.append(Move(Machine.ASSIGNMENT, "recall", assignment.id))


def _open_main_again(change: Change) -> None:
    change.ticket.send_back_count += 1
    main = _main(change)
    change.touched.append(main)
    change.moves.append(Move(Machine.ASSIGNMENT, "handle_again", main.id))


def _new_round(change: Change) -> None:
    unit_id = _main(change).unit_id
    change.ticket.round += 1
    change.ticket.call_attempts = 0
    change.touched.append(_new_assignment(change, unit_id, is_main=True))


def _count_call_attempt(change: Change) -> None:
    change.ticket.call_attempts += 1
    change.ticket.last_attempt_at = change.data.get("attempted_at") or change.now


def _keep_rating(change: Change) -> None:
    data = change.data
    if not data.get("solved"):
        return
    change.session.add(
        Rating(
            ticket_id=change.ticket.id,
            round=change.ticket.round,
            solved=data["solved"],
            satisfaction=data["satisfaction"],
            was_contacted=data.get("was_contacted"),
            is_truthful=data.get("is_truthful"),
            comment=data.get("comment", ""),
            rated_by=str(change.decision.role),
            rated_at=change.now,
        )
    )


def _keep_contact(change: Change) -> None:
    change.ticket.contacted_at = change.ticket.contacted_at or change.data["contacted_at"]


def _keep_answer(change: Change) -> None:
    ticket, data = change.ticket, change.data
    if "answer" in data:
        ticket.direct_answer = data["answer"]
    ticket.is_public = bool(data.get("is_public"))
    if ticket.is_public:
        ticket.public_answer = data["public_answer"]


def _keep_signature(change: Change) -> None:
    assignment = _subject(change)
    assignment.signed_at = change.now
    is_late = assignment.sign_due_at is not None and change.now > assignment.sign_due_at
    assignment.is_signed_late = is_late or change.decision.role is Role.SYSTEM
    assignment.handler_id = change.actor.user_id


def _keep_reply(change: Change) -> None:
    assignment, data = _subject(change), change.data
    assignment.handler_id = change.actor.user_id
    assignment.replied_at = change.now
    for name in ("contact", "no_contact_reason", "result", "answer", "public_answer"):
        setattr(assignment, name, data.get(name))
    if assignment.is_main and data["contact"] == "contacted":
        change.ticket.contacted_at = change.ticket.contacted_at or change.now
    _cancel_requests(change, assignment)


def _count_return(change: Change) -> None:
    change.ticket.return_count += 1


def _open_request(change: Change) -> None:
    data, assignment = change.data, _subject(change)
    change.request = Request(
        ticket_id=change.ticket.id,
        assignment_id=assignment.id,
        kind=data["kind"],
        state=change.decision.to_state,
        reason=data["reason"],
        basis=data["basis"],
        suggested_unit=data.get("suggested_unit", ""),
        asked_by_id=change.actor.user_id,
        asked_at=change.now,
    )
    change.session.add(change.request)


def _decide_request(change: Change) -> None:
    request = change.request
    if request is not None:
        request.decided_by_id = change.actor.user_id
        request.decided_at = change.now
        request.decision_reason = change.data.get("reason", "")


def _forbid_return(change: Change) -> None:
    change.ticket.forbid_return = True


def _mark_archived(change: Change) -> None:
    change.ticket.archived_at = change.now


def _cancel_open_requests(change: Change) -> None:
    _cancel_requests(change, _subject(change))


def _cancel_requests(change: Change, assignment: Assignment) -> None:
    """A request about a share that has moved on has nothing left to decide."""
    open_ids = select(Request.id).where(Request.assignment_id == assignment.id, Request.state == "requested")
    change.moves.extend(Move(Machine.REQUEST, "cancel", found) for found in change.session.scalars(open_ids))


def _subject(change: Change) -> Assignment:
    if change.assignment is None:
        message = f"{change.decision.transition.action} needs an assignment"
        raise TypeError(message)
    return change.assignment


def _assignments(change: Change) -> list[Assignment]:
    of_ticket = select(Assignment).where(Assignment.ticket_id == change.ticket.id).order_by(Assignment.id)
    return list(change.session.scalars(of_ticket))


def _main(change: Change) -> Assignment:
    this_round = [a for a in _assignments(change) if a.is_main and a.round == change.ticket.round]
    return next(a for a in reversed(this_round) if a.state not in {"returned", "recalled"})


_EFFECTS: Mapping[Effect, Callable[[Change], None]] = {
    Effect.KEEP_RECORD: _keep_record,
    Effect.MARK_SUBMITTED: _mark_submitted,
    Effect.SET_OUTCOME: _set_outcome,
    Effect.CREATE_ASSIGNMENTS: _create_assignments,
    Effect.RECALL_ASSIGNMENTS: _recall_assignments,
    Effect.HANDLE_AGAIN: _open_main_again,
    Effect.NEW_ROUND: _new_round,
    Effect.COUNT_CALL_ATTEMPT: _count_call_attempt,
    Effect.KEEP_RATING: _keep_rating,
    Effect.KEEP_CONTACT: _keep_contact,
    Effect.KEEP_ANSWER: _keep_answer,
    Effect.KEEP_SIGNATURE: _keep_signature,
    Effect.KEEP_REPLY: _keep_reply,
    Effect.COUNT_RETURN: _count_return,
    Effect.OPEN_REQUEST: _open_request,
    Effect.DECIDE_REQUEST: _decide_request,
    Effect.FORBID_RETURN: _forbid_return,
    Effect.MARK_ARCHIVED: _mark_archived,
    Effect.CANCEL_REQUESTS: _cancel_open_requests,
}
