"""In which units are limits counted, and how do their first and last day count?"""

from dataclasses import dataclass

from workflows.vocabulary import Word


class TimeUnit(Word):
    """What a limit is counted in; the first three run round the clock, the others in office hours."""

    MINUTES = "minutes", "分钟"
    HOURS = "hours", "小时"
    DAYS = "days", "天"
    WORKING_HOURS = "working_hours", "个工作小时", "Working hours"
    WORKING_DAYS = "working_days", "个工作日", "Working days"

    @property
    def is_working(self) -> bool:
        return self in (TimeUnit.WORKING_HOURS, TimeUnit.WORKING_DAYS)


class StartRule(Word):
    """Whether counting begins at the act itself or on the working day after it."""

    AT_ONCE = "at_once", "立即起算", "At once"
    NEXT_WORKING_DAY = "next_working_day", "次一工作日起算", "From the next working day"


class DayEndRule(Word):
    """Whether a limit in days ends at the time of day it began at, or when the last day closes."""

    SAME_TIME = "same_time", "同一时刻", "At the same time of day"
    CLOSING = "closing", "当日下班", "When the day closes"


@dataclass(frozen=True, slots=True)
class CountRule:
    """How the first and the last day of a limit count."""

    start: StartRule = StartRule.AT_ONCE
    day_end: DayEndRule = DayEndRule.SAME_TIME


COUNT_AT_ONCE = CountRule()
# Whole days after a moment, kept at its time of day: a closing time stays a closing time.
COUNT_WHOLE_DAYS = CountRule(StartRule.NEXT_WORKING_DAY, DayEndRule.SAME_TIME)
