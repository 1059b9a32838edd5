"""By which calendar is working time counted: seed it, read it, mark a day."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from hotline.models.clocks import CITY_CALENDAR, Calendar, CalendarDay, CalendarHours, DayKind, new_revision
from hotline.services.editions import keep_edition
from hotline.services.seed_files import read_seed
from workflows.worktime import Hours, WorkCalendar

_CITY_ZONE = "Asia/Shanghai"
_OFFICE_HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
_OFFICE_WEEKDAYS = range(5)
_SEEN = "calendar"  # where a session remembers what it read

_calendars: dict[str, WorkCalendar] = {}


def load_calendar(session: Session, code: str = CITY_CALENDAR) -> WorkCalendar:
    """Read the working calendar; raises NoResultFound when it was never seeded.

    One transaction sees one edition: it is asked for once, unless the transaction itself marks a day.
    """
    transaction = session.get_transaction()
    seen = session.info.get((_SEEN, code))
    if seen is not None and transaction is not None and seen[0] is transaction:
        known: WorkCalendar = seen[1]
        return known
    calendar = _load_calendar(session, code)
    session.info[_SEEN, code] = (session.get_transaction(), calendar)
    return calendar


def mark_day(session: Session, day: CalendarDay) -> None:
    """Put a date that differs from its weekday into its calendar, in place of what stood there."""
    unmark_day(session, day.calendar_id, day.on)
    session.add(day)
    session.flush()


def unmark_day(session: Session, calendar_id: int, on: date) -> None:
    """Let a date follow its weekday again; clocks that run keep the moments they were given."""
    session.execute(delete(CalendarDay).where(CalendarDay.calendar_id == calendar_id, CalendarDay.on == on))
    calendar = session.get_one(Calendar, calendar_id)
    calendar.revision = new_revision()
    session.flush()
    session.info.pop((_SEEN, calendar.code), None)


def seed_calendar(session: Session) -> Calendar:
    """Create the city's calendar with its office hours and the shipped dates, unless it exists."""
    existing = session.scalar(select(Calendar).where(Calendar.code == CITY_CALENDAR))
    if existing is not None:
        return existing
    calendar = Calendar(code=CITY_CALENDAR, name="云江市工作日历", zone=_CITY_ZONE)
    session.add(calendar)
    session.flush()
    hours = [
        {"calendar_id": calendar.id, "weekday": weekday, "opens": opens, "closes": closes}
        for weekday in _OFFICE_WEEKDAYS
        for opens, closes in _OFFICE_HOURS
    ]
    session.execute(insert(CalendarHours), hours)
    days = [
        {
            **row,
            "calendar_id": calendar.id,
            "on": date.fromisoformat(row["on"]),
            "is_official": row["is_official"] == "1",
        }
        for row in read_seed("calendar_cn.csv")
    ]
    session.execute(insert(CalendarDay), days)
    return calendar


def city_date(calendar: WorkCalendar, moment: datetime) -> date:
    """Tell which date it is in the city."""
    return moment.astimezone(ZoneInfo(calendar.zone)).date()


def _load_calendar(session: Session, code: str) -> WorkCalendar:
    found = session.execute(
        select(Calendar.id, Calendar.revision, Calendar.zone).where(Calendar.code == code)
    ).one()
    if found.revision not in _calendars:
        keep_edition(_calendars, found.revision, _read_calendar(session, found.id, found.zone))
    return _calendars[found.revision]


def _read_calendar(session: Session, calendar_id: int, zone: str) -> WorkCalendar:
    hours = session.execute(
        select(CalendarHours.weekday, CalendarHours.opens, CalendarHours.closes)
        .where(CalendarHours.calendar_id == calendar_id)
        .order_by(CalendarHours.weekday, CalendarHours.opens)
    ).all()
    days = session.execute(
        select(CalendarDay.on, CalendarDay.kind, CalendarDay.is_official).where(
            CalendarDay.calendar_id == calendar_id
        )
    ).all()
    weekly: tuple[Hours, ...] = tuple(
        tuple((opens, closes) for weekday, opens, closes in hours if weekday == wanted) for wanted in range(7)
    )
    return WorkCalendar(
        zone,
        weekly,
        holidays=frozenset(on for on, kind, _ in days if kind == DayKind.HOLIDAY),
        workdays_in_lieu=frozenset(on for on, kind, _ in days if kind == DayKind.WORKDAY_IN_LIEU),
        known_years=frozenset(on.year for on, _, is_official in days if is_official),
    )
