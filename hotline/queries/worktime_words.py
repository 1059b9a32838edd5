"""How is a length of working time said: in working days of the city's usual length, hours and minutes?"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflows.worktime import WorkCalendar

_ANY_DAY = date.min
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_WORDS = {
    False: (" 个工作日", " 小时", " 分", "不足 1 分"),
    True: (" working days", " h", " min", "under 1 min"),
}


@dataclass(frozen=True, slots=True)
class Worktime:
    """Says lengths; `day` is how long the offices are open on their longest usual day."""

    day: timedelta

    @classmethod
    def of(cls, calendar: WorkCalendar) -> "Worktime":
        days = (
            sum((_length(opens, closes) for opens, closes in hours), timedelta())
            for hours in calendar.weekly_hours
        )
        return cls(max(days))

    def say(self, length: timedelta, *, is_english: bool = False) -> str:
        """Read `3 个工作日 2 小时`: at most two units, nothing smaller than a minute."""
        days, rest = divmod(length, self.day)
        hours, rest = divmod(rest, _HOUR)
        *units, nothing = _WORDS[is_english]
        parts = [f"{n}{word}" for n, word in zip((days, hours, rest // _MINUTE), units, strict=True) if n]
        return " ".join(parts[:2]) or nothing


def _length(opens: time, closes: time) -> timedelta:
    """A closing at midnight ends the same day."""
    whole = timedelta(days=1)
    return (datetime.combine(_ANY_DAY, closes) - datetime.combine(_ANY_DAY, opens)) % whole or whole
