"""How many tickets came in day by day, more than is usual on such a weekday, and what rises suddenly?

What is usual is the mean of the same hours one to four weeks before: weekdays differ more from each other
than weeks do. A rise is told when it is three standard deviations above that. Tickets come in by chance, so
their number scatters like a Poisson count, whose variance is its mean; the mean of four weeks scatters by a
quarter of that in addition. Weeks before the system took its first ticket tell nothing and are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import product
from math import sqrt
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.ticket import Ticket
from hotline.queries.periods import Period, midnight
from workflows.vocabulary import IntakeChannel, TicketState, TicketType, Word

WEEKS = 4
LEAST_RISE = 5
SIGMAS = 3.0
_WEEK = timedelta(days=7)
_ONE_DAY = timedelta(days=1)
_ONE_HOUR = timedelta(hours=1)
_MOST_RISES = 12


class Dimension(StrEnum):
    """By what tickets are told apart."""

    TYPE = "type"
    CATEGORY = "category"
    DISTRICT = "district"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Step:
    """One day, or one week, of a trend; `usual` is None where it is not over or nothing is known yet."""

    first: datetime
    last: datetime
    count: int
    usual: float | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class Share:
    """One type, category or district; `comparable` is its number on ended days that have something usual."""

    key: Any
    name: str
    count: int
    comparable: int
    usual: float | None

    @property
    def change(self) -> str:
        """Read `+25%`, or a dash where nothing was usual."""
        return change_words(self.comparable, self.usual)


@dataclass(frozen=True, slots=True)
class Trend:
    """The days of a period, and who brings them about."""

    days: tuple[Step, ...]
    shares: tuple[Share, ...]

    @property
    def total(self) -> int:
        return sum(day.count for day in self.days)


@dataclass(frozen=True, slots=True)
class Rise:
    """Something that came up far more often than usual; without a district, in the whole city."""

    category_id: int
    category: str
    district: str
    count: int
    usual: float
    sigmas: float


def read_trend(session: Session, period: Period, dimension: Dimension, now: datetime) -> Trend:
    """Count a period day by day against the same weekdays before, and by one dimension."""
    grid = _grid(period, now, _taking_since(session))
    counted = _count(session, grid.edges, _COLUMNS[dimension])
    daily = [sum(each.get(number, 0) for each in counted.values()) for number in range(grid.end)]
    days = (
        Step(
            grid.edges[number],
            grid.edges[number + 1],
            daily[number],
            grid.usual(daily, number) if number in grid.over else None,
            number in grid.over,
        )
        for number in range(grid.start, grid.end)
    )
    names = _names(session, dimension)
    shares = (_share(key, names, each, grid) for (key,), each in counted.items())
    kept = (share for share in shares if share.count or share.usual)
    return Trend(tuple(days), tuple(sorted(kept, key=lambda share: (-share.count, share.name))))


def list_hours(session: Session, on: date, zone: ZoneInfo, now: datetime) -> list[Step]:
    """Count one day hour by hour against the same weekdays before, up to the hour that runs."""
    days = [_hours(session, on - _WEEK * week, zone) for week in range(WEEKS + 1)]
    starts, today = days[0]
    since = _taking_since(session)
    steps = []
    for hour, starts_at in enumerate(starts[:-1]):
        if starts_at <= now:
            # Not every day has as many hours as this one where clocks are changed.
            known = [day for day in days[1:] if hour < len(day[0]) and _is_known(day[0][hour], since)]
            usual, ends_at = _mean([counts.get(hour, 0) for _, counts in known]), starts[hour + 1]
            steps.append(Step(starts_at, ends_at, today.get(hour, 0), usual, ends_at <= now))
    return steps


def list_rises(session: Session, until: datetime, window: timedelta) -> list[Rise]:
    """List categories, in the city and in each district, that rose in the window that ends at a moment."""
    starts = [until - _WEEK * week - window for week in range(WEEKS, -1, -1)]
    edges = sorted({*starts, *(start + window for start in starts)})
    counted = _count(session, edges, Ticket.category_id, Ticket.district)
    places = {edges.index(start): week for week, start in enumerate(starts)}
    numbers = _by_place(counted, places)
    since, names = _taking_since(session), _category_names(session)
    known = [week for week, start in enumerate(starts[:-1]) if _is_known(start, since)]
    rises = [
        Rise(key[0], names.get(key[0], ""), key[1], weeks[-1], mean, sigmas_of(weeks[-1], mean, len(known)))
        for key, weeks in numbers.items()
        for mean in (_mean([weeks[week] for week in known]),)
        if mean is not None and is_rise(weeks[-1], mean, len(known))
    ]
    told = _without_repeats(rises)
    return sorted(told, key=lambda rise: (-rise.sigmas, -rise.count, rise.category, rise.district))[
        :_MOST_RISES
    ]


def _by_place(
    counted: Mapping[Any, Mapping[int, int]], places: Mapping[int, int]
) -> dict[tuple[int, str], list[int]]:
    """Put the numbers of each category in week after week, for the whole city and for every district."""
    numbers: dict[tuple[int, str], list[int]] = {}
    for (category_id, district), each in counted.items():
        keys = set() if category_id is None else {(category_id, ""), (category_id, district)}
        for key, bucket in product(keys, each.keys() & places.keys()):
            weeks = numbers.setdefault(key, [0] * (WEEKS + 1))
            weeks[places[bucket]] += each[bucket]
    return numbers


def _without_repeats(rises: Sequence[Rise]) -> list[Rise]:
    """Leave out the whole city where one district is all of it."""
    in_districts = {(rise.category_id, rise.count) for rise in rises if rise.district}
    return [rise for rise in rises if rise.district or (rise.category_id, rise.count) not in in_districts]


def sigmas_of(count: int, usual: float, weeks: int = WEEKS) -> float:
    """Tell by how many standard deviations a number is above the mean of some weeks."""
    return (count - usual) / sqrt(max(usual, 1.0) * (1 + 1 / weeks))


def is_rise(count: int, usual: float, weeks: int = WEEKS) -> bool:
    """Whether a number is so far above the usual that somebody should look; never for a handful."""
    return count >= LEAST_RISE and sigmas_of(count, usual, weeks) >= SIGMAS


def change_words(count: int, usual: float | None) -> str:
    """Say by how much a number differs from the usual one."""
    return f"{count / usual - 1:+.0%}".replace("-", "−") if usual else "—"


def weekly(days: Sequence[Step]) -> list[Step]:
    """Put days together by sevens from the last one back, so that the newest week is whole."""
    weeks: list[Step] = []
    for end in range(len(days), 0, -7):
        part = days[max(end - 7, 0) : end]
        known = [day.usual for day in part if day.usual is not None]
        usual = sum(known) if len(known) == len(part) else None
        is_over = all(day.is_over for day in part)
        weeks.append(Step(part[0].first, part[-1].last, sum(day.count for day in part), usual, is_over))
    return weeks[::-1]


@dataclass(frozen=True, slots=True)
class _Grid:
    """The days of a period with the four weeks before it; `over` are those of the period that have ended."""

    edges: tuple[datetime, ...]
    start: int
    over: frozenset[int]
    since: datetime | None

    @property
    def end(self) -> int:
        return len(self.edges) - 1

    def usual(self, daily: Sequence[int], number: int) -> float | None:
        """Average the same weekday of the weeks before, as far as tickets were taken then."""
        before = (number - 7 * week for week in range(1, WEEKS + 1))
        return _mean([daily[each] for each in before if _is_known(self.edges[each], self.since)])


def _taking_since(session: Session) -> datetime | None:
    """Tell when the first ticket of all came in."""
    first = select(Ticket.created_at).where(Ticket.state != TicketState.DRAFT.value)
    return session.scalar(first.order_by(Ticket.created_at).limit(1))


def _is_known(start: datetime, since: datetime | None) -> bool:
    return since is not None and start >= since


def _mean(numbers: Sequence[int]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def _grid(period: Period, now: datetime, since: datetime | None) -> _Grid:
    start = WEEKS * _WEEK // _ONE_DAY
    edges = tuple(
        midnight(period.first_on + _ONE_DAY * number, period.zone)
        for number in range(-start, period.days + 1)
    )
    over = (number for number in range(start, len(edges) - 1) if edges[number + 1] <= now)
    return _Grid(edges, start, frozenset(over), since)


def _hours(session: Session, on: date, zone: ZoneInfo) -> tuple[list[datetime], dict[int, int]]:
    ends_at = midnight(on + _ONE_DAY, zone)
    starts = [midnight(on, zone)]
    while starts[-1] < ends_at:
        starts.append(starts[-1] + _ONE_HOUR)
    return starts, _count(session, starts).get((), {})


def _count(session: Session, edges: Sequence[datetime], *columns: Any) -> dict[Any, dict[int, int]]:
    """Count tickets between each two neighbouring moments, by what the columns hold, in one reading."""
    bucket: ColumnElement[int] = case(
        *((Ticket.created_at < edge, number) for number, edge in enumerate(edges[1:-1])),
        else_=len(edges) - 2,
    )
    keys = [column.label(f"key_{number}") for number, column in enumerate(columns)]
    rows = (
        select(bucket.label("bucket"), *keys)
        .where(Ticket.created_at >= edges[0], Ticket.created_at < edges[-1])
        .where(Ticket.state != TicketState.DRAFT.value)
        .subquery()
    )
    counted: dict[Any, dict[int, int]] = {}
    for number, *key, count in session.execute(select(*rows.c, func.count()).group_by(*rows.c)):
        counted.setdefault(tuple(key), {})[number] = count
    return counted


def _share(key: Any, names: Mapping[Any, str], each: Mapping[int, int], grid: _Grid) -> Share:
    daily = [each.get(number, 0) for number in range(grid.end)]
    usual = {number: grid.usual(daily, number) for number in grid.over}
    known = {number: mean for number, mean in usual.items() if mean is not None}
    return Share(
        key,
        names.get(key) or str(key or "未填写"),
        sum(daily[grid.start :]),
        sum(daily[number] for number in known),
        sum(known.values()) if known else None,
    )


def _names(session: Session, dimension: Dimension) -> dict[Any, str]:
    if dimension is Dimension.CATEGORY:
        return _category_names(session)
    words: type[Word] | None = {Dimension.TYPE: TicketType, Dimension.CHANNEL: IntakeChannel}.get(dimension)
    return {} if words is None else {word.value: word.label_zh for word in words}


def _category_names(session: Session) -> dict[Any, str]:
    return {row.id: row.name for row in session.execute(select(Category.id, Category.name))}


_COLUMNS: Mapping[Dimension, Any] = {
    Dimension.TYPE: Ticket.type,
    Dimension.CATEGORY: Ticket.category_id,
    Dimension.DISTRICT: Ticket.district,
    Dimension.CHANNEL: Ticket.channel,
}
