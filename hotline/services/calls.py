"""How often was the citizen called in vain, as far as it counts, and what was noted at the last call?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket, TicketEvent
from hotline.services.calendars import load_calendar
from workflows.calls import counted_calls, is_number_wrong
from workflows.choices import CallResult
from workflows.vocabulary import TicketState


@dataclass(frozen=True, slots=True)
class FailedCalls:
    """The failed calls of this callback that count, in the city's time; the trail holds them all.

    `is_number_wrong` once nothing is left to call: further calls would reach the same stranger.
    """

    counted: tuple[datetime, ...] = ()
    is_number_wrong: bool = False


def failed_calls(session: Session, ticket: Ticket) -> FailedCalls:
    """Read how often the citizen was called in vain in this callback."""
    if ticket.state != TicketState.TO_CALL_BACK or not ticket.call_attempts:
        return FailedCalls()
    said = session.execute(_calls(ticket).order_by(TicketEvent.number)).all()
    moments = [_moment(at, data.get("attempted_at")) for at, data in said if "result" in data]
    zone = ZoneInfo(load_calendar(session).zone)
    counted = counted_calls(moment.astimezone(zone) for moment in moments)
    # Whoever booked a call was reached at the number.
    was_wrong = [data.get("result") == CallResult.WRONG_NUMBER for _, data in said]
    return FailedCalls(counted, is_number_wrong(was_wrong))


@dataclass(frozen=True, slots=True)
class LastNote:
    """What the caller before wrote down: how the call ended, or why it was put off; `result` is None then."""

    at: datetime
    result: CallResult | None
    words: str


def last_note(session: Session, ticket: Ticket) -> LastNote | None:
    """Read the newest of the failed and the booked calls of this callback."""
    found = session.execute(_calls(ticket).order_by(TicketEvent.number.desc()).limit(1)).first()
    if found is None:
        return None
    result = found.data.get("result")
    return LastNote(found.at, CallResult(result) if result else None, found.data.get("note") or "")


def _calls(ticket: Ticket) -> Select[datetime, dict[str, Any]]:
    """The failed and the booked calls of this callback."""
    of_round = (TicketEvent.ticket_id == ticket.id, TicketEvent.round == ticket.round)
    acts = TicketEvent.action.in_(("record_call_attempt", "book_call"))
    return select(TicketEvent.at, TicketEvent.data).where(*of_round, acts)


def _moment(recorded_at: datetime, called_at: str | None) -> datetime:
    return datetime.fromisoformat(called_at) if called_at else recorded_at
