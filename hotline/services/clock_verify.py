"""Are the clocks of a ticket those that its events give?"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, ClockChange
from hotline.models.ticket import Ticket
from hotline.services.clock_changes import Noted
from hotline.services.clock_rebuild import Past, rebuild

_OF_CLOCK = (
    "name",
    "assignment_id",
    "request_id",
    "order_id",
    "round",
    "is_rework",
    "policy_row_id",
    "unit",
    "calendar",
    "started_at",
    "due_at",
    "original_due_at",
    "yellow_at",
    "orange_at",
    "paused_at",
    "paused_seconds",
    "stopped_at",
    "is_cancelled",
)
_OF_TICKET = (
    "policy_version_id",
    "leading_clock",
    "due_at",
    "original_due_at",
    "yellow_at",
    "orange_at",
    "paused_at",
)
# What befell a clock before its changes were kept is known by its first and its present due date alone.
_BEFORE_IT_WAS_KEPT = 0
_OF_CHANGE = ("policy_row_id", "calendar_edition_id", "due_at", "held_seconds", "days")


def differences(session: Session, ticket: Ticket) -> list[str]:
    """List in words where a ticket's clocks differ from those rebuilt from its events. Reads only."""
    try:
        past = rebuild(session, ticket)
    except LookupError as error:
        return [str(error)]
    clocks = session.scalars(select(Clock).where(Clock.ticket_id == ticket.id).order_by(Clock.id)).all()
    found = [*_of_ticket(ticket, past), *_of_clocks(clocks, past.clocks)]
    if len(clocks) == len(past.clocks):
        found += _of_changes(session, clocks, past)
    return found


def _of_ticket(ticket: Ticket, past: Past) -> Iterator[str]:
    for name in _OF_TICKET:
        stands, rebuilt = getattr(ticket, name), getattr(past.ticket, name)
        if stands != rebuilt:
            yield f"ticket {name} is {stands}, its events give {rebuilt}"


def _of_clocks(clocks: Sequence[Clock], rebuilt: Sequence[Clock]) -> Iterator[str]:
    for stands, given in zip_longest(clocks, rebuilt):
        if stands is None or given is None:
            odd = stands or given
            yield f"clock {odd.name} of {odd.started_at} is {'missing' if stands is None else 'too many'}"
            continue
        for name in _OF_CLOCK:
            if getattr(stands, name) != getattr(given, name):
                yield (
                    f"clock {stands.id} ({stands.name}) {name} is {getattr(stands, name)}, "
                    f"its events give {getattr(given, name)}"
                )


def _of_changes(session: Session, clocks: Sequence[Clock], past: Past) -> Iterator[str]:
    for stands, given in zip(clocks, past.clocks, strict=True):
        of_clock = select(ClockChange).where(ClockChange.clock_id == stands.id)
        kept = session.scalars(of_clock.order_by(ClockChange.number)).all()
        noted = [(event, each) for event, each in past.noted if each.clock is given]
        if any(change.event_number == _BEFORE_IT_WAS_KEPT for change in kept):
            continue
        if [_kept(change) for change in kept] != [_given(event, each) for event, each in noted]:
            yield f"clock {stands.id} ({stands.name}) has another history than its events give"


def _kept(change: ClockChange) -> tuple[object, ...]:
    own: Mapping[str, object] = {name: getattr(change, name) for name in _OF_CHANGE}
    return (change.event_number, change.reason, *own.values())


def _given(event_number: int, noted: Noted) -> tuple[object, ...]:
    return (event_number, str(noted.reason), *(noted.values[name] for name in _OF_CHANGE))
