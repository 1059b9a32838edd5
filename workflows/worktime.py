"""When is a length of time over: working hours, holidays and make-up workdays of one city.

All arithmetic is done between UTC instants; the city's zone only says where its office hours lie on that
line. So the zone of the machine never matters, and summer time moves the office hours, not the arithmetic.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from workflows.counting import COUNT_AT_ONCE, CountRule, DayEndRule, StartRule, TimeUnit

# Spans of one local day, in order; one that closes at 00:00 lasts until the midnight after.
Hours = tuple[tuple[time, time], ...]

_ONE_DAY = timedelta(days=1)
_NOTHING = timedelta()
_DAYS_IN_WEEK = 7
_FRIDAY = 4
_MIDNIGHT = time()
_ELAPSED = {
    TimeUnit.MINUTES: timedelta(minutes=1),
    TimeUnit.HOURS: timedelta(hours=1),
    TimeUnit.WORKING_HOURS: timedelta(hours=1),
}


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working time of a city: weekly hours (Monday first), and the dates that differ from the week.

    A year outside `known_years` has no official notice yet: its days follow the week and the dates given;
    where they are None, no year needs one. `edition_id` names what it was read from.
    """

    zone: str
    weekly_hours: tuple[Hours, ...]
    holidays: frozenset[date] = frozenset()
    workdays_in_lieu: frozenset[date] = frozenset()
    known_years: frozenset[int] | None = frozenset()
    special_hours: Mapping[date, Hours] = field(default_factory=dict, hash=False)
    edition_id: int = field(default=0, compare=False)
    # A day's opening hours as UTC instants never change, and finding them is most of the cost.
    _opened: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if len(self.weekly_hours) != _DAYS_IN_WEEK or not any(self.weekly_hours):
            message = "a calendar needs the hours of seven weekdays, at least one of them open"
            raise ValueError(message)
        for hours in (*self.weekly_hours, *self.special_hours.values()):
            require_ordered(hours)

    def add(self, start: datetime, amount: int, unit: TimeUnit, rule: CountRule = COUNT_AT_ONCE) -> datetime:
        """Find the UTC instant at which `amount` units counted from `start` are over.

        Working days ending at the same time are held inside the office hours of the last day; counted from
        the next working day, that day is day 1. Ordinary days keep the city's time of day, also where summer
        time makes one of them 23 or 25 hours long, and close at midnight.
        """
        if amount < 0:
            message = "a limit cannot be negative"
            raise ValueError(message)
        if unit is TimeUnit.WORKING_DAYS:
            return self._add_working_days(start, amount, rule)
        counted_from = self.counted_from(start, rule.start)
        if unit is TimeUnit.WORKING_HOURS:
            return self.add_working(counted_from, amount * _ELAPSED[unit].total_seconds())
        if unit is not TimeUnit.DAYS:
            return counted_from + amount * _ELAPSED[unit]
        end = self._days_on(counted_from, amount)
        return self._midnight_after(end) if rule.day_end is DayEndRule.CLOSING else end

    def end_of_day(self, on: date) -> datetime:
        """Return the midnight that ends a date of the city, whether or not its offices open."""
        return self._midnight_after(datetime.combine(on, time(), ZoneInfo(self.zone)))

    def before(self, end: datetime, amount: int, unit: TimeUnit) -> datetime:
        """Find the UTC instant `amount` units before `end`; days of both kinds keep the time of day."""
        if unit is TimeUnit.WORKING_HOURS:
            return self.subtract_working(end, amount * _ELAPSED[unit].total_seconds())
        if unit is TimeUnit.DAYS:
            return self._days_on(end, -amount)
        if unit is not TimeUnit.WORKING_DAYS:
            return _utc(end) - amount * _ELAPSED[unit]
        local = self._local(end)
        return self._clamped(_nth(self._workdays_before(local.date()), amount, local.date()), local)

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Measure the working time from `a` to `b`; negative when `b` is the earlier one."""
        first, last = _utc(a), _utc(b)
        if last < first:
            return -self.between(last, first)
        total, day, end_day = _NOTHING, self._local(first).date(), self._local(last).date()
        while day <= end_day:
            for opens, closes in self.open_on(day):
                total += max(min(closes, last) - max(opens, first), _NOTHING)
            day += _ONE_DAY
        return total

    def working_seconds(self, a: datetime, b: datetime) -> float:
        """Measure the working time from `a` to `b` in seconds, exact to the microsecond."""
        return self.between(a, b).total_seconds()

    def add_working(self, start: datetime, seconds: float) -> datetime:
        """Find the first UTC instant at which so many seconds of working time have passed since `start`."""
        left, moment = _length(seconds), _utc(start)
        day = self._local(moment).date()
        while left:
            for opens, closes in self.open_on(day):
                begins = max(opens, moment)
                if left <= closes - begins:
                    return begins + left
                left -= max(closes - begins, _NOTHING)
            day += _ONE_DAY
        return moment

    def subtract_working(self, end: datetime, seconds: float) -> datetime:
        """Find the last UTC instant from which so many seconds of working time remain until `end`."""
        left, moment = _length(seconds), _utc(end)
        day = self._local(moment).date()
        while left:
            for opens, closes in reversed(self.open_on(day)):
                ends = min(closes, moment)
                if left <= ends - opens:
                    return ends - left
                left -= max(ends - opens, _NOTHING)
            day -= _ONE_DAY
        return moment

    def counted_from(self, start: datetime, rule: StartRule) -> datetime:
        """Find where counting begins, in UTC: `start` itself, or the opening of the working day after it."""
        if rule is StartRule.AT_ONCE:
            return _utc(start)
        return self.open_on(next(self._workdays_after(self._local(start).date())))[0][0]

    def is_workday(self, on: date) -> bool:
        """Whether the offices open on that date at all."""
        return bool(self.hours_on(on))

    def is_known(self, on: date) -> bool:
        """Whether the official notice for that date's year is in; if not, its working days are a guess."""
        return self.known_years is None or on.year in self.known_years

    def unknown_years(self, a: datetime, b: datetime) -> list[int]:
        """List the years from `a` to `b` in the city's zone whose working days are a guess."""
        years = range(self._local(a).year, self._local(b).year + 1)
        return [year for year in years if self.known_years is not None and year not in self.known_years]

    def hours_on(self, on: date) -> Hours:
        """Look up the local opening hours of that date; a make-up workday keeps those of an ordinary one."""
        if on in self.special_hours:
            return self.special_hours[on]
        if on in self.holidays:
            return ()
        usual = self.weekly_hours[on.weekday()]
        if usual or on not in self.workdays_in_lieu:
            return usual
        return next(hours for hours in self.weekly_hours if hours)

    def _add_working_days(self, start: datetime, amount: int, rule: CountRule) -> datetime:
        local = self._local(start)
        if amount == 0:
            return _utc(start)
        if rule.start is StartRule.NEXT_WORKING_DAY:
            last = _nth(self._workdays_after(local.date()), amount, local.date())
        else:
            local = self._first_open(local)
            counted = amount - 1 if rule.day_end is DayEndRule.CLOSING else amount
            last = _nth(self._workdays_after(local.date()), counted, local.date())
        return self.open_on(last)[-1][1] if rule.day_end is DayEndRule.CLOSING else self._clamped(last, local)

    def _first_open(self, local: datetime) -> datetime:
        """Keep the moment if the offices still close later that day, else the next opening."""
        spans = self.open_on(local.date())
        if spans and _utc(local) < spans[-1][1]:
            return local
        return self._local(self.open_on(next(self._workdays_after(local.date())))[0][0])

    def _clamped(self, on: date, local: datetime) -> datetime:
        """Carry that time of day to another date, held between its opening and its closing."""
        same_time = datetime.combine(on, local.time(), ZoneInfo(self.zone)).astimezone(UTC)
        spans = self.open_on(on)
        return min(max(same_time, spans[0][0]), spans[-1][1]) if spans else same_time

    def _days_on(self, moment: datetime, amount: int) -> datetime:
        local = self._local(moment)
        if amount == 0:
            return _utc(moment)
        return datetime.combine(local.date() + amount * _ONE_DAY, local.time(), local.tzinfo).astimezone(UTC)

    def _midnight_after(self, moment: datetime) -> datetime:
        return datetime.combine(
            self._local(moment).date() + _ONE_DAY, time(), ZoneInfo(self.zone)
        ).astimezone(UTC)

    def _workdays_after(self, on: date) -> Iterator[date]:
        while True:
            on += _ONE_DAY
            if self.is_workday(on):
                yield on

    def _workdays_before(self, on: date) -> Iterator[date]:
        while True:
            on -= _ONE_DAY
            if self.is_workday(on):
                yield on

    def open_on(self, on: date) -> tuple[tuple[datetime, datetime], ...]:
        """Give a date's opening hours as UTC instants, in order."""
        spans = self._opened.get(on)
        if spans is None:
            zone = ZoneInfo(self.zone)
            spans = tuple(
                (
                    datetime.combine(on, opens, zone).astimezone(UTC),
                    datetime.combine(on if closes != _MIDNIGHT else on + _ONE_DAY, closes, zone).astimezone(
                        UTC
                    ),
                )
                for opens, closes in self.hours_on(on)
            )
            self._opened[on] = spans
        return spans

    def _local(self, moment: datetime) -> datetime:
        return _utc(moment).astimezone(ZoneInfo(self.zone))


def office_week(*hours: tuple[time, time]) -> tuple[Hours, ...]:
    """Weekly hours of an office that keeps the same hours from Monday to Friday."""
    return tuple(hours if weekday <= _FRIDAY else () for weekday in range(_DAYS_IN_WEEK))


def require_ordered(hours: Hours) -> None:
    """Raise ValueError when spans of one day are out of order, touch, overlap or run past midnight."""
    edges = [edge for span in hours for edge in span]
    if edges and edges[-1] == _MIDNIGHT:
        edges[-1] = time.max
    if any(later <= earlier for earlier, later in pairwise(edges)):
        message = "office hours must be in order and must not touch or overlap"
        raise ValueError(message)


def _nth(days: Iterator[date], amount: int, otherwise: date) -> date:
    return otherwise if amount == 0 else next(islice(days, amount - 1, None))


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        message = "an instant needs a time zone"
        raise ValueError(message)
    return moment.astimezone(UTC)


def _length(seconds: float) -> timedelta:
    if seconds < 0:
        message = "a length of time cannot be negative"
        raise ValueError(message)
    return timedelta(seconds=seconds)
