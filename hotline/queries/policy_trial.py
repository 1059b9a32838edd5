"""Which rounds of handling fell into a span of time, as the limits of any policy would have seen them?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.clocks import Clock, ClockChange
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Ticket, TicketEvent
from workflows.policy import limit_class
from workflows.simulation import Arrival, Grant, Hold
from workflows.vocabulary import ChangeReason, ClockName, Machine

_GONE = ("recalled", "returned")
_AT_ONCE = 2000
_BEFELL = (ChangeReason.PAUSED.value, ChangeReason.RESUMED.value, ChangeReason.EXTENDED.value)
NO_UNIT = "（没有主办单位）"


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time, and how screens call it."""

    since: datetime
    until: datetime
    label: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What is read beforehand, so that the stream of rounds asks for nothing more."""

    units: Mapping[tuple[int, int], tuple[str, int]]
    above: Mapping[int, int | None]
    befell: Mapping[int, tuple[Hold | Grant, ...]]
    paths: dict[int, frozenset[int]]

    def path(self, category_id: int | None) -> frozenset[int]:
        """A category with those above it."""
        if category_id is None:
            return frozenset()
        if category_id not in self.paths:
            self.paths[category_id] = frozenset({category_id}) | self.path(self.above.get(category_id))
        return self.paths[category_id]


def last_month(now: datetime, zone: ZoneInfo) -> Span:
    """Find the calendar month before this one, as the city counts it."""
    this = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last = (this - timedelta(days=1)).replace(day=1)
    return Span(last, this, f"上个月（{last.year} 年 {last.month} 月）")


def last_days(now: datetime, days: int) -> Span:
    """Find the span that ends now."""
    return Span(now - timedelta(days=days), now, f"最近 {days} 天")


def list_rounds(session: Session, span: Span) -> Iterator[list[Arrival]]:
    """Stream the tickets that were being handled in the span, the newest first, each as its rounds.

    A round that was called off is left out: its promise became moot. `line` is the ticket's id.
    """
    known = _Known(
        _units(session, span), _above(session), _befell(session, span), dict[int, frozenset[int]]()
    )
    rows = session.execute(
        select(
            Ticket.id,
            Ticket.type,
            Ticket.urgency,
            Ticket.is_hard,
            Ticket.category_id,
            Clock.id.label("clock_id"),
            Clock.round,
            Clock.is_rework,
            Clock.started_at,
            Clock.stopped_at,
        )
        .join(Clock, Clock.ticket_id == Ticket.id)
        .where(_was_handled(span))
        .order_by(Ticket.id.desc(), Clock.id),
        execution_options={"yield_per": _AT_ONCE},
    )
    for _, rounds in groupby(rows, key=lambda row: row.id):
        yield [_arrival(row, known) for row in rounds]


def name_tickets(session: Session, ticket_ids: Sequence[int]) -> dict[int, str]:
    """Tell the numbers of tickets by their ids."""
    rows = session.execute(select(Ticket.id, Ticket.number).where(Ticket.id.in_(ticket_ids)))
    return {ticket_id: number for ticket_id, number in rows}  # noqa: C416 - a Row is no pair to mypy


def _was_handled(span: Span) -> ColumnElement[bool]:
    """The ticket's own handling clock ran at some time of the span."""
    return and_(
        Clock.name == ClockName.HANDLE.value,
        Clock.assignment_id.is_(None),
        Clock.is_cancelled.is_(False),
        Clock.started_at < span.until,
        or_(Clock.stopped_at.is_(None), Clock.stopped_at >= span.since),
    )


def _arrival(row: Row[*tuple[Any, ...]], known: _Known) -> Arrival:
    unit, tier = known.units.get((row.id, row.round), (NO_UNIT, None))
    return Arrival(
        row.id,
        limit_class(row.type, row.urgency, is_hard=row.is_hard),
        unit,
        row.started_at,
        row.stopped_at,
        row.type,
        known.path(row.category_id),
        tier,
        row.is_rework,
        known.befell.get(row.clock_id, ()),
    )


def _units(session: Session, span: Span) -> dict[tuple[int, int], tuple[str, int]]:
    """The main unit of each round, the last one where it changed hands."""
    handled = select(Clock.ticket_id).where(_was_handled(span))
    rows = session.execute(
        select(Assignment.ticket_id, Assignment.round, Unit.name, Unit.tier)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(
            Assignment.is_main.is_(True),
            Assignment.state.not_in(_GONE),
            Assignment.ticket_id.in_(handled),
        )
        .order_by(Assignment.id)
    )
    return {(ticket_id, number): (unit, tier) for ticket_id, number, unit, tier in rows}


def _above(session: Session) -> dict[int, int | None]:
    rows = session.execute(select(Category.id, Category.parent_id))
    return {category_id: parent_id for category_id, parent_id in rows}  # noqa: C416 - a Row is no pair to mypy


def _befell(session: Session, span: Span) -> dict[int, tuple[Hold | Grant, ...]]:
    """What held or extended each clock, in order; only a few clocks have any of it."""
    found: dict[int, tuple[Hold | Grant, ...]] = {}
    for clock_id, changes in groupby(session.execute(_changes(span)), key=lambda row: row.clock_id):
        told: list[Hold | Grant] = []
        for row in changes:
            if row.reason == ChangeReason.EXTENDED:
                told.append(Grant(row.days or 0))
            elif row.reason == ChangeReason.PAUSED:
                told.append(Hold(row.to_state or "", row.at, None))
            elif (held := _open_hold(told)) is not None:
                told[held[0]] = replace(held[1], ended_at=row.at)
        found[clock_id] = tuple(told)
    return found


def _open_hold(told: Sequence[Hold | Grant]) -> tuple[int, Hold] | None:
    holds = ((n, each) for n, each in enumerate(told) if isinstance(each, Hold) and each.ended_at is None)
    return next(holds, None)


def _changes(span: Span) -> Select[int, str, datetime, int | None, str | None]:
    of_the_state = and_(
        TicketEvent.ticket_id == Clock.ticket_id,
        TicketEvent.number == ClockChange.event_number,
        TicketEvent.machine == Machine.TICKET.value,
    )
    return (
        select(
            ClockChange.clock_id, ClockChange.reason, ClockChange.at, ClockChange.days, TicketEvent.to_state
        )
        .join(Clock, Clock.id == ClockChange.clock_id)
        .outerjoin(TicketEvent, of_the_state)
        .where(_was_handled(span), ClockChange.reason.in_(_BEFELL), ClockChange.at < span.until)
        .order_by(ClockChange.clock_id, ClockChange.number)
    )
