"""What is kept of a ticket's clocks: each with its changes and what they were counted by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar, CalendarEdition
from hotline.models.clocks import Clock, ClockChange
from hotline.models.policies import PolicyRow, PolicyVersion
from hotline.models.ticket import Assignment, Ticket
from hotline.queries.ticket_rows import Sight
from workflows.definition import Actor


@dataclass(frozen=True, slots=True)
class EditionName:
    """Which edition of which calendar something was counted by, and what its author said."""

    calendar: str
    number: int
    published_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class RowName:
    """Which row of which version of the limits."""

    version_id: int
    version: int
    row: PolicyRow


@dataclass(frozen=True, slots=True)
class History:
    """The clocks a viewer may see; changes are grouped by clock, editions and rows known by their ids."""

    clocks: Sequence[Clock]
    changes: Mapping[int, Sequence[ClockChange]]
    editions: Mapping[int, EditionName]
    rows: Mapping[int, RowName]


def read_history(session: Session, ticket: Ticket, viewer: Actor) -> History:
    """Read what the viewer may see of a ticket's clocks, those that run before those that ended."""
    shares = session.scalars(select(Assignment).where(Assignment.ticket_id == ticket.id)).all()
    sight = Sight.of(viewer, shares)
    of_ticket = select(Clock).where(Clock.ticket_id == ticket.id)
    found = session.scalars(of_ticket.order_by(Clock.stopped_at.is_not(None), Clock.id.desc())).all()
    clocks = [clock for clock in found if sight.sees_clock(clock)]
    changes = _changes(session, [clock.id for clock in clocks])
    kept = [change for group in changes.values() for change in group]
    return History(
        clocks,
        changes,
        _editions(session, {change.calendar_edition_id for change in kept}),
        _rows(session, {change.policy_row_id for change in kept if change.policy_row_id is not None}),
    )


def _changes(session: Session, clock_ids: Sequence[int]) -> dict[int, list[ClockChange]]:
    found: dict[int, list[ClockChange]] = {}
    of_clocks = select(ClockChange).where(ClockChange.clock_id.in_(clock_ids))
    for change in session.scalars(of_clocks.order_by(ClockChange.clock_id, ClockChange.number)):
        found.setdefault(change.clock_id, []).append(change)
    return found


def _editions(session: Session, ids: set[int]) -> dict[int, EditionName]:
    named = (CalendarEdition.id, Calendar.name, CalendarEdition.number)
    rows = session.execute(
        select(*named, CalendarEdition.published_at, CalendarEdition.note)
        .join(Calendar, Calendar.id == CalendarEdition.calendar_id)
        .where(CalendarEdition.id.in_(ids))
    )
    return {row.id: EditionName(row.name, row.number, row.published_at, row.note) for row in rows}


def _rows(session: Session, ids: set[int]) -> dict[int, RowName]:
    rows = session.execute(
        select(PolicyRow, PolicyVersion.number)
        .join(PolicyVersion, PolicyVersion.id == PolicyRow.version_id)
        .where(PolicyRow.id.in_(ids))
    )
    return {row.id: RowName(row.version_id, number, row) for row, number in rows}
