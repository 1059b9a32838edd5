"""When may somebody be reminded? In the duty hours of their unit; of whom none are known, at any time."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar
from hotline.models.directory import DirectoryAct
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.services.calendars import load_calendar
from hotline.services.directory_changes import Signed
from hotline.services.remembered import once
from hotline.services.units import lock_unit, note_unit
from workflows.errors import FieldCode, FieldError, invalid


def opening_of(session: Session, reference: str, now: datetime) -> datetime:
    """Tell when a recipient (`unit:7`, `user:3`) is on duty next: now, or when their unit opens."""
    code = once(session, (_calendar_code, reference), lambda: _calendar_code(session, reference))
    return now if code is None else load_calendar(session, code).opening_at(now)


def choose_calendar(session: Session, unit_id: int, code: str, signed: Signed) -> None:
    """Let a unit keep another working calendar. Raises Refused for an unknown calendar.

    Reminders that wait already keep the moment they were given.
    """
    names = {known: name for known, name in session.execute(select(Calendar.code, Calendar.name))}  # noqa: C416 - a Row is no pair to mypy
    if code not in names:
        raise invalid(FieldError("calendar", FieldCode.NOT_A_CHOICE))
    unit = lock_unit(session, unit_id, None, signed)
    if unit.calendar != code:
        changed = [["calendar", names.get(unit.calendar, unit.calendar), names[code]]]
        unit.calendar = code
        note_unit(session, unit, DirectoryAct.CHANGED, changed, signed)


def _calendar_code(session: Session, reference: str) -> str | None:
    sort, _, row_id = reference.partition(":")
    if sort == "unit":
        return session.scalar(select(Unit.calendar).where(Unit.id == int(row_id)))
    if sort == "user":
        of_user = select(Unit.calendar).join(User, User.unit_id == Unit.id)
        return session.scalar(of_user.where(User.id == int(row_id)))
    return None
