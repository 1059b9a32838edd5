"""How long do units take from being given a ticket to their answer, in working time and without pauses?"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, ClockChange
from hotline.queries.measures import last_shares
from hotline.queries.periods import Period
from workflows.vocabulary import ChangeReason, ClockName
from workflows.worktime import WorkCalendar

_ONE_DAY = timedelta(days=1)


@dataclass
class WorkLine:
    """The working time of a calendar laid out once between two moments, to be asked of many.

    A calendar walks from day to day for every length it measures; here a length is two look-ups.
    """

    opens: list[datetime] = field(default_factory=list)
    closes: list[datetime] = field(default_factory=list)
    before: list[timedelta] = field(default_factory=list)

    @classmethod
    def laid(cls, calendar: WorkCalendar, first: datetime, last: datetime) -> "WorkLine":
        line, total, zone = cls(), timedelta(), ZoneInfo(calendar.zone)
        day, end = first.astimezone(zone).date(), last.astimezone(zone).date()
        while day <= end:
            for opens, closes in calendar.open_on(day):
                line.opens.append(opens)
                line.closes.append(closes)
                line.before.append(total)
                total += closes - opens
            day += _ONE_DAY
        return line

    def between(self, first: datetime, last: datetime) -> timedelta:
        return self._passed(last) - self._passed(first)

    def _passed(self, moment: datetime) -> timedelta:
        at = bisect_right(self.opens, moment) - 1
        if at < 0:
            return timedelta()
        return self.before[at] + min(moment, self.closes[at]) - self.opens[at]


def list_medians(session: Session, calendar: WorkCalendar, period: Period) -> dict[int, timedelta]:
    """Tell the median of every unit whose answers led to a ticket closed in the period."""
    rows = session.execute(last_shares(period)).all()
    if not rows:
        return {}
    first, last = min(row.created_at for row in rows), max(row.replied_at for row in rows)
    line, pauses = WorkLine.laid(calendar, first, last), _pauses(session, period)
    lengths: dict[int, list[float]] = {}
    for row in rows:
        held = pauses.get((row.ticket_id, row.round), ())
        lengths.setdefault(row.unit_id, []).append(_length(row, held, line).total_seconds())
    return {unit_id: timedelta(seconds=median(each)) for unit_id, each in lengths.items()}


def _length(row: Any, held: Iterable[tuple[datetime, datetime]], line: WorkLine) -> timedelta:
    length = line.between(row.created_at, row.replied_at)
    for paused_at, resumed_at in held:
        starts_at, ends_at = max(paused_at, row.created_at), min(resumed_at, row.replied_at)
        if starts_at < ends_at:
            length -= line.between(starts_at, ends_at)
    return length


def _pauses(session: Session, period: Period) -> dict[tuple[int, int], list[tuple[datetime, datetime]]]:
    shares = last_shares(period).subquery()
    query = (
        select(Clock.id, Clock.ticket_id, Clock.round, ClockChange.reason, ClockChange.at)
        .join(shares, (shares.c.ticket_id == Clock.ticket_id) & (shares.c.round == Clock.round))
        .join(ClockChange, ClockChange.clock_id == Clock.id)
        .where(Clock.name == ClockName.HANDLE.value, Clock.assignment_id.is_(None))
        .where(ClockChange.reason.in_((ChangeReason.PAUSED.value, ChangeReason.RESUMED.value)))
        .order_by(ClockChange.clock_id, ClockChange.number)
    )
    found: dict[tuple[int, int], list[tuple[datetime, datetime]]] = {}
    paused: dict[int, datetime] = {}
    for clock_id, ticket_id, number, reason, at in session.execute(query):
        if reason == ChangeReason.PAUSED.value:
            paused[clock_id] = at
        elif clock_id in paused:
            found.setdefault((ticket_id, number), []).append((paused.pop(clock_id), at))
    return found
