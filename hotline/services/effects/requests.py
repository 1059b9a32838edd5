"""What becomes of requests, and what an approved one leaves on its ticket."""

from sqlalchemy import select

from hotline.models.ticket import Citizen, Request
from hotline.services.effects.change import Change, Move
from workflows.choices import AppealSubject
from workflows.errors import Code, Refused
from workflows.request.parts import KIND_OF_ASK
from workflows.vocabulary import Machine, RequestKind

_ABOUT_CLOSING = (RequestKind.REOPENING.value, RequestKind.EXCLUSION.value)
_LONG_TEXTS = ("basis", "plan", "evidence", "purpose", "question", "reason")


def open_request(change: Change) -> None:
    data = change.data
    kind = KIND_OF_ASK[change.decision.transition.action]
    is_coded = "basis" in data
    change.request = Request(
        ticket_id=change.ticket.id,
        assignment_id=None if change.assignment is None else change.assignment.id,
        kind=str(kind),
        state=change.decision.to_state,
        reason=data["reason"] if is_coded else "",
        basis=next(data[name] for name in _LONG_TEXTS if name in data),
        suggested_unit=data.get("suggested_unit", ""),
        details=dict(change.decision.event_data),
        asked_by_id=change.actor.user_id,
        asked_at=change.now,
    )
    change.session.add(change.request)


def decide_request(change: Change) -> None:
    request = change.asked
    if request.kind == RequestKind.CENTRE_CONTACT:
        _check_nobody_is_named(change)
    request.decided_by_id = change.actor.user_id
    request.decided_at = change.now
    request.decision_reason = change.data.get("reason", "")


def _check_nobody_is_named(change: Change) -> None:
    """Refuse an answer that tells the unit who the citizen of a confidential ticket is."""
    citizen_id, said = change.ticket.citizen_id, "".join(change.data.get("reason", "").split())
    citizen = None if citizen_id is None else change.session.get_one(Citizen, citizen_id)
    if citizen is None:
        return
    known = (citizen.name, citizen.email, (citizen.phone or "").removeprefix("+86"))
    if any(text and text in said for text in known):
        raise Refused(Code.ANSWER_NAMES_CALLER, "reason")


def cancel_about_closing(change: Change) -> None:
    """Once a ticket is open again, nobody need ask for that, nor leave its closing out of the figures.

    A lateness that was excused stays excused; what comes next has to be judged by itself.
    """
    if AppealSubject.LATENESS in change.ticket.appeal_upheld.split():
        change.ticket.is_late = False
    change.ticket.appeal_upheld = ""
    about_it = (Request.ticket_id == change.ticket.id, Request.kind.in_(_ABOUT_CLOSING))
    still_open = select(Request.id).where(*about_it, Request.state == "requested").order_by(Request.id)
    change.moves.extend(
        Move(Machine.REQUEST, "cancel", found) for found in change.session.scalars(still_open)
    )


def endorse_request(change: Change) -> None:
    change.asked.endorsed_by_id = change.actor.user_id
    change.asked.endorsed_at = change.now


def mark_viewed(change: Change) -> None:
    change.asked.viewed_at = change.now


def count_extension(change: Change) -> None:
    change.ticket.extension_count += 1


def uphold_appeal(change: Change) -> None:
    """Mark what was upheld beside what was upheld before: a ticket may be cleared of both."""
    upheld = {*change.ticket.appeal_upheld.split(), str(change.asked.details["about"])}
    change.ticket.appeal_upheld = " ".join(sorted(upheld))


def exclude(change: Change) -> None:
    change.ticket.is_excluded = True


def include(change: Change) -> None:
    change.ticket.is_excluded = False
