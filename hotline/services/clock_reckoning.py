"""Where does a clock's limit put its end, with the time it was held and the days that were granted?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hotline.models.clocks import Clock
from hotline.services.clock_rules import EXTENSION, ClockRules
from workflows import sla
from workflows.counting import COUNT_WHOLE_DAYS, TimeUnit
from workflows.policy import PolicyEntry
from workflows.vocabulary import ClockName
from workflows.worktime import WorkCalendar

Span = tuple[datetime, datetime]


def full_end(rules: ClockRules, clock: Clock, by: tuple[PolicyEntry, WorkCalendar], held: int) -> datetime:
    """Reckon the end of a limit by a calendar; `held` are seconds of the limit's own kind of time."""
    entry, calendar = by
    due = sla.plan(entry.limit, calendar, clock.started_at).due_at
    due = sla.later(due, entry.limit.unit, calendar, timedelta(seconds=held))
    extension = rules.entry(EXTENSION)
    if clock.name != ClockName.HANDLE or extension is None:
        return due
    longer = rules.calendar_of(extension.calendar)
    for days in _granted(rules, clock):
        due = longer.add(due, days, extension.limit.unit, COUNT_WHOLE_DAYS)
    return due


def held_in_all(clock: Clock, entry: PolicyEntry, calendar: WorkCalendar, pauses: Sequence[Span]) -> int:
    """Measure the pauses of a clock that are over, in seconds of the kind of time of a limit."""
    begins = counted_from(clock, entry, calendar)
    return sum(
        held_seconds(entry.limit.unit, calendar, (max(began, begins), ended)) for began, ended in pauses
    )


def counted_from(clock: Clock, entry: PolicyEntry | None, calendar: WorkCalendar) -> datetime:
    """Tell where counting begins: what a clock is held before that costs nothing."""
    if entry is None:
        return clock.started_at
    return calendar.counted_from(clock.started_at, entry.limit.start)


def held_seconds(unit: TimeUnit, calendar: WorkCalendar, span: Span) -> int:
    """Measure a pause in whole seconds of the unit's kind of time."""
    return round(sla.held_for(unit, calendar, *span).total_seconds())


def _granted(rules: ClockRules, clock: Clock) -> list[int]:
    """List the days of a clock's extensions, each no more than its own row now gives."""
    granted = rules.granted(clock.started_at)
    before = rules.ticket.extension_count - len(granted)
    most = [rules.most_days(before + n) for n in range(len(granted))]
    return [days if cap is None else min(days, cap) for days, cap in zip(granted, most, strict=True)]
