"""By which calendar and which limits are clocks counted: seed them, read them, mark a day.

Calendars and policies change a few times a year and are read at nearly every transition, so what was read
is kept in the process under the row's revision, a value no other edition ever has.
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, delete, insert, select
from sqlalchemy.orm import Session

from hotline.models.clocks import (
    CITY_CALENDAR,
    Calendar,
    CalendarDay,
    CalendarHours,
    DayKind,
    PolicyRow,
    PolicyVersion,
    new_revision,
)
from workflows.sla import Limit, Policy, PolicyEntry, Span, SpanUnit, limit_class
from workflows.worktime import DayEndRule, Hours, StartRule, TimeUnit, WorkCalendar

__all__ = [
    "current_policy",
    "get_policy",
    "limit_class",
    "load_calendar",
    "mark_day",
    "seed_calendar",
    "seed_policy",
    "unmark_day",
]

_SEEDS = Path(__file__).parents[1] / "seeds"
_CITY_ZONE = "Asia/Shanghai"
_OFFICE_HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
_OFFICE_WEEKDAYS = range(5)
_EDITIONS_KEPT = 32
_SEEN = "time rules"  # where a session remembers what it read

_Edition = TypeVar("_Edition")

_calendars: dict[str, WorkCalendar] = {}
_policies: dict[str, Policy] = {}


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


def current_policy(session: Session, on: date) -> Policy:
    """Read the latest policy that is valid on that date of the city; raises NoResultFound without one."""
    newest = (
        select(PolicyVersion.id, PolicyVersion.number, PolicyVersion.revision)
        .where(PolicyVersion.valid_from_on <= on)
        .order_by(PolicyVersion.number.desc())
        .limit(1)
    )
    return _load_policy(session, session.execute(newest).mappings().one())


def get_policy(session: Session, version_id: int) -> Policy:
    """Read the policy version a ticket was dispatched under; raises NoResultFound if there is none."""
    seen = session.info.setdefault(_SEEN, {})
    if version_id in seen:
        known: Policy = seen[version_id]
        return known
    wanted = select(PolicyVersion.id, PolicyVersion.number, PolicyVersion.revision).where(
        PolicyVersion.id == version_id
    )
    policy: Policy = _load_policy(session, session.execute(wanted).mappings().one())
    seen[version_id] = policy
    return policy


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
        for row in _seed_rows("calendar_cn.csv")
    ]
    session.execute(insert(CalendarDay), days)
    return calendar


def seed_policy(session: Session, published_at: datetime, valid_from_on: date = date.min) -> PolicyVersion:
    """Publish the shipped limits as version 1, unless a version 1 exists."""
    existing = session.scalar(select(PolicyVersion).where(PolicyVersion.number == 1))
    if existing is not None:
        return existing
    version = PolicyVersion(
        number=1, valid_from_on=valid_from_on, published_at=published_at, note="出厂时限规则"
    )
    session.add(version)
    session.flush()
    session.execute(insert(PolicyRow), [_policy_row(version.id, row) for row in _seed_rows("policy.csv")])
    return version


def city_date(calendar: WorkCalendar, moment: datetime) -> date:
    """Tell which date it is in the city."""
    return moment.astimezone(ZoneInfo(calendar.zone)).date()


def _load_calendar(session: Session, code: str) -> WorkCalendar:
    found = session.execute(
        select(Calendar.id, Calendar.revision, Calendar.zone).where(Calendar.code == code)
    ).one()
    if found.revision not in _calendars:
        _keep(_calendars, found.revision, _read_calendar(session, found.id, found.zone))
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


def _load_policy(session: Session, version: RowMapping) -> Policy:
    revision: str = version["revision"]
    if revision not in _policies:
        rows = session.scalars(select(PolicyRow).where(PolicyRow.version_id == version["id"]))
        _keep(_policies, revision, Policy(version["id"], version["number"], _entries(rows)))
    return _policies[revision]


def _entries(rows: Iterable[PolicyRow]) -> Mapping[tuple[str, str, bool], PolicyEntry]:
    return {
        (row.clock, row.limit_class, row.is_rework): PolicyEntry(
            row.id,
            Limit(
                row.amount,
                TimeUnit(row.unit),
                StartRule(row.start_rule),
                DayEndRule(row.day_end_rule),
                _span(row.yellow_amount, row.yellow_unit),
                _span(row.orange_amount, row.orange_unit),
            ),
        )
        for row in rows
    }


def _span(amount: int | None, unit: str | None) -> Span | None:
    return None if amount is None or unit is None else Span(amount, SpanUnit(unit))


def _keep(editions: dict[str, _Edition], revision: str, value: _Edition) -> None:
    if len(editions) >= _EDITIONS_KEPT:
        editions.clear()
    editions[revision] = value


def _seed_rows(name: str) -> list[dict[str, str]]:
    with (_SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _policy_row(version_id: int, row: Mapping[str, str]) -> dict[str, Any]:
    return {
        **row,
        "version_id": version_id,
        "is_rework": row["is_rework"] == "1",
        "amount": int(row["amount"]),
        **{name: int(row[name]) if row[name] else None for name in ("yellow_amount", "orange_amount")},
        **{name: row[name] or None for name in ("yellow_unit", "orange_unit")},
    }
