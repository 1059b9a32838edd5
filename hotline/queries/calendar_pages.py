"""What do the pages of the working calendars show: the list, one year, the editions, what counts by them?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar, CalendarEdition, DayKind, Origin
from hotline.models.clocks import Clock
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.queries.calendar_states import DayState, read_state
from workflows.counting import TimeUnit

_ONE_DAY = timedelta(days=1)
_WORKING = (TimeUnit.WORKING_HOURS.value, TimeUnit.WORKING_DAYS.value)


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One calendar of the list; `units` keep it as their duty hours, `running` clocks count by it."""

    code: str
    name: str
    zone: str
    has_holidays: bool
    number: int
    published_at: datetime | None
    official_years: tuple[int, ...]
    units: int
    running: int


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition; nobody is named when the system published it."""

    number: int
    published_at: datetime
    published_by: str
    note: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring dates that differ from their weekdays in the same way."""

    first: date
    last: date
    day: DayState

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def find_calendar(session: Session, code: str) -> Calendar | None:
    return session.scalar(select(Calendar).where(Calendar.code == code))


def list_calendars(session: Session) -> list[CalendarLine]:
    """List every calendar, the city's first."""
    calendars = session.scalars(select(Calendar).order_by(Calendar.id)).all()
    units = _counted(session, select(Unit.calendar, func.count()).group_by(Unit.calendar))
    running = select(Clock.calendar, func.count()).where(Clock.stopped_at.is_(None)).group_by(Clock.calendar)
    clocks = _counted(session, running)
    lines = []
    for calendar in calendars:
        edition = newest_edition(session, calendar.id)
        state = read_state(session, calendar.id, edition.number if edition else 0)
        lines.append(
            CalendarLine(
                calendar.code,
                calendar.name,
                calendar.zone,
                calendar.has_holidays,
                state.number,
                edition.published_at if edition else None,
                tuple(sorted(state.official_years)),
                units.get(calendar.code, 0),
                clocks.get(calendar.code, 0),
            )
        )
    return lines


def newest_edition(session: Session, calendar_id: int) -> CalendarEdition | None:
    newest = select(CalendarEdition).where(CalendarEdition.calendar_id == calendar_id)
    return session.scalar(newest.order_by(CalendarEdition.number.desc()).limit(1))


def list_editions(session: Session, calendar_id: int) -> list[EditionLine]:
    """List the editions of a calendar, the newest first."""
    rows = session.execute(
        select(CalendarEdition, User.display_name)
        .outerjoin(User, User.id == CalendarEdition.published_by_id)
        .where(CalendarEdition.calendar_id == calendar_id)
        .order_by(CalendarEdition.number.desc())
    )
    return [
        EditionLine(row.number, row.published_at, who or "", row.note, Origin(row.origin))
        for row, who in rows
    ]


def runs_of(days: Sequence[DayState]) -> list[Run]:
    """Gather days in order of their dates into runs."""
    runs: list[Run] = []
    for day in days:
        last = runs[-1] if runs else None
        if last is not None and last.last + _ONE_DAY == day.on and _same(last.day, day):
            runs[-1] = Run(last.first, day.on, last.day)
        else:
            runs.append(Run(day.on, day.on, day))
    return runs


def count_kind(days: Iterable[DayState], kind: DayKind) -> int:
    return sum(day.kind is kind for day in days)


def count_running(session: Session, calendar: Calendar, first: date, last: date | None = None) -> int:
    """Count the running clocks whose working time passes over dates of a calendar; held ones count too."""
    zone = ZoneInfo(calendar.zone)
    passing = select(func.count(Clock.id)).where(
        Clock.stopped_at.is_(None),
        Clock.calendar == calendar.code,
        Clock.unit.in_(_WORKING),
        Clock.due_at >= datetime.combine(first, time(), zone),
    )
    if last is not None:
        passing = passing.where(Clock.started_at < datetime.combine(last + _ONE_DAY, time(), zone))
    return session.scalar(passing) or 0


def _counted(session: Session, counts: Select[str, int]) -> dict[str, int]:
    return {code: count for code, count in session.execute(counts)}  # noqa: C416 - a Row is no pair to mypy


def _same(one: DayState, other: DayState) -> bool:
    def told(day: DayState) -> tuple[object, ...]:
        return day.kind, day.name, day.source, day.is_official, day.hours

    return told(one) == told(other)
