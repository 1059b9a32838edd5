"""Which light does a ticket show, and which tickets show it? One rule for a row read and one for SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from hotline.models.ticket import Ticket
from workflows.sla import ClockReading, light
from workflows.vocabulary import Light, TicketState

_OPEN = tuple(str(state) for state in TicketState if state not in {TicketState.CLOSED, TicketState.ARCHIVED})


def light_of(ticket: Any, now: datetime) -> Light:
    """Derive the light of a ticket, or of a row with its columns, from its leading clock."""
    if ticket.closed_at is not None:
        if ticket.is_late is None:
            return Light.NONE
        return Light.DONE_LATE if ticket.is_late else Light.DONE_ON_TIME
    if ticket.due_at is None:
        return Light.NONE
    reading = ClockReading(
        ticket.created_at, ticket.due_at, ticket.yellow_at, ticket.orange_at, ticket.paused_at
    )
    return light(reading, now)


def has_light(wanted: Light, now: datetime) -> ColumnElement[bool]:
    """Build the condition for tickets that show a light now."""
    match wanted:
        case Light.RED:
            return and_(_RUNS, Ticket.due_at <= now)
        case Light.ORANGE:
            return and_(_RUNS, Ticket.due_at > now, Ticket.orange_at.is_not(None), Ticket.orange_at <= now)
        case Light.YELLOW:
            is_yellow = and_(Ticket.yellow_at.is_not(None), Ticket.yellow_at <= now)
            return and_(_RUNS, Ticket.due_at > now, is_yellow, _is_before(Ticket.orange_at, now))
        case Light.GREEN:
            is_early = (_is_before(Ticket.yellow_at, now), _is_before(Ticket.orange_at, now))
            return and_(_RUNS, Ticket.due_at > now, *is_early)
        case _:
            return _AT_REST[wanted]


def _is_before(warning: Any, now: datetime) -> ColumnElement[bool]:
    """The moment of a warning has not come, or there is none."""
    return or_(warning.is_(None), warning > now)


# Built once: a page asks for lights several times.
_RUNS = and_(Ticket.state.in_(_OPEN), Ticket.due_at.is_not(None), Ticket.paused_at.is_(None))
_AT_REST: dict[Light, ColumnElement[bool]] = {
    Light.PAUSED: and_(Ticket.state.in_(_OPEN), Ticket.paused_at.is_not(None)),
    Light.DONE_ON_TIME: and_(Ticket.closed_at.is_not(None), Ticket.is_late.is_(False)),
    Light.DONE_LATE: and_(Ticket.closed_at.is_not(None), Ticket.is_late.is_(True)),
    Light.NONE: or_(
        and_(Ticket.closed_at.is_(None), Ticket.due_at.is_(None)),
        and_(Ticket.closed_at.is_not(None), Ticket.is_late.is_(None)),
    ),
}
