"""Which orders press which units, what did they answer, and what may be done about it?"""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from database import db
from hotline.queries.directory import list_units
from hotline.queries.orders import MOST, OrderFilters, OrderLine, count_orders, find_order, list_orders
from hotline.queries.scope import find_visible
from hotline.supervisor.ledger_tabs import tabs_of
from hotline.web.auth import current_actor
from hotline.web.once import lead_to
from hotline.web.pages import render
from hotline.web.ticket_moves import list_moves, look_at
from workflows.choices import OrderLevel
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine, OrderState

_ABSENT = 404


def register_orders(blueprint: Blueprint) -> None:
    """Give the blueprint the pages of supervision orders."""
    blueprint.add_url_rule("/orders", "orders", orders)
    blueprint.add_url_rule("/orders/<int:order_id>", "order", order)
    blueprint.add_url_rule("/orders/new", "new_order", new_order)


def orders() -> Response:
    """The orders, what falls due first at the top."""
    return _list(datetime.now(UTC))


def order(order_id: int) -> Response:
    """One order with every unit's answer."""
    now = datetime.now(UTC)
    line = find_order(db.session(), order_id, now)
    if line is None:
        raise Refused(Code.NOT_FOUND)
    here = url_for("supervisor.order", order_id=order_id)
    moves = [
        move
        for move in list_moves(look_at(line.number, now))
        if move.target.machine is Machine.ORDER and move.target.subject_id == order_id
    ]
    return render(
        "supervisor/order.html", tabs=tabs_of("supervisor.orders"), line=line, moves=moves, here=here
    )


def new_order() -> Response:
    """Lead to the form for the ticket whose number was given."""
    number, now = request.args.get("number", "").strip().upper(), datetime.now(UTC)
    if find_visible(db.session(), number, current_actor()) is None:
        return _list(now, number)
    return lead_to(url_for("tickets.issue_order", number=number, next=url_for("supervisor.orders")))


def _list(now: datetime, missed: str | None = None) -> Response:
    filters, session = _filters(), db.session()
    rows: list[OrderLine] = list_orders(session, filters, now)
    complaint = () if missed is None else ("没有这个工单号，请核对后再试。",)
    return render(
        "supervisor/orders.html",
        status=200 if missed is None else _ABSENT,
        tabs=tabs_of("supervisor.orders"),
        filters=filters,
        rows=rows,
        total=count_orders(session, filters, now),
        most=MOST,
        options=_options(),
        missed=missed or "",
        complaint=complaint,
        has_errors=bool(complaint),
    )


def _filters() -> OrderFilters:
    level, state = request.args.get("level", ""), request.args.get("state", "")
    return OrderFilters(
        level=int(level) if level in {word.value for word in OrderLevel} else None,
        state=state if state in {word.value for word in OrderState} else "",
        is_overdue=request.args.get("overdue") == "1",
        unit_id=request.args.get("unit", type=int),
    )


def _options() -> dict[str, Any]:
    return {
        "levels": [(word.value, word.label_zh) for word in OrderLevel],
        "states": [(word.value, word.label_zh) for word in OrderState],
        "units": [(str(unit.id), unit.name) for unit in list_units(db.session())],
    }
