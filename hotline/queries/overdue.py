"""Which tickets are over or run out of time soon, of whom, and how many?

Every query here goes along an index of running tickets, from a moment to a moment, so that what it costs
grows with what is late and not with what is open.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, literal_column, or_, select, tuple_
from sqlalchemy.orm import Session

from hotline.models.ticket import IS_RUNNING, Ticket
from hotline.queries.marks import read_mark, write_mark
from hotline.queries.scope import visible_to
from workflows.definition import Actor
from workflows.vocabulary import Light

SOON = timedelta(hours=4)
WARNED = (Light.RED, Light.ORANGE, Light.YELLOW)
# To group by these has no index: SQLite would read the whole of one rather than what is late.
_UNIT = Ticket.unit_id + literal_column("0")
_CATEGORY = Ticket.category_id + literal_column("0")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; None and empty mean any. Among the ids, None is none at all."""

    light: str = ""
    unit_ids: frozenset[int | None] | None = None
    category_ids: frozenset[int | None] | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """Due moments after one instant, if given, and up to another; of warned tickets alone where so said."""

    after: datetime | None
    upto: datetime
    is_warned: bool = False


@dataclass(frozen=True, slots=True)
class Lit:
    """How many tickets show each light but green."""

    red: int = 0
    orange: int = 0
    yellow: int = 0

    @property
    def total(self) -> int:
        return self.red + self.orange + self.yellow

    def plus(self, other: "Lit") -> "Lit":
        return Lit(self.red + other.red, self.orange + other.orange, self.yellow + other.yellow)


@dataclass(frozen=True, slots=True)
class Lights:
    """The lights by unit (None is nobody) or by category, and the last moment at which one of them is due."""

    by_id: dict[int | None, Lit]
    last_due_at: datetime | None

    @property
    def whole(self) -> Lit:
        whole = Lit()
        for each in self.by_id.values():
            whole = whole.plus(each)
        return whole


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of one page in the order of their due moments; `next` marks the page after it."""

    ids: tuple[int, ...]
    next: str | None


def count_by_unit(session: Session, viewer: Actor, wanted: Wanted, now: datetime) -> Lights:
    """Count the lights of every unit."""
    only = (visible_to(viewer), *conditions(wanted, now))
    return _lights(session.execute(_counting(now, only, _UNIT).group_by(_UNIT)).all())


def count_both(session: Session, viewer: Actor, wanted: Wanted, now: datetime) -> tuple[Lights, Lights]:
    """Count the lights of every unit and of every category."""
    only = (visible_to(viewer), *conditions(wanted, now))
    if session.connection().dialect.name != "postgresql":
        each = (_counting(now, only, column).group_by(column) for column in (_UNIT, _CATEGORY))
        by_unit, by_category = (session.execute(query).all() for query in each)
        return _lights(by_unit), _lights(by_category)
    # Both from one reading of the index, which is most of the cost.
    columns = (Ticket.unit_id, Ticket.category_id)
    is_category = func.grouping(Ticket.unit_id)
    row_id = case((is_category == 1, Ticket.category_id), else_=Ticket.unit_id)
    query = _counting(now, only, row_id).add_columns(is_category.label("is_category"))
    rows = session.execute(query.group_by(func.grouping_sets(*(tuple_(each) for each in columns)))).all()
    return _lights(row for row in rows if not row.is_category), _lights(
        row for row in rows if row.is_category
    )


def count_until(
    session: Session, viewer: Actor, wanted: Wanted, now: datetime, steps: Sequence[datetime]
) -> list[int]:
    """Count what falls due from now on up to each of some moments, of which the last is the latest."""
    until = [func.count(case((Ticket.due_at <= step, 1))) for step in steps]
    query = select(*until).where(IS_RUNNING, Ticket.due_at > now, Ticket.due_at <= steps[-1])
    row = session.execute(query.where(visible_to(viewer), *conditions(wanted, now))).one()
    return list(row)


def count_due_by_unit(session: Session, viewer: Actor, window: Window) -> dict[int | None, int]:
    """Count what falls due in a window for every unit; None is nobody."""
    query = select(_UNIT, func.count()).where(IS_RUNNING, Ticket.due_at <= window.upto)
    if window.after is not None:
        query = query.where(Ticket.due_at > window.after)
    rows = session.execute(query.where(visible_to(viewer)).group_by(_UNIT))
    return {row[0]: row[1] for row in rows}


def list_longest(
    session: Session, viewer: Actor, now: datetime, most: int
) -> list[tuple[int | None, str, datetime]]:
    """List (unit, number, due moment) of what is over, longest first: so many of every unit."""
    rank = func.row_number().over(partition_by=Ticket.unit_id, order_by=(Ticket.due_at, Ticket.id))
    over = (
        select(Ticket.unit_id, Ticket.number, Ticket.due_at, rank.label("rank"))
        .where(IS_RUNNING, Ticket.due_at <= now, visible_to(viewer))
        .subquery()
    )
    first = select(over.c.unit_id, over.c.number, over.c.due_at).where(over.c.rank <= most)
    return [(row[0], row[1], row[2]) for row in session.execute(first.order_by(over.c.due_at))]


def find_page(
    session: Session,
    viewer: Actor,
    window: Window,
    page: tuple[int, str | None],
    asked: tuple[Wanted, datetime],
) -> Found:
    """Find one page of so many tickets after a mark. Raises BadCursorError for a mark that is not ours."""
    limit, after = page
    wanted, now = asked
    query = select(Ticket.due_at, Ticket.id).where(IS_RUNNING, Ticket.due_at <= window.upto)
    if window.after is not None:
        query = query.where(Ticket.due_at > window.after)
    if window.is_warned:
        query = query.where(Ticket.warn_at <= now)
    query = query.where(visible_to(viewer), *conditions(wanted, now))
    if after is not None:
        due_at, row_id = read_mark(after)
        last = tuple_(literal(due_at, Ticket.due_at.type), literal(row_id, Ticket.id.type))
        query = query.where(tuple_(Ticket.due_at, Ticket.id) > last)
    rows = session.execute(query.order_by(Ticket.due_at, Ticket.id).limit(limit + 1)).all()
    shown = rows[:limit]
    return Found(tuple(row.id for row in shown), write_mark(*shown[-1]) if len(rows) > limit else None)


def conditions(wanted: Wanted, now: datetime) -> Iterator[ColumnElement[bool]]:
    """Turn what is wanted into conditions."""
    if wanted.light:
        yield _shows(Light(wanted.light), now)
    for column, ids in ((Ticket.unit_id, wanted.unit_ids), (Ticket.category_id, wanted.category_ids)):
        if ids is not None:
            one_of = column.in_(ids - {None})
            yield or_(one_of, column.is_(None)) if None in ids else one_of
    if wanted.type:
        yield Ticket.type == wanted.type


def _counting(now: datetime, only: tuple[ColumnElement[bool], ...], row_id: Any) -> Select[Any]:
    counts = (func.count(case((_shows(light, now), 1))).label(light) for light in WARNED)
    query = select(row_id.label("id"), *counts, func.max(Ticket.due_at).label("last"))
    return query.where(IS_RUNNING, Ticket.warn_at <= now, *only)


def _lights(rows: Iterable[Any]) -> Lights:
    lit, last = {}, None
    for row in rows:
        lit[row.id] = Lit(row.red, row.orange, row.yellow)
        last = row.last if last is None else max(last, row.last)
    return Lights(lit, last)


def _shows(light: Light, now: datetime) -> ColumnElement[bool]:
    """Whether a running ticket shows a light; says the same as `lights.light_of`."""
    if light is Light.GREEN:
        return Ticket.warn_at > now
    is_over = Ticket.due_at <= now
    if light is Light.RED:
        return is_over
    is_orange = and_(Ticket.orange_at.is_not(None), Ticket.orange_at <= now)
    return and_(~is_over, is_orange) if light is Light.ORANGE else _is_yellow(is_over, is_orange, now)


def _is_yellow(
    is_over: ColumnElement[bool], is_orange: ColumnElement[bool], now: datetime
) -> ColumnElement[bool]:
    return and_(~is_over, ~is_orange, Ticket.warn_at <= now)
