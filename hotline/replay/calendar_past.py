"""Which days of the rehearsed years were no working days: from a package that knows the old notices."""

from collections.abc import Iterable

from chinese_calendar.constants import holidays, workdays
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hotline.models.clocks import CITY_CALENDAR, Calendar, CalendarDay, DayKind, new_revision
from hotline.services.calendars import load_calendar

_SOURCE = "chinesecalendar"


def mark_past_holidays(session: Session, years: Iterable[int]) -> None:
    """Add the holidays and make-up workdays of the years the city's calendar does not know yet."""
    known = load_calendar(session).known_years
    # A reply may take years, and its clock still runs in the last of them.
    wanted = {year for first in years for year in (first, first + 1)} - known
    calendar = session.scalars(select(Calendar).where(Calendar.code == CITY_CALENDAR)).one()
    rows = [
        {
            "calendar_id": calendar.id,
            "on": on,
            "kind": kind.value,
            "name": name,
            "source": _SOURCE,
            "is_official": True,
        }
        for days, kind in ((holidays, DayKind.HOLIDAY), (workdays, DayKind.WORKDAY_IN_LIEU))
        for on, name in days.items()
        if on.year in wanted
    ]
    if not rows:
        return
    session.execute(insert(CalendarDay), rows)
    calendar.revision = new_revision()
