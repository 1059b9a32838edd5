"""What belongs to a ticket's supervision orders: the orders, their units' answers, the ticket of one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from hotline.models.orders import OrderUnit, SupervisionOrder
from hotline.models.ticket import Ticket
from hotline.queries.scope import visible_tickets
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import ENDED_ORDERS


def orders_of(ticket_id: int) -> tuple[Select[SupervisionOrder], Any]:
    return select(SupervisionOrder).where(SupervisionOrder.ticket_id == ticket_id), SupervisionOrder.id


def find_newest_order(session: Session, ticket_id: int) -> SupervisionOrder | None:
    of_ticket = orders_of(ticket_id)[0].order_by(SupervisionOrder.id.desc()).limit(1)
    return session.scalar(of_ticket)


def is_open() -> ColumnElement[bool]:
    """The condition that an order still presses somebody: its units to answer, or the centre to judge."""
    return SupervisionOrder.state.not_in(ENDED_ORDERS)


def list_open_orders(session: Session, ticket_id: int) -> Sequence[SupervisionOrder]:
    """List the orders of a ticket that are neither closed nor withdrawn."""
    still_open = orders_of(ticket_id)[0].where(is_open())
    return session.scalars(still_open.order_by(SupervisionOrder.id)).all()


def list_answers(session: Session, order_id: int) -> Sequence[OrderUnit]:
    """List the units an order names, with their answers."""
    rows = select(OrderUnit).where(OrderUnit.order_id == order_id).order_by(OrderUnit.id)
    return session.scalars(rows).all()


def get_ticket_of_order(session: Session, order_id: int, viewer: Actor) -> Ticket:
    """Get the ticket of an order. Raises Refused when it is absent or the viewer may not see it."""
    ticket_id = session.scalar(select(SupervisionOrder.ticket_id).where(SupervisionOrder.id == order_id))
    ticket = session.scalar(visible_tickets(viewer).where(Ticket.id == ticket_id))
    if ticket is None:
        raise Refused(Code.NOT_FOUND)
    return ticket
