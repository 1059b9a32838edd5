"""Which closed tickets count as on time, and for which unit: one rule for boards and comparisons?"""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from hotline.models.clocks import Clock
from hotline.models.ticket import Assignment, Ticket
from workflows.choices import AppealSubject
from workflows.vocabulary import AssignmentState, ClockName

_GONE = (AssignmentState.RECALLED.value, AssignmentState.RETURNED.value)


def latest_main_share() -> ColumnElement[int]:
    """The share of the unit that holds a ticket or held it last, as a column."""
    later = aliased(Assignment)
    return (
        select(func.max(later.id))
        .where(later.ticket_id == Ticket.id, later.is_main.is_(True), later.state.not_in(_GONE))
        .correlate(Ticket)
        .scalar_subquery()
    )


def was_on_time() -> ColumnElement[bool]:
    """The condition that the unit whose share is joined kept the limit of a closed ticket."""
    return or_(Ticket.is_late.is_(False), _took_over_in_time())


def counts_as_on_time() -> ColumnElement[bool]:
    """The same, or that its appeal against the lateness was upheld."""
    return or_(was_on_time(), Ticket.appeal_upheld.contains(AppealSubject.LATENESS.value))


def _took_over_in_time() -> ColumnElement[bool]:
    """The condition that the unit's share is of a later round, its first one, and handled in time."""
    earlier = aliased(Assignment)
    had_it_before = exists().where(
        earlier.ticket_id == Ticket.id,
        earlier.unit_id == Assignment.unit_id,
        earlier.is_main.is_(True),
        earlier.round < Assignment.round,
    )
    was_late = exists().where(
        Clock.ticket_id == Ticket.id,
        Clock.name == ClockName.HANDLE.value,
        Clock.assignment_id.is_(None),
        Clock.is_cancelled.is_(False),
        Clock.round == Assignment.round,
        Clock.stopped_at > Clock.due_at,
    )
    ours = (~had_it_before.correlate(Ticket, Assignment), ~was_late.correlate(Ticket, Assignment))
    return and_(Assignment.round > 1, *ours)
