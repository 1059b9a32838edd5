"""Which supervision orders are there, what does each demand, and what has each unit answered?"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from hotline.models.barred_units import BarredUnit
from hotline.models.clocks import Clock
from hotline.models.orders import OrderCause, OrderUnit, SupervisionOrder
from hotline.models.ticket import Ticket
from hotline.queries.directory import unit_names, user_names
from hotline.queries.order_parts import is_open
from workflows.choices import OrderLevel
from workflows.definition import Actor
from workflows.sla import ClockReading, light
from workflows.vocabulary import UNIT_ROLES, Light, OrderState

MOST = 200
_KEPT = {Light.DONE_ON_TIME: "按时反馈", Light.DONE_LATE: "超期反馈"}


@dataclass(frozen=True, slots=True)
class OrderFilters:
    """What a list of orders shows; empty means any."""

    level: int | None = None
    state: str = ""
    is_overdue: bool = False
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class UnitAnswer:
    """One unit an order names, and what it answered; a refused answer stays readable beside the reason."""

    unit_id: int
    unit: str
    answer: str
    answered_by: str
    answered_at: datetime | None
    refused_reason: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One supervision order. `light` is its own clock's; an answered order shows how it was kept."""

    id: int
    number: str
    title: str
    is_confidential: bool
    ticket_state: str
    version: int
    level: int
    is_joint: bool
    state: str
    cause: str
    opinion: str
    issued_by: str
    issued_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    closed_by: str
    closed_at: datetime | None
    closing_opinion: str
    light: Light
    units: tuple[UnitAnswer, ...]

    @property
    def level_label(self) -> str:
        return OrderLevel(str(self.level)).label_zh

    @property
    def kept_label(self) -> str | None:
        """How its own clock was kept, in words of orders: what was answered in time is not done yet."""
        return _KEPT.get(self.light)

    @property
    def state_label(self) -> str:
        return OrderState(self.state).label_zh

    @property
    def ending_label(self) -> str:
        """What the words are that ended it."""
        return "撤回原因" if self.state == OrderState.WITHDRAWN else "办结意见"

    @property
    def cause_label(self) -> str:
        return OrderCause(self.cause).label_zh

    @property
    def is_by_system(self) -> bool:
        return self.cause != OrderCause.PERSON

    @property
    def owing(self) -> tuple[UnitAnswer, ...]:
        """The units that still have to answer."""
        is_open = self.state == OrderState.ISSUED
        return tuple(each for each in self.units if is_open and each.answered_at is None)

    def of_unit(self, unit_id: int | None) -> UnitAnswer | None:
        """What one unit owes or has answered."""
        return next((each for each in self.units if each.unit_id == unit_id), None)


def list_orders(session: Session, filters: OrderFilters, now: datetime) -> list[OrderLine]:
    """List orders: answers to be checked, then open ones by their due moment, then the rest, newest first."""
    turn = case(
        (SupervisionOrder.state == OrderState.ANSWERED.value, 0),
        (SupervisionOrder.state == OrderState.ISSUED.value, 1),
        else_=2,
    )
    query = _whole().where(*_conditions(filters, now))
    query = query.order_by(turn, SupervisionOrder.due_at.asc().nulls_last(), SupervisionOrder.id.desc())
    return _lines(session, query.limit(MOST), now)


def count_orders(session: Session, filters: OrderFilters, now: datetime) -> int:
    """Count the orders of a list."""
    query = select(func.count(SupervisionOrder.id)).where(*_conditions(filters, now))
    return session.scalar(query) or 0


def ids_answered() -> Select[Any]:
    """The ids of the orders whose answers are still to be checked as a query."""
    return select(SupervisionOrder.id).where(SupervisionOrder.state == OrderState.ANSWERED.value)


def list_of_unit(session: Session, unit_id: int, now: datetime, *, is_owing: bool) -> list[OrderLine]:
    """List the orders a unit has to answer, what falls due first at the top; or those it answered last.

    Withdrawn ones stand among the answered.
    """
    due = SupervisionOrder.due_at.asc()
    answered = func.coalesce(SupervisionOrder.answered_at, SupervisionOrder.closed_at).desc()
    # Where others named by the same order still owe theirs, it counts as answered by nobody yet.
    first = due.nulls_last() if is_owing else answered.nulls_first()
    query = _whole().where(*_names(unit_id, is_owing=is_owing)).order_by(first, SupervisionOrder.id.desc())
    return _lines(session, query.limit(MOST), now)


def ids_owing(unit_id: int) -> Select[Any]:
    """The ids of the orders a unit has to answer as a query."""
    return select(SupervisionOrder.id).where(*_names(unit_id, is_owing=True))


def _names(unit_id: int, *, is_owing: bool) -> tuple[ColumnElement[bool], ...]:
    owes = and_(OrderUnit.answered_at.is_(None), SupervisionOrder.state == OrderState.ISSUED.value)
    named = exists(
        select(OrderUnit.id).where(
            OrderUnit.order_id == SupervisionOrder.id,
            OrderUnit.unit_id == unit_id,
            owes if is_owing else ~owes,
        )
    )
    bars = select(BarredUnit.unit_id).where(BarredUnit.ticket_id == SupervisionOrder.ticket_id)
    is_kept_from = exists(bars.where(BarredUnit.unit_id == unit_id))
    return named, ~is_kept_from


def list_open(session: Session, ticket_ids: Collection[int], now: datetime) -> list[OrderLine]:
    """List the orders about some tickets that the centre has not closed yet, the oldest first."""
    named = SupervisionOrder.ticket_id.in_(ticket_ids)
    return _lines(session, _whole().where(named, is_open()).order_by(SupervisionOrder.id), now)


def count_open(session: Session, numbers: Collection[str]) -> dict[str, int]:
    """Count the orders that still press about tickets, by their numbers; those without any are left out."""
    counted = select(Ticket.number, func.count()).join(
        SupervisionOrder, SupervisionOrder.ticket_id == Ticket.id
    )
    of_these = counted.where(Ticket.number.in_(numbers), is_open()).group_by(Ticket.number)
    return {number: count for number, count in session.execute(of_these)}  # noqa: C416 - a Row is no pair to mypy


def list_of_ticket(session: Session, ticket: Ticket, viewer: Actor, now: datetime) -> list[OrderLine]:
    """List the orders about a ticket, newest first; units see those that name a unit of theirs."""
    query = _whole().where(SupervisionOrder.ticket_id == ticket.id).order_by(SupervisionOrder.id.desc())
    found = _lines(session, query, now)
    if not viewer.roles & UNIT_ROLES:
        return found
    return [line for line in found if any(each.unit_id in viewer.subtree_unit_ids for each in line.units)]


def find_order(session: Session, order_id: int, now: datetime) -> OrderLine | None:
    """Find one order, whoever may see it."""
    return next(iter(_lines(session, _whole().where(SupervisionOrder.id == order_id), now)), None)


def _conditions(filters: OrderFilters, now: datetime) -> Iterable[ColumnElement[bool]]:
    if filters.level is not None:
        yield SupervisionOrder.level == filters.level
    if filters.state:
        yield SupervisionOrder.state == filters.state
    if filters.is_overdue:
        yield and_(SupervisionOrder.state == OrderState.ISSUED.value, SupervisionOrder.due_at <= now)
    if filters.unit_id is not None:
        named = select(OrderUnit.id).where(OrderUnit.order_id == SupervisionOrder.id)
        yield exists(named.where(OrderUnit.unit_id == filters.unit_id))


def _whole() -> Select[Any]:
    query: Select[Any] = select(SupervisionOrder, Ticket, Clock)  # type: ignore[assignment]  # also rows
    # Named, since the outer query reads clocks too.
    of_order = select(func.max(Clock.id)).where(Clock.order_id == SupervisionOrder.id)
    latest = of_order.correlate(SupervisionOrder).scalar_subquery()
    query = query.join(Ticket, Ticket.id == SupervisionOrder.ticket_id)
    return query.outerjoin(Clock, Clock.id == latest)


def _lines(session: Session, query: Select[Any], now: datetime) -> list[OrderLine]:
    found = session.execute(query).all()
    if not found:
        return []
    rows = _units(session, [order.id for order, *_ in found])
    people = _people(session, [order for order, *_ in found], [row for each in rows.values() for row in each])
    units = unit_names(session, {row.unit_id for each in rows.values() for row in each})
    return [
        _line(each, tuple(_answer(row, people, units) for row in rows.get(each[0].id, ())), people, now)
        for each in found
    ]


def _units(session: Session, order_ids: list[int]) -> dict[int, list[OrderUnit]]:
    named: dict[int, list[OrderUnit]] = {}
    query = select(OrderUnit).where(OrderUnit.order_id.in_(order_ids)).order_by(OrderUnit.id)
    for row in session.scalars(query):
        named.setdefault(row.order_id, []).append(row)
    return named


def _people(
    session: Session, orders: Iterable[SupervisionOrder], rows: Iterable[OrderUnit]
) -> Mapping[int, str]:
    ids = {user_id for order in orders for user_id in (order.issued_by_id, order.closed_by_id)}
    ids |= {row.answered_by_id for row in rows}
    return user_names(session, {user_id for user_id in ids if user_id is not None})


def _answer(row: OrderUnit, people: Mapping[int, str], units: Mapping[int, str]) -> UnitAnswer:
    return UnitAnswer(
        unit_id=row.unit_id,
        unit=units[row.unit_id],
        answer=row.answer,
        answered_by=people.get(row.answered_by_id or 0, ""),
        answered_at=row.answered_at,
        refused_reason=row.refused_reason,
    )


def _line(found: Any, units: tuple[UnitAnswer, ...], people: Mapping[int, str], now: datetime) -> OrderLine:
    order, ticket, clock = found
    return OrderLine(
        id=order.id,
        number=ticket.number,
        title=ticket.title,
        is_confidential=ticket.is_confidential,
        ticket_state=ticket.state,
        version=ticket.version,
        level=order.level,
        is_joint=order.is_joint,
        state=order.state,
        cause=order.cause,
        opinion=order.opinion,
        issued_by=people.get(order.issued_by_id, "系统"),
        issued_at=order.issued_at,
        due_at=order.due_at,
        answered_at=order.answered_at,
        closed_by=people.get(order.closed_by_id, ""),
        closed_at=order.closed_at,
        closing_opinion=order.closing_opinion,
        light=Light.NONE if clock is None or clock.is_cancelled else _light(clock, now),
        units=units,
    )


def _light(clock: Clock, now: datetime) -> Light:
    reading = ClockReading(
        clock.started_at, clock.due_at, clock.yellow_at, clock.orange_at, clock.paused_at, clock.stopped_at
    )
    return light(reading, now)
