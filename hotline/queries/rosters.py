"""How does a unit's duty roster of one week stand: who is on duty, where is nobody, where are two at once?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.rosters import DutyShift
from workflows.worktime import WorkCalendar

DAYS = 7
_ONE_DAY = timedelta(days=1)
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift as its week shows it; `beside` names who stands at the same place at the same time."""

    id: int
    name: str
    place: int
    starts_at: datetime
    ends_at: datetime
    is_active: bool
    is_reachable: bool
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """One day: the shifts that begin on it, and when nobody is there, neither at work nor on duty.

    Duty hours leave no gap even with nobody planned; `is_planned`: somebody is, for any part of it.
    """

    on: date
    shifts: tuple[Shift, ...]
    gaps: tuple[Stretch, ...]
    is_planned: bool


def read_week(session: Session, unit: Unit, monday: date, calendar: WorkCalendar) -> tuple[Day, ...]:
    """Read seven days of a roster; the unit's duty hours need nobody on the roster."""
    begins, ends = _bounds(calendar, monday)[0], _bounds(calendar, monday + (DAYS - 1) * _ONE_DAY)[1]
    found = list_shifts(session, unit.id, begins, ends)
    covered = [(shift.starts_at, shift.ends_at) for shift in found if shift.is_active]
    days = []
    for on in (monday + number * _ONE_DAY for number in range(DAYS)):
        day = _bounds(calendar, on)
        gaps = uncovered(day, [*covered, *_attended(calendar, on)])
        first = on == monday
        own = tuple(
            shift
            for shift in found
            if day[0] <= shift.starts_at < day[1] or (first and shift.starts_at < day[0])
        )
        is_planned = any(begins < day[1] and ends > day[0] for begins, ends in covered)
        days.append(Day(on, own, gaps, is_planned))
    return tuple(days)


def list_shifts(session: Session, unit_id: int, begins: datetime, ends: datetime) -> list[Shift]:
    """List the shifts of a unit that touch a stretch of time, in order."""
    rows = session.execute(
        select(DutyShift, User)
        .join(User, User.id == DutyShift.user_id)
        .where(DutyShift.unit_id == unit_id, DutyShift.starts_at < ends, DutyShift.ends_at > begins)
        .order_by(DutyShift.starts_at, DutyShift.place, DutyShift.id)
    ).all()
    return [
        Shift(
            shift.id,
            user.display_name,
            shift.place,
            shift.starts_at,
            shift.ends_at,
            user.is_active and user.unit_id == unit_id,
            bool(user.phone or user.email),
            tuple(other.display_name for each, other in rows if _collide(shift, each)),
        )
        for shift, user in rows
    ]


def list_on_duty(session: Session, unit_id: int, now: datetime) -> Sequence[User]:
    """List who of a unit is on duty, the first in line first."""
    return session.scalars(
        select(User)
        .join(DutyShift, DutyShift.user_id == User.id)
        .where(DutyShift.unit_id == unit_id, DutyShift.starts_at <= now, DutyShift.ends_at > now)
        .where(User.is_active, User.unit_id == unit_id)
        .order_by(DutyShift.place, DutyShift.starts_at, DutyShift.id)
    ).all()


def uncovered(whole: Stretch, covers: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Give the parts of a stretch of time that no other one covers."""
    free, since = [], whole[0]
    for begins, ends in sorted(covers):
        if begins > since:
            free.append((since, min(begins, whole[1])))
        since = max(since, ends)
        if since >= whole[1]:
            return tuple(free)
    return (*free, (since, whole[1]))


def _attended(calendar: WorkCalendar, on: date) -> tuple[Stretch, ...]:
    """When people are at work: from the opening to the last closing, for nobody is called away from lunch."""
    opened = calendar.open_on(on)
    return ((opened[0][0], opened[-1][1]),) if opened else ()


def _collide(one: DutyShift, other: DutyShift) -> bool:
    is_same_place = one.place == other.place and one.id != other.id
    return is_same_place and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _bounds(calendar: WorkCalendar, on: date) -> Stretch:
    return calendar.end_of_day(on - _ONE_DAY), calendar.end_of_day(on)
