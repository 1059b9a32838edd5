"""Which orders press which units, what did they answer, and what may be done about it?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from database import db
from hotline.queries.directory import list_units
from hotline.queries.orders import (
    MOST,
    OrderFilters,
    OrderLine,
    UnitAnswer,
    count_orders,
    find_order,
    ids_answered,
    list_orders,
)
from hotline.queries.scope import find_visible
from hotline.queries.trees import unit_tree
from hotline.queries.typed import id_in
from hotline.services.site import current_site
from hotline.supervisor.ledger_tabs import tabs_of
from hotline.web.auth import current_actor
from hotline.web.menu_counts import waits_at
from hotline.web.once import lead_to
from hotline.web.pages import render
from hotline.web.sheet import title_of, without_numbers, write_local
from hotline.web.ticket_moves import list_moves, look_at
from hotline.web.workbook import Cell, Cover, Table, answer_with_book
from workflows.choices import OrderLevel
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine, OrderState

waits_at("supervisor.orders", lambda _session, _viewer, _now: ids_answered())
_ABSENT = 404
_HEADING = (
    *("工单号", "标题", "级别", "状态", "被督办单位", "下发时间", "下发人", "期限", "反馈时间"),
    *("督办意见", "反馈"),
)


def register_orders(blueprint: Blueprint) -> None:
    """Give the blueprint the pages of supervision orders."""
    blueprint.add_url_rule("/orders", "orders", orders)
    blueprint.add_url_rule("/orders/<int:order_id>", "order", order)
    blueprint.add_url_rule("/orders/new", "new_order", new_order)
    blueprint.add_url_rule("/orders.xlsx", "export_orders", export_orders)


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


def export_orders() -> Response:
    """The orders of the filter as a workbook: a row for each unit named, without confidential titles."""
    now, filters, session = datetime.now(UTC), _filters(), db.session()
    lines = list_orders(session, filters, now)
    rows = [_cells(line, each) for line in lines for each in line.units]
    cut_at = len(rows) if count_orders(session, filters, now) > len(lines) else None
    return answer_with_book(
        "orders", Cover("督办单", _words(filters), now, cut_at=cut_at), [Table("督办单", _HEADING, rows)]
    )


def _cells(line: OrderLine, each: UnitAnswer) -> Sequence[Cell]:
    zone = current_site().zone
    return (
        line.number,
        title_of(line),
        line.level_label,
        line.state_label,
        each.unit,
        write_local(line.issued_at, zone),
        line.issued_by,
        write_local(line.due_at, zone),
        write_local(each.answered_at, zone),
        without_numbers(line.opinion),
        without_numbers(each.answer),
    )


def _words(filters: OrderFilters) -> list[tuple[str, str]]:
    """Say the filter as people read it."""
    level = "" if filters.level is None else OrderLevel(str(filters.level)).label_zh
    unit = "" if filters.unit_id is None else unit_tree(db.session()).name(filters.unit_id)
    state = OrderState(filters.state).label_zh if filters.state else ""
    parts = (
        ("级别", level),
        ("状态", state),
        ("被督办单位", unit),
        ("只看超期", "是" if filters.is_overdue else ""),
    )
    return [(name, value) for name, value in parts if value]


def _list(now: datetime, missed: str | None = None) -> Response:
    filters, session = _filters(), db.session()
    rows: list[OrderLine] = list_orders(session, filters, now)
    complaint = () if missed is None else ("没有这个工单号，请核对后再试。",)
    return render(
        "supervisor/orders.html",
        status=200 if missed is None else _ABSENT,
        tabs=tabs_of("supervisor.orders"),
        filters=filters,
        is_narrowed=filters != OrderFilters(),
        rows=rows,
        total=count_orders(session, filters, now),
        most=MOST,
        options=_options(),
        missed=missed or "",
        book=url_for("supervisor.export_orders", **_narrowed()),
        complaint=complaint,
        has_errors=bool(complaint),
    )


def _filters() -> OrderFilters:
    level, state = request.args.get("level", ""), request.args.get("state", "")
    return OrderFilters(
        level=int(level) if level in {word.value for word in OrderLevel} else None,
        state=state if state in {word.value for word in OrderState} else "",
        is_overdue=request.args.get("overdue") == "1",
        unit_id=request.args.get("unit", type=id_in),
    )


def _narrowed() -> dict[str, Any]:
    """Give the filter's own words of the address; url_for takes others, such as `_scheme`, for orders."""
    return {
        name: request.args[name] for name in ("level", "state", "unit", "overdue") if name in request.args
    }


def _options() -> dict[str, Any]:
    return {
        "levels": [(word.value, word.label_zh) for word in OrderLevel],
        "states": [(word.value, word.label_zh) for word in OrderState],
        "units": [(str(unit.id), unit.name) for unit in list_units(db.session())],
    }
