"""What is the reference data of the city: units, categories, today's limits, the working calendar."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from hotline.models.calendars import CITY_CALENDAR, Calendar, CalendarDay, CalendarHours
from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.policies import PolicyRow, PolicyVersion
from hotline.queries.policy_versions import version_on

_DIGITS_OF_AN_ID = 18


def as_row_id(text: str) -> int:
    """Read a row id; anything else becomes 0, an id no row has."""
    is_id = text.isascii() and text.isdigit() and len(text) <= _DIGITS_OF_AN_ID
    return int(text) if is_id else 0


def units() -> tuple[Select[Unit], Any]:
    return select(Unit).where(Unit.is_active), Unit.id


def categories() -> tuple[Select[Category], Any]:
    return select(Category).where(Category.is_active), Category.id


def unit_ids(session: Session, names: Sequence[str]) -> list[int]:
    """Find units by id or code; a name that is neither gives nothing."""
    by_name = or_(Unit.code.in_(names), Unit.id.in_([as_row_id(name) for name in names]))
    return list(session.scalars(select(Unit.id).where(by_name)))


def category_ids(session: Session, names: Sequence[str]) -> list[int]:
    """Find categories by id, code or path."""
    by_name = or_(
        Category.code.in_(names),
        Category.path.in_(names),
        Category.id.in_([as_row_id(name) for name in names]),
    )
    return list(session.scalars(select(Category.id).where(by_name)))


def find_policy_version(session: Session, on: date) -> PolicyVersion | None:
    """Find the latest version that is valid on that date of the city."""
    return session.scalar(version_on(on))


def policy_rows(version_id: int) -> tuple[Select[PolicyRow], Any]:
    return select(PolicyRow).where(PolicyRow.version_id == version_id), PolicyRow.id


def find_calendar(session: Session) -> Calendar | None:
    return session.scalar(select(Calendar).where(Calendar.code == CITY_CALENDAR))


def list_hours(session: Session, calendar_id: int) -> Sequence[CalendarHours]:
    hours = select(CalendarHours).where(
        CalendarHours.calendar_id == calendar_id, CalendarHours.until_edition.is_(None)
    )
    return session.scalars(hours.order_by(CalendarHours.weekday, CalendarHours.opens)).all()


def list_days(session: Session, calendar_id: int, year: int | None) -> Sequence[CalendarDay]:
    """List the dates that differ from their weekday, of one year where given."""
    days = select(CalendarDay).where(
        CalendarDay.calendar_id == calendar_id, CalendarDay.until_edition.is_(None)
    )
    if year is not None:
        days = days.where(CalendarDay.on >= date(year, 1, 1), CalendarDay.on <= date(year, 12, 31))
    return session.scalars(days.order_by(CalendarDay.on)).all()
