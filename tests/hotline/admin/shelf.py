"""What stands of a calendar after somebody changed it?"""

from sqlalchemy import select

from hotline.models.calendars import Calendar, CalendarEdition
from hotline.services.calendars import load_calendar


def editions(session_factory, code: str = "city") -> list[CalendarEdition]:
    with session_factory() as session:
        found = select(CalendarEdition).join(Calendar).where(Calendar.code == code)
        return list(session.scalars(found.order_by(CalendarEdition.number)))


def loaded(session_factory, code: str = "city"):
    with session_factory() as session:
        return load_calendar(session, code)
