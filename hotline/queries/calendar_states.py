"""How does a calendar stand in one of its editions: its week, and the dates that differ from it?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import ColumnElement, RowMapping, or_, select
from sqlalchemy.orm import Session

from hotline.models.calendars import CalendarDay, CalendarHours, DayKind
from workflows.worktime import Hours

_WEEKDAYS = range(7)
_OF_A_DAY = ("on", "kind", "name", "source", "is_official", "hours")


@dataclass(frozen=True, slots=True)
class DayState:
    """A date that differs from its weekday; `hours` only for special hours."""

    on: date
    kind: DayKind
    name: str
    source: str
    is_official: bool
    hours: Hours


@dataclass(frozen=True, slots=True)
class CalendarState:
    """A calendar in one edition: the hours of the week (Monday first), the differing dates in order."""

    number: int
    week: tuple[Hours, ...]
    days: Mapping[date, DayState]

    @property
    def years(self) -> list[int]:
        return sorted({on.year for on in self.days})

    @property
    def official_years(self) -> frozenset[int]:
        return frozenset(day.on.year for day in self.days.values() if day.is_official)

    def days_of(self, year: int) -> list[DayState]:
        return [day for day in self.days.values() if day.on.year == year]


@dataclass(frozen=True, slots=True)
class WeekdayPair:
    """The hours of one weekday (0 is Monday) in two editions."""

    weekday: int
    before: Hours
    after: Hours


@dataclass(frozen=True, slots=True)
class DayPair:
    """One date in two editions; None stands for following the weekday."""

    on: date
    before: DayState | None
    after: DayState | None


def read_state(session: Session, calendar_id: int, number: int) -> CalendarState:
    """Read a calendar as an edition had it."""
    spans = session.execute(
        select(CalendarHours.weekday, CalendarHours.opens, CalendarHours.closes)
        .where(CalendarHours.calendar_id == calendar_id, in_force(CalendarHours, number))
        .order_by(CalendarHours.weekday, CalendarHours.opens)
    ).all()
    columns = (getattr(CalendarDay, name) for name in _OF_A_DAY)
    days = session.execute(
        select(*columns)
        .where(CalendarDay.calendar_id == calendar_id, in_force(CalendarDay, number))
        .order_by(CalendarDay.on)
    ).mappings()
    week = tuple(
        tuple((opens, closes) for weekday, opens, closes in spans if weekday == wanted)
        for wanted in _WEEKDAYS
    )
    return CalendarState(number, week, {day["on"]: _state(day) for day in days})


def compare_weeks(before: CalendarState, after: CalendarState) -> list[WeekdayPair]:
    """List the weekdays whose hours differ between two editions."""
    pairs = enumerate(zip(before.week, after.week, strict=True))
    return [WeekdayPair(weekday, old, new) for weekday, (old, new) in pairs if old != new]


def compare_days(before: CalendarState, after: CalendarState) -> list[DayPair]:
    """List the dates that differ between two editions, in order."""
    pairs = [
        DayPair(on, before.days.get(on), after.days.get(on)) for on in sorted({*before.days, *after.days})
    ]
    return [pair for pair in pairs if pair.before != pair.after]


def read_hours(stored: Iterable[Sequence[str]] | None) -> Hours:
    """Read the spans that a date with special hours keeps."""
    spans = stored or ()
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in spans)


def in_force(model: type[CalendarDay] | type[CalendarHours], number: int) -> ColumnElement[bool]:
    """The condition that a row holds in an edition."""
    return (model.from_edition <= number) & or_(model.until_edition.is_(None), model.until_edition > number)


def _state(day: RowMapping) -> DayState:
    told = {**day, "kind": DayKind(day["kind"]), "hours": read_hours(day["hours"])}
    return DayState(**told)
