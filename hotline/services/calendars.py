"""By which calendar is working time counted: read any edition of it, amend it, mark a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.orm import Session

from hotline.models.calendars import (
    CITY_CALENDAR,
    Calendar,
    CalendarDay,
    CalendarEdition,
    CalendarHours,
    DayKind,
    Origin,
    new_revision,
)
from hotline.queries.calendar_states import DayState, read_state
from hotline.services.editions import keep_edition
from workflows.errors import Code, Refused
from workflows.worktime import Hours, WorkCalendar

_SEEN = "calendar"  # where a session remembers what it read

_calendars: dict[str, WorkCalendar] = {}


@dataclass(frozen=True, slots=True)
class Span:
    """One span of a weekday (0 is Monday); closing at 00:00 is the midnight after."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class DayMark:
    """A date that differs from its weekday; `hours` only for special hours."""

    on: date
    kind: DayKind
    name: str = ""
    source: str = ""
    is_official: bool = True
    hours: Hours = ()


@dataclass(frozen=True, slots=True)
class DayChange:
    """One date before and after; None stands for following the weekday."""

    on: date
    before: DayState | None
    after: DayMark | None


@dataclass(frozen=True, slots=True)
class Amendment:
    """What changes: dates marked anew or no longer, and the whole week's hours, unless they stay (None).

    `based_on` is the number of the edition that was looked at when it was written.
    """

    marked: Sequence[DayMark] = ()
    cleared: Sequence[date] = ()
    week: Sequence[Span] | None = None
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a calendar, when and why; no user when the system does."""

    at: datetime
    note: str
    user_id: int | None = None
    origin: Origin = Origin.CORRECTED


def load_calendar(session: Session, code: str = CITY_CALENDAR) -> WorkCalendar:
    """Read the newest edition of a calendar; raises NoResultFound when there is none of that code.

    One transaction sees one edition: it is asked for once, unless the transaction itself amends it.
    """
    transaction = session.get_transaction()
    seen = session.info.get((_SEEN, code))
    if seen is not None and transaction is not None and seen[0] is transaction:
        known: WorkCalendar = seen[1]
        return known
    newest = _EDITIONS.where(Calendar.code == code).order_by(CalendarEdition.number.desc()).limit(1)
    calendar = _load(session, session.execute(newest).one())
    session.info[_SEEN, code] = (session.get_transaction(), calendar)
    return calendar


def load_edition(session: Session, edition_id: int) -> WorkCalendar:
    """Read a calendar as one edition had it; raises NoResultFound for an unknown edition."""
    return _load(session, session.execute(_EDITIONS.where(CalendarEdition.id == edition_id)).one())


def amend(session: Session, calendar_id: int, amendment: Amendment, author: Author) -> CalendarEdition:
    """Publish the next edition of a calendar; the earlier ones stay readable. Locks the calendar's row.

    Clocks that run keep the moments they were given. Raises NoResultFound for an unknown calendar, and
    Refused when somebody published another edition after the one the amendment is based on, and ValueError
    for hours that are out of order or never open.
    """
    calendar = session.scalars(select(Calendar).where(Calendar.id == calendar_id).with_for_update()).one()
    last = last_number(session, calendar_id)
    if amendment.based_on not in {None, last}:
        raise Refused(Code.STALE_EDITION)
    edition = CalendarEdition(
        calendar_id=calendar_id,
        number=last + 1,
        revision=new_revision(),
        published_at=author.at,
        published_by_id=author.user_id,
        note=author.note,
        origin=str(author.origin),
    )
    session.add(edition)
    calendar.revision = edition.revision
    _end(session, CalendarDay, edition, CalendarDay.on.in_(_touched(amendment)))
    session.add_all(_day(edition, mark) for mark in amendment.marked)
    if amendment.week is not None:
        _end(session, CalendarHours, edition)
        session.add_all(_hours(edition, span) for span in amendment.week)
    session.flush()
    session.info.pop((_SEEN, calendar.code), None)
    load_calendar(session, calendar.code)  # hours that cannot be counted by stop here, not every ticket later
    return edition


def mark_day(session: Session, calendar_id: int, mark: DayMark, author: Author) -> None:
    """Put a date that differs from its weekday into a calendar, in place of what stood there."""
    amend(session, calendar_id, Amendment(marked=(mark,)), author)


def unmark_day(session: Session, calendar_id: int, on: date, author: Author) -> None:
    """Let a date follow its weekday again; clocks that run keep the moments they were given."""
    amend(session, calendar_id, Amendment(cleared=(on,)), author)


def last_number(session: Session, calendar_id: int) -> int:
    """Tell the number of a calendar's newest edition; 0 while it has none."""
    newest = (
        select(CalendarEdition.number)
        .where(CalendarEdition.calendar_id == calendar_id)
        .order_by(CalendarEdition.number.desc())
        .limit(1)
    )
    return session.scalar(newest) or 0


def city_date(calendar: WorkCalendar, moment: datetime) -> date:
    """Tell which date it is in the city."""
    return moment.astimezone(ZoneInfo(calendar.zone)).date()


def hours_text(hours: Hours) -> list[list[str]]:
    """Write spans as pairs of local `HH:MM`, as a date with special hours keeps them."""
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in hours]


_EDITIONS = select(
    Calendar.id,
    Calendar.zone,
    Calendar.has_holidays,
    CalendarEdition.id.label("edition_id"),
    CalendarEdition.number,
    CalendarEdition.revision,
).join(CalendarEdition, CalendarEdition.calendar_id == Calendar.id)


def _load(session: Session, found: Row[int, str, bool, int, int, str]) -> WorkCalendar:
    revision: str = found.revision
    if revision not in _calendars:
        keep_edition(_calendars, revision, _read_calendar(session, found))
    return _calendars[revision]


def _read_calendar(session: Session, found: Row[int, str, bool, int, int, str]) -> WorkCalendar:
    state = read_state(session, found.id, found.number)
    days = state.days.values()
    return WorkCalendar(
        found.zone,
        state.week,
        holidays=frozenset(day.on for day in days if day.kind is DayKind.HOLIDAY),
        workdays_in_lieu=frozenset(day.on for day in days if day.kind is DayKind.WORKDAY_IN_LIEU),
        known_years=state.official_years if found.has_holidays else None,
        special_hours={day.on: day.hours for day in days if day.kind is DayKind.SPECIAL_HOURS},
        edition_id=found.edition_id,
    )


def _touched(amendment: Amendment) -> list[date]:
    return [*(mark.on for mark in amendment.marked), *amendment.cleared]


def _end(
    session: Session,
    model: type[CalendarDay] | type[CalendarHours],
    edition: CalendarEdition,
    which: ColumnElement[bool] | None = None,
) -> None:
    held = [model.calendar_id == edition.calendar_id, model.until_edition.is_(None)]
    rows = update(model).where(*held, *(() if which is None else (which,)))
    session.execute(
        rows.values(until_edition=edition.number), execution_options={"synchronize_session": False}
    )


def _day(edition: CalendarEdition, mark: DayMark) -> CalendarDay:
    return CalendarDay(
        calendar_id=edition.calendar_id,
        on=mark.on,
        kind=str(mark.kind),
        name=mark.name,
        source=mark.source,
        is_official=mark.is_official,
        hours=hours_text(mark.hours) if mark.kind is DayKind.SPECIAL_HOURS else None,
        from_edition=edition.number,
    )


def _hours(edition: CalendarEdition, span: Span) -> CalendarHours:
    return CalendarHours(
        calendar_id=edition.calendar_id,
        weekday=span.weekday,
        opens=span.opens,
        closes=span.closes,
        from_edition=edition.number,
    )
