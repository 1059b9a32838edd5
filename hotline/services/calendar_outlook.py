"""How far ahead is each working calendar sure, how far will promises reach, and who must be told in time?

The State Council publishes a year's days off in the autumn before it. Until October nobody can do anything
about the year to come, so only then is it warned of; the year that runs is always warned of.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar
from hotline.queries.calendar_pages import count_running
from hotline.services.calendars import city_date, load_calendar
from hotline.services.clock_rules import EXTENSION, extension_name
from hotline.services.policies import current_policy
from workflows.policy import Policy, PolicyEntry
from workflows.sla import plan
from workflows.worktime import WorkCalendar

_FROM_MONTH = 10
# The longest a ticket may be laid aside before its limit runs on.
_LAID_ASIDE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A year without an official notice that promises reach into; `running` clocks pass over it already."""

    code: str
    name: str
    year: int
    running: int


def list_unannounced(session: Session, now: datetime) -> list[Outlook]:
    """List, by calendar, the years that have to be imported now."""
    calendars = session.scalars(select(Calendar).where(Calendar.has_holidays).order_by(Calendar.id)).all()
    return [outlook for calendar in calendars for outlook in _outlooks(session, calendar, now)]


def list_known_until(session: Session, now: datetime) -> list[tuple[str, datetime]]:
    """Tell, by the code of each calendar with holidays, when its last year known without a gap ends."""
    codes = session.scalars(select(Calendar.code).where(Calendar.has_holidays).order_by(Calendar.id)).all()
    return [(code, _known_until(load_calendar(session, code), now)) for code in codes]


def _known_until(calendar: WorkCalendar, now: datetime) -> datetime:
    year = city_date(calendar, now).year
    while calendar.is_known(date(year, 1, 1)):
        year += 1
    return calendar.end_of_day(date(year - 1, 12, 31))


def _outlooks(session: Session, calendar: Calendar, now: datetime) -> Iterator[Outlook]:
    loaded = load_calendar(session, calendar.code)
    today = city_date(loaded, now)
    years = [today.year, today.year + 1] if today.month >= _FROM_MONTH else [today.year]
    for year in years:
        if loaded.is_known(date(year, 1, 1)):
            continue
        running = count_running(session, calendar, date(year, 1, 1))
        if running or _reach(session, calendar.code, loaded, now).year >= year:
            yield Outlook(calendar.code, calendar.name, year, running)


def _reach(session: Session, code: str, calendar: WorkCalendar, now: datetime) -> date:
    """Tell the last day a ticket of today may fall due: laid aside, its longest limit, two extensions."""
    begins = now + _LAID_ASIDE
    try:
        policy = current_policy(session, city_date(load_calendar(session), now))
    except NoResultFound:
        return city_date(calendar, begins)
    end = _latest(_entries(policy, code), calendar, begins)
    for name in (EXTENSION, extension_name(1)):
        end = _latest(policy.rows.get((name, False), ()), calendar, end)
    return city_date(calendar, end)


def _entries(policy: Policy, code: str) -> Iterator[PolicyEntry]:
    extensions = {EXTENSION, extension_name(1)}
    for (clock, _), entries in policy.rows.items():
        if clock not in extensions:
            yield from (entry for entry in entries if entry.calendar == code)


def _latest(entries: Iterable[PolicyEntry], calendar: WorkCalendar, begins: datetime) -> datetime:
    return max((plan(entry.limit, calendar, begins).due_at for entry in entries), default=begins)
