"""What will turn red before the day is over, if everybody goes on as today?

An honest lower bound: it takes every hand to work on what falls due today alone, first what is due first.
What cannot be reached in time then will be late; more may be, since other work wants doing too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from workflows.worktime import WorkCalendar

SOONEST = timedelta(hours=1)  # before so much of the day has passed it says nothing of its pace
DAYS_BACK = 5
_ONE_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
# A ticket that is done exactly at its due moment is done in time, whatever the division leaves over.
_HAIR = 1e-9

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of the city's day that `now` lies in: until the offices close, or else until midnight.

    `worked` counts what passed of it since `since`, and `spans` what is still to come: office hours before
    the closing, every hour after it and on days without office.
    """

    since: datetime
    ends_at: datetime
    worked: timedelta
    spans: tuple[Span, ...]
    is_office: bool

    @property
    def is_young(self) -> bool:
        """Whether too little has passed to tell the pace of today by it."""
        return self.worked < SOONEST

    def hours_until(self, moment: datetime) -> float:
        """Tell how many hours of the rest lie before a moment."""
        before = (min(ends, moment) - begins for begins, ends in self.spans if begins < moment)
        return sum(before, timedelta()) / _HOUR


@dataclass(frozen=True, slots=True)
class Past:
    """The same rest of an earlier day, and how many hours it had."""

    begins: datetime
    ends: datetime
    hours: float


def rest_of_day(calendar: WorkCalendar, now: datetime) -> Stretch:
    """Find the stretch of the city's day that a moment lies in."""
    zone = ZoneInfo(calendar.zone)
    today = now.astimezone(zone).date()
    midnight, spans = datetime.combine(today, time(), zone).astimezone(UTC), calendar.open_on(today)
    if spans and now < spans[-1][1]:
        left = tuple((max(opens, now), closes) for opens, closes in spans if closes > now)
        return Stretch(midnight, spans[-1][1], calendar.between(midnight, now), left, is_office=True)
    since, ends_at = (spans[-1][1] if spans else midnight), calendar.end_of_day(today)
    return Stretch(since, ends_at, now - since, ((now, ends_at),), is_office=False)


def rests_before(calendar: WorkCalendar, stretch: Stretch, now: datetime) -> list[Past]:
    """List the same rest of the five days before: of working days while the offices are open."""
    zone = ZoneInfo(calendar.zone)
    local = now.astimezone(zone)
    found = []
    for day in islice(_days_before(calendar, local.date(), stretch), DAYS_BACK):
        begins = datetime.combine(day, local.time(), zone).astimezone(UTC)
        ends = calendar.open_on(day)[-1][1] if stretch.is_office else calendar.end_of_day(day)
        length = calendar.between(begins, ends) if stretch.is_office else ends - begins
        found.append(Past(begins, ends, max(length, timedelta()) / _HOUR))
    return found


def pace(done: int, hours: float) -> float:
    """Tell how many were done an hour; nothing while no hour has passed."""
    return done / hours if hours > 0 else 0.0


def late_ones(dues: Sequence[datetime], per_hour: float, stretch: Stretch) -> list[bool]:
    """Tell of moments in due order which of them will pass unreached at that pace."""
    reached, found = 0, []
    for due in dues:
        is_late = reached + 1 > per_hour * stretch.hours_until(due) + _HAIR
        reached += not is_late
        found.append(is_late)
    return found


def _days_before(calendar: WorkCalendar, today: date, stretch: Stretch) -> Iterator[date]:
    while True:
        today -= _ONE_DAY
        if not stretch.is_office or calendar.is_workday(today):
            yield today
