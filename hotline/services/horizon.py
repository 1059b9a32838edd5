"""Until when may something be asked or promised for a ticket: what only a calendar and a policy know."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Assignment, Ticket
from hotline.services.calendars import city_date
from hotline.services.clock_rules import EXTENSION, ClockRules, extension_name
from workflows.calls import call_hours
from workflows.counting import COUNT_WHOLE_DAYS, TimeUnit
from workflows.facts import Horizon
from workflows.vocabulary import ClockName
from workflows.worktime import WorkCalendar

_SUPPLEMENT_DAYS = 5
_REVIEW_DAYS = timedelta(days=90)
_APPEAL_DAYS = 5
_ASK_BEFORE = 4
_AN_INSTANT = timedelta(microseconds=1)


def horizon_of(
    session: Session,
    ticket: Ticket,
    clocks: Iterable[Clock],
    now: datetime,
    share: Assignment | None = None,
) -> Horizon:
    """Work out the last days and moments of a ticket, and of its share, at `now`; dates are the city's."""
    rules = ClockRules(session, ticket, now)
    calendar = rules.calendar
    handle = next((c for c in clocks if c.name == ClockName.HANDLE and c.assignment_id is None), None)
    today = city_date(calendar, now)
    last = calendar.add(now, _SUPPLEMENT_DAYS, TimeUnit.WORKING_DAYS, COUNT_WHOLE_DAYS)
    return Horizon(
        today=today,
        supplement_latest=city_date(calendar, last),
        review_latest=today + _REVIEW_DAYS,
        last_day_below=_last_day_below(calendar, handle, share, today),
        extension_until=None if handle is None else _ask_until(rules, handle),
        most_days=_most_days(rules),
        has_extension_policy=rules.entry(EXTENSION) is not None,
        appeal_until=_appeal_until(rules),
        call_hours=_call_hours(rules, clocks),
    )


def _call_hours(rules: ClockRules, clocks: Iterable[Clock]) -> tuple[tuple[datetime, datetime], ...]:
    """Until the callback is due: then the ticket is closed without its citizen's word."""
    due = next((clock.due_at for clock in clocks if clock.name == ClockName.CALLBACK), None)
    return () if due is None else tuple(call_hours(rules.calendar, rules.now, due))


def _last_day_below(
    calendar: WorkCalendar, handle: Clock | None, share: Assignment | None, today: date
) -> date | None:
    """A unit gives no more than it has, which is today when it is late.

    A day that ends when the promise ends is within it.
    """
    of_child = share.due_at if share is not None and share.parent_id is not None else None
    ends = [due for due in (of_child, None if handle is None else handle.due_at) if due is not None]
    return max(today, city_date(calendar, min(ends) - _AN_INSTANT)) if ends else None


def _ask_until(rules: ClockRules, handle: Clock) -> datetime:
    """Four hours before the due moment, in the clock's own kind of time."""
    is_working = TimeUnit(handle.unit).is_working
    return rules.calendar_of(handle.calendar).before(
        handle.due_at, _ASK_BEFORE, TimeUnit.WORKING_HOURS if is_working else TimeUnit.HOURS
    )


def _most_days(rules: ClockRules) -> int | None:
    entry = rules.entry(extension_name(rules.ticket.extension_count))
    return None if entry is None else entry.limit.amount


def _appeal_until(rules: ClockRules) -> datetime | None:
    closed_at = rules.ticket.closed_at
    if closed_at is None:
        return None
    return rules.calendar.add(closed_at, _APPEAL_DAYS, TimeUnit.WORKING_DAYS, COUNT_WHOLE_DAYS)
