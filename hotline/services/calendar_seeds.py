"""Which calendars does a new city have: its office hours with the shipped dates, and one round the clock."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import ALWAYS_CALENDAR, CITY_CALENDAR, Calendar, DayKind, Origin
from hotline.services.calendars import Amendment, Author, DayMark, Span, amend
from hotline.services.seed_files import read_seed
from hotline.services.site import current_site

_CITY_ZONE = "Asia/Shanghai"
_OFFICE_HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
_OFFICE_WEEKDAYS = range(5)
_MIDNIGHT = time()
_SHIPPED = Author(datetime(2026, 1, 1, tzinfo=UTC), "出厂日历", origin=Origin.SHIPPED)


def seed_calendar(session: Session) -> Calendar:
    """Create the city's calendar and the one round the clock, unless they exist; returns the city's."""
    office = [Span(weekday, *hours) for weekday in _OFFICE_WEEKDAYS for hours in _OFFICE_HOURS]
    city = _seed(
        session, Calendar(code=CITY_CALENDAR, name=f"{current_site().city}工作日历"), office, _shipped_days()
    )
    always = Calendar(code=ALWAYS_CALENDAR, name="全天候（7×24）", has_holidays=False)
    _seed(session, always, [Span(weekday, _MIDNIGHT, _MIDNIGHT) for weekday in range(7)], ())
    return city


def _seed(session: Session, calendar: Calendar, week: Sequence[Span], days: Sequence[DayMark]) -> Calendar:
    existing = session.scalar(select(Calendar).where(Calendar.code == calendar.code))
    if existing is not None:
        return existing
    calendar.zone = _CITY_ZONE
    session.add(calendar)
    session.flush()
    amend(session, calendar.id, Amendment(days, week=week), _SHIPPED)
    return calendar


def _shipped_days() -> list[DayMark]:
    return [
        DayMark(
            date.fromisoformat(row["on"]),
            DayKind(row["kind"]),
            row["name"],
            row["source"],
            is_official=row["is_official"] == "1",
        )
        for row in read_seed("calendar_cn.csv")
    ]
