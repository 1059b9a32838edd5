"""Which failed calls count: those on days of their own and in parts of the day of their own.

People are out at work or asleep at some hours, so three calls within a minute are no more than one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.vocabulary import Word
from workflows.worktime import WorkCalendar

CALLS_TO_TRY = 3
# A number is wrong when it was dialled so often in a row and was wrong each time: nobody closes by a slip.
CALLS_TO_CONFIRM = 2
# Citizens are called on working days, from nine until eight in the evening, when those who work are at home.
CALLS_FROM, CALLS_UNTIL = time(9), time(20)
_MORNING_ENDS = 12
_AFTERNOON_ENDS = 18


class DayPart(Word):
    """A part of the day in which other people are at home than in the others."""

    MORNING = "morning", "上午"
    AFTERNOON = "afternoon", "下午"
    EVENING = "evening", "晚间"


def part_of(moment: datetime) -> DayPart:
    """Tell the part of the day of a moment of the city's time."""
    if moment.hour < _MORNING_ENDS:
        return DayPart.MORNING
    return DayPart.AFTERNOON if moment.hour < _AFTERNOON_ENDS else DayPart.EVENING


def counted_calls(calls: Iterable[datetime]) -> tuple[datetime, ...]:
    """Choose from failed calls, in the city's time and as they were recorded, the ones that count."""
    counted: list[datetime] = []
    for call in calls:
        is_other_day = all(call.date() != each.date() for each in counted)
        if is_other_day and all(part_of(call) is not part_of(each) for each in counted):
            counted.append(call)
    return tuple(counted)


def is_number_wrong(was_wrong: Sequence[bool]) -> bool:
    """Tell from each call, the last at the end, whether they confirm that no number leads to the citizen."""
    last = was_wrong[-CALLS_TO_CONFIRM:]
    return len(last) == CALLS_TO_CONFIRM and all(last)


def call_hours(calendar: WorkCalendar, now: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """List the hours, in the city's time, in which a citizen may be called from now on until a moment."""
    zone = ZoneInfo(calendar.zone)
    begins, ends = now.astimezone(zone), until.astimezone(zone)
    day = begins.date()
    while day <= ends.date():
        opens, closes = (datetime.combine(day, at, zone) for at in (CALLS_FROM, CALLS_UNTIL))
        if calendar.is_workday(day) and max(opens, begins) < min(closes, ends):
            yield max(opens, begins), min(closes, ends)
        day += timedelta(days=1)
