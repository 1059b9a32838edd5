"""What does a clock promise: its due moment, its warnings, its light.

Pure arithmetic over a calendar. Whether a length is working time follows from its unit: minutes, hours and
days run round the clock, working hours and working days only while the offices are open.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from workflows.counting import CountRule, DayEndRule, StartRule, TimeUnit
from workflows.vocabulary import Light, Word
from workflows.worktime import WorkCalendar

_WHOLE = 100


class SpanUnit(Word):
    """What the distance of a warning from the due moment is counted in."""

    MINUTES = "minutes", "分钟"
    HOURS = "hours", "小时"
    DAYS = "days", "天"
    WORKING_HOURS = "working_hours", "个工作小时", "Working hours"
    WORKING_DAYS = "working_days", "个工作日", "Working days"
    PERCENT = "percent", "% 剩余", "Percent left"


@dataclass(frozen=True, slots=True)
class Span:
    """A distance before the due moment; percent is of the limit's own length."""

    amount: int
    unit: SpanUnit


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock runs and how long before its end it warns."""

    amount: int
    unit: TimeUnit
    start: StartRule = StartRule.AT_ONCE
    day_end: DayEndRule = DayEndRule.SAME_TIME
    yellow_before: Span | None = None
    orange_before: Span | None = None

    @property
    def rule(self) -> CountRule:
        return CountRule(self.start, self.day_end)


@dataclass(frozen=True, slots=True)
class PlannedClock:
    """The moments of a clock that begins now; a warning before its start is a light without a timer."""

    started_at: datetime
    due_at: datetime
    yellow_at: datetime | None
    orange_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a clock's row says."""

    started_at: datetime
    due_at: datetime
    yellow_at: datetime | None = None
    orange_at: datetime | None = None
    paused_at: datetime | None = None
    stopped_at: datetime | None = None


def plan(limit: Limit, calendar: WorkCalendar, at: datetime) -> PlannedClock:
    """Lay out the moments of a clock that starts at `at`, all in UTC.

    Of a moment told twice as summer time ends, Python calls no other zone's time equal (PEP 495).
    """
    due = calendar.add(at, limit.amount, limit.unit, limit.rule)
    return _lay_out(limit, calendar, (at.astimezone(UTC), due))


def plan_until(limit: Limit | None, calendar: WorkCalendar, runs: tuple[datetime, datetime]) -> PlannedClock:
    """Lay out a clock between two moments, of which somebody chose the second, with a limit's warnings."""
    return PlannedClock(*runs, None, None) if limit is None else _lay_out(limit, calendar, runs)


def light(reading: ClockReading, now: datetime) -> Light:
    """Tell how a clock looks; finishing at the very due moment is on time, still running then is red."""
    if reading.stopped_at is not None:
        return Light.DONE_ON_TIME if reading.stopped_at <= reading.due_at else Light.DONE_LATE
    if reading.paused_at is not None:
        return Light.PAUSED
    steps = (
        (reading.due_at, Light.RED),
        (reading.orange_at, Light.ORANGE),
        (reading.yellow_at, Light.YELLOW),
    )
    return next((colour for moment, colour in steps if moment is not None and now >= moment), Light.GREEN)


def pause(reading: ClockReading, at: datetime) -> ClockReading:
    """Hold a running clock; one that is held or stopped stays as it is."""
    if reading.paused_at is not None or reading.stopped_at is not None:
        return reading
    return replace(reading, paused_at=at)


def resume(
    reading: ClockReading,
    unit: TimeUnit,
    calendar: WorkCalendar,
    at: datetime,
    counted_from: datetime | None = None,
) -> ClockReading:
    """Let a held clock run on: time used stays used, and every moment moves by the time it was held.

    Held time is working time for limits in working units, elapsed time for the others. What was held before
    counting began cost nothing, so it moves nothing.
    """
    if reading.paused_at is None or reading.stopped_at is not None:
        return reading
    began = reading.paused_at if counted_from is None else max(reading.paused_at, counted_from)
    held = held_for(unit, calendar, began, at)
    return replace(shift(reading, unit, calendar, held), paused_at=None)


def held_for(unit: TimeUnit, calendar: WorkCalendar, paused_at: datetime, at: datetime) -> timedelta:
    """Measure a pause in the kind of time of the clock; never negative, even if the machine went back."""
    held = calendar.between(paused_at, at) if unit.is_working else at - paused_at
    return max(held, timedelta())


def shift(reading: ClockReading, unit: TimeUnit, calendar: WorkCalendar, by: timedelta) -> ClockReading:
    """Move the due moment and the warnings later by a length of the clock's own kind of time."""

    def moved(moment: datetime) -> datetime:
        return later(moment, unit, calendar, by)

    return replace(
        reading,
        due_at=moved(reading.due_at),
        yellow_at=None if reading.yellow_at is None else moved(reading.yellow_at),
        orange_at=None if reading.orange_at is None else moved(reading.orange_at),
    )


def later(moment: datetime, unit: TimeUnit, calendar: WorkCalendar, by: timedelta) -> datetime:
    """Move one moment later by a length of working or elapsed time, as the unit says."""
    return calendar.add_working(moment, by.total_seconds()) if unit.is_working else moment + by


def replan(
    reading: ClockReading,
    limit: Limit,
    calendar: WorkCalendar,
    now: datetime,
    full: datetime | None = None,
) -> PlannedClock:
    """Lay a running clock out under another limit, keeping the time already used.

    A change of class alone never makes anything late: if the new limit was over already, it counts from
    `now`, though not beyond the due moment that was promised. `full` is the end of the new limit with the
    time the clock was held and the days that were granted.
    """
    from_start = plan(limit, calendar, reading.started_at)
    if full is not None:
        from_start = plan_until(limit, calendar, (reading.started_at, full))
    if from_start.due_at > now:
        return from_start
    from_now = plan(limit, calendar, now)
    if now < from_now.due_at <= reading.due_at:
        return replace(from_now, started_at=reading.started_at)
    return PlannedClock(reading.started_at, reading.due_at, reading.yellow_at, reading.orange_at)


def _lay_out(limit: Limit, calendar: WorkCalendar, runs: tuple[datetime, datetime]) -> PlannedClock:
    return PlannedClock(
        *runs,
        yellow_at=_warn_point(limit, limit.yellow_before, calendar, runs),
        orange_at=_warn_point(limit, limit.orange_before, calendar, runs),
    )


def _warn_point(
    limit: Limit, before: Span | None, calendar: WorkCalendar, runs: tuple[datetime, datetime]
) -> datetime | None:
    if before is None:
        return None
    started_at, due = runs
    if before.unit is not SpanUnit.PERCENT:
        return calendar.before(due, before.amount, TimeUnit(before.unit))
    # Of a limit of nothing the due moment may lie before the counting would have begun.
    counted_from = min(calendar.counted_from(started_at, limit.start), due)
    if limit.unit.is_working:
        return calendar.subtract_working(
            due, calendar.working_seconds(counted_from, due) * before.amount / _WHOLE
        )
    return due - (due - counted_from) * before.amount / _WHOLE
