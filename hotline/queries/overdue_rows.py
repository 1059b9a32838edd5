"""What does a list show of a ticket that runs out of time: its light, its promise, what was done last?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Ticket, TicketEvent
from hotline.queries.lights import light_of
from hotline.queries.order_parts import is_open
from hotline.queries.timeline_acts import Told, act_of, actor_of
from hotline.queries.trees import Tree
from hotline.queries.wording import Names
from workflows.vocabulary import AssignmentState, ClockName, Light
from workflows.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class Trees:
    """The units and the categories of the city."""

    units: Tree
    categories: Tree


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """One line. `worktime` is how much working time it is over, or has left; `last` is who did what when."""

    number: str
    title: str
    type: str
    urgency: str
    state: str
    is_confidential: bool
    light: Light
    due_at: datetime
    worktime: timedelta
    unit: str
    tier: int | None
    category: str
    clock: ClockName | None
    is_unsigned: bool
    urge_count: int
    last_urged_at: datetime | None
    extension_count: int
    open_order_count: int
    last_actor: str
    last_act: str
    last_at: datetime | None


_PLAIN = (
    "number",
    "title",
    "type",
    "urgency",
    "state",
    "is_confidential",
    "due_at",
    "urge_count",
    "last_urged_at",
    "extension_count",
)
_MORE = (
    "id",
    "created_at",
    "closed_at",
    "is_late",
    "yellow_at",
    "orange_at",
    "paused_at",
    "unit_id",
    "category_id",
    "leading_clock",
)


def read_rows(
    session: Session, ids: Sequence[int], trees: Trees, calendar: WorkCalendar, now: datetime
) -> list[OverdueRow]:
    """Read tickets by their ids, in the order given; the newest event is numbered like the version."""
    query = (
        select(
            *(getattr(Ticket, name) for name in (*_PLAIN, *_MORE)),
            _is_unsigned(),
            _open_orders(),
            TicketEvent,
        )
        .outerjoin(
            TicketEvent, and_(TicketEvent.ticket_id == Ticket.id, TicketEvent.number == Ticket.version)
        )
        .where(Ticket.id.in_(ids))
    )
    found = {row.id: row for row in session.execute(query)}
    told = Told(Names({node.id: node.name for node in trees.units.nodes.values()}, {}), {}, {}, {})
    return [_row(found[row_id], trees, told, calendar, now) for row_id in ids if row_id in found]


def _is_unsigned() -> ColumnElement[bool]:
    share = select(Assignment.id).where(Assignment.ticket_id == Ticket.id, Assignment.is_main.is_(True))
    return exists(share.where(Assignment.state == AssignmentState.TO_SIGN.value)).label("is_unsigned")


def _open_orders() -> ColumnElement[int]:
    of_ticket = select(func.count(SupervisionOrder.id)).where(
        SupervisionOrder.ticket_id == Ticket.id, is_open()
    )
    return of_ticket.correlate(Ticket).scalar_subquery().label("open_order_count")


def _row(row: Any, trees: Trees, told: Told, calendar: WorkCalendar, now: datetime) -> OverdueRow:
    unit, event = trees.units.nodes.get(row.unit_id), row.TicketEvent
    return OverdueRow(
        **{name: getattr(row, name) for name in _PLAIN},
        light=light_of(row, now),
        worktime=abs(calendar.between(now, row.due_at)),
        unit="" if unit is None else unit.name,
        tier=None if unit is None else unit.depth,
        category=trees.categories.name(row.category_id),
        clock=None if row.leading_clock is None else ClockName(row.leading_clock),
        is_unsigned=row.is_unsigned,
        open_order_count=row.open_order_count,
        last_actor="" if event is None else actor_of(event, told),
        last_act="" if event is None else act_of(event, told).text or "备注",
        last_at=None if event is None else event.at,
    )
