"""Which days of the rehearsed years were no working days: from a package that knows the old notices."""

from collections.abc import Iterable
from datetime import datetime

from chinese_calendar.constants import holidays, workdays
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import CITY_CALENDAR, Calendar, DayKind, Origin
from hotline.services.calendars import Amendment, Author, DayMark, amend, load_calendar

_SOURCE = "chinesecalendar"


def mark_past_holidays(session: Session, years: Iterable[int], at: datetime) -> None:
    """Add the holidays and make-up workdays of the years the city's calendar does not know yet."""
    known = load_calendar(session).known_years or frozenset()
    # A reply may take years, and its clock still runs in the last of them.
    wanted = {year for first in years for year in (first, first + 1)} - known
    calendar_id = session.scalars(select(Calendar.id).where(Calendar.code == CITY_CALENDAR)).one()
    marks = [
        DayMark(on, kind, name, _SOURCE)
        for days, kind in ((holidays, DayKind.HOLIDAY), (workdays, DayKind.WORKDAY_IN_LIEU))
        for on, name in days.items()
        if on.year in wanted
    ]
    if marks:
        author = Author(at, "补录往年节假日", origin=Origin.IMPORTED)
        amend(session, calendar_id, Amendment(marks), author)
