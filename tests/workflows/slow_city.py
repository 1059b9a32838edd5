"""An independent reckoning of working time, slow and plain: every minute of five years is open or it is not.

It shares no arithmetic with `workflows.worktime`: the open minutes are found once by asking, minute after minute,
what the clock on the wall of the city says; everything else is counting along that row of minutes.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

# Minutes since midnight of the opening and the closing of each span.
Spans = tuple[tuple[int, int], ...]

BEGINS = datetime(2023, 11, 1, tzinfo=UTC)
ENDS = datetime(2028, 3, 1, tzinfo=UTC)
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_HOURS_OF_TABLE = int((ENDS - BEGINS) / timedelta(hours=1))


@dataclass
class SlowCity:
    """Office hours by weekday (Monday first) and by the dates that differ; moments are aware, answers in UTC."""

    zone: ZoneInfo
    week: tuple[Spans, ...]
    by_date: Mapping[date, Spans]
    open_at: array = field(init=False)  # the open minutes, as numbers since BEGINS
    passed: array = field(init=False)  # how many open minutes lie before each minute
    bounds: dict[date, tuple[int, int]] = field(init=False)  # first open minute and the minute after the last
    workdays: list[date] = field(init=False)

    def __post_init__(self) -> None:
        flags = bytearray()
        self.bounds = {}
        for hour in range(_HOURS_OF_TABLE):
            # No zone of these years changes its offset within an hour of UTC.
            wall = (BEGINS + timedelta(hours=hour)).astimezone(self.zone).replace(tzinfo=None)
            for minute in range(60):
                flags.append(self._is_open(wall, minute))
                if flags[-1]:
                    self._note((wall + minute * _MINUTE).date(), hour * 60 + minute)
        self.open_at = array("l", (minute for minute, is_open in enumerate(flags) if is_open))
        self.passed = array("l", accumulate(flags, initial=0))
        self.workdays = sorted(self.bounds)

    def _is_open(self, wall: datetime, minute: int) -> bool:
        moment = wall + minute * _MINUTE
        spans = self.by_date.get(moment.date(), self.week[moment.weekday()])
        of_day = moment.hour * 60 + moment.minute
        return any(opens <= of_day < closes for opens, closes in spans)

    def _note(self, on: date, minute: int) -> None:
        first, _ = self.bounds.get(on, (minute, minute))
        self.bounds[on] = (first, minute + 1)

    def worked(self, moment: datetime) -> int:
        """Count the open seconds from the beginning of the table."""
        minute, second = divmod(int((moment - BEGINS).total_seconds()), 60)
        is_open = self.passed[minute + 1] > self.passed[minute]
        return self.passed[minute] * 60 + (second if is_open else 0)

    def later(self, moment: datetime, seconds: int) -> datetime:
        """Find the first moment after which so many open seconds have passed."""
        if seconds == 0:
            return moment.astimezone(UTC)
        wanted = self.worked(moment) + seconds
        full = (wanted - 1) // 60
        return self._at(self.open_at[full], wanted - full * 60)

    def earlier(self, moment: datetime, seconds: int) -> datetime:
        """Find the last moment from which so many open seconds remain."""
        if seconds == 0:
            return moment.astimezone(UTC)
        full, rest = divmod(self.worked(moment) - seconds, 60)
        return self._at(self.open_at[full], rest)

    def after_hours(self, moment: datetime, hours: float, *, is_next_day: bool) -> datetime:
        """Count plain hours from the moment or from the next working day's opening."""
        return self._begin(moment, is_next_day=is_next_day) + timedelta(hours=hours)

    def after_working_hours(self, moment: datetime, hours: int, *, is_next_day: bool) -> datetime:
        """Count open hours from the moment or from the next working day's opening."""
        return self.later(self._begin(moment, is_next_day=is_next_day), hours * 3600)

    def after_days(self, moment: datetime, days: int, *, is_next_day: bool, to_midnight: bool) -> datetime:
        """Count days of the wall calendar, if wanted to the midnight that ends the last one."""
        on, of_day = self._wall(self._begin(moment, is_next_day=is_next_day))
        if to_midnight:
            return self._on(on + (days + 1) * _DAY, timedelta())
        return self._on(on + days * _DAY, of_day) if days else self._begin(moment, is_next_day=is_next_day)

    def after_working_days(
        self, moment: datetime, days: int, *, is_next_day: bool, to_closing: bool
    ) -> datetime:
        """Count working days; the day counting begins on is day one, or day nought at the same time of day."""
        if days == 0:
            return moment.astimezone(UTC)
        on, of_day = self._wall(moment)
        if not is_next_day:
            closes = self.bounds.get(on, (0, 0))[1]
            if self._minute(moment) >= closes:
                opening = self._at(self.bounds[self.workdays[bisect_right(self.workdays, on)]][0], 0)
                on, of_day = self._wall(opening)
            first = bisect_left(self.workdays, on) - 1
            last = self.workdays[first + days + (0 if to_closing else 1)]
        else:
            last = self.workdays[bisect_right(self.workdays, on) + days - 1]
        opening, closing = (self._at(minute, 0) for minute in self.bounds[last])
        return closing if to_closing else min(max(self._on(last, of_day), opening), closing)

    def _begin(self, moment: datetime, *, is_next_day: bool) -> datetime:
        if not is_next_day:
            return moment.astimezone(UTC)
        on = self.workdays[bisect_right(self.workdays, self._wall(moment)[0])]
        return self._at(self.bounds[on][0], 0)

    def _wall(self, moment: datetime) -> tuple[date, timedelta]:
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        return wall.date(), wall - datetime(wall.year, wall.month, wall.day)  # noqa: DTZ001 - a wall clock has no zone

    def _on(self, day: date, of_day: timedelta) -> datetime:
        wall = datetime(day.year, day.month, day.day) + of_day  # noqa: DTZ001 - a wall clock has no zone
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def _minute(self, moment: datetime) -> int:
        return int((moment - BEGINS) // _MINUTE)

    def _at(self, minute: int, second: int) -> datetime:
        return BEGINS + timedelta(minutes=minute, seconds=second)
