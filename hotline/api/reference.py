"""How is reference data read: units, categories, today's limits, the working calendar?"""

from datetime import UTC, datetime

from flask import Response

from database import db
from hotline.api.acts import show
from hotline.api.asking import read_query
from hotline.api.documents.reference import (
    CalendarOut,
    CategoryOut,
    DayOut,
    HoursOut,
    Policies,
    PolicyOut,
    UnitOut,
)
from hotline.api.inputs import CalendarQuery
from hotline.api.pages import page
from hotline.api.part_documents import text_id
from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.policies import PolicyRow
from hotline.queries import api_reference
from hotline.queries.calendar_pages import find_calendar, newest_edition
from hotline.queries.calendar_states import DayState, read_state
from hotline.services.calendars import hours_text
from hotline.services.site import current_site
from workflows.errors import Code, Refused


def list_units() -> Response:
    """List the active units; a parent has a smaller tier than its children."""
    return show(page(db.session(), api_reference.units(), _unit))


def list_categories() -> Response:
    """List the active categories."""
    return show(page(db.session(), api_reference.categories(), _category))


def list_policies() -> Response:
    """List the limits that are valid today."""
    session = db.session()
    today = datetime.now(UTC).astimezone(current_site().zone).date()
    version = api_reference.find_policy_version(session, today)
    if version is None:
        raise Refused(Code.NOT_FOUND)
    rows = page(session, api_reference.policy_rows(version.id), _policy)
    return show(Policies(**dict(rows), version=version.number, valid_from_on=version.valid_from_on))


def get_calendar() -> Response:
    """Read the office hours of a calendar and the dates that differ from their weekday."""
    session, query = db.session(), read_query(CalendarQuery)
    calendar = find_calendar(session, query.calendar)
    edition = None if calendar is None else newest_edition(session, calendar.id)
    if calendar is None or edition is None:
        raise Refused(Code.NOT_FOUND)
    state = read_state(session, calendar.id, edition.number)
    days = state.days.values() if query.year is None else state.days_of(query.year)
    return show(
        CalendarOut(
            code=calendar.code,
            name=calendar.name,
            edition=state.number,
            zone=calendar.zone,
            hours=[
                HoursOut(weekday=weekday, opens=opens, closes=closes)
                for weekday, hours in enumerate(state.week)
                for opens, closes in hours_text(hours)
            ],
            days=[_day(day) for day in days],
        )
    )


def _day(day: DayState) -> DayOut:
    stored = {name: getattr(day, name) for name in ("on", "kind", "name", "is_official")}
    return DayOut(hours=hours_text(day.hours), **stored)


def _unit(unit: Unit) -> UnitOut:
    stored = ("code", "name", "name_en", "short_name", "tier", "kind", "district")
    return UnitOut(
        id=str(unit.id), parent=text_id(unit.parent_id), **{name: getattr(unit, name) for name in stored}
    )


def _category(category: Category) -> CategoryOut:
    stored = ("code", "name", "name_en", "path", "level", "is_leaf")
    return CategoryOut(
        id=str(category.id),
        parent=text_id(category.parent_id),
        owner_unit=text_id(category.owner_unit_id),
        **{name: getattr(category, name) for name in stored},
    )


def _policy(row: PolicyRow) -> PolicyOut:
    case = ("clock", "limit_class", "ticket_type", "unit_tier", "is_rework")
    length = ("amount", "unit", "calendar", "start_rule", "day_end_rule")
    warnings = ("yellow_amount", "yellow_unit", "orange_amount", "orange_unit")
    return PolicyOut(
        id=str(row.id),
        category=text_id(row.category_id),
        pauses_in=row.pauses_in.split(),
        **{name: getattr(row, name) for name in (*case, *length, *warnings)},
    )
