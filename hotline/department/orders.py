"""Which supervision orders does a unit have to answer, and how does it answer one?"""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.models.ticket import Ticket
from hotline.queries.orders import OrderLine, find_order, ids_owing, list_of_unit
from hotline.queries.scope import find_visible
from hotline.queries.typed import id_in
from hotline.services.lifecycle import Command, advance
from hotline.web.auth import current_actor
from hotline.web.language import current_language
from hotline.web.menu_counts import waits_at
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.refusals import field_sentence, sentence
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine, OrderState

waits_at("department.orders", lambda _session, viewer, _now: ids_owing(viewer.unit_id or 0))
_VIEWS = (("", "待反馈"), ("done", "已反馈或撤回"))


def register_orders(blueprint: Blueprint) -> None:
    """Give the blueprint the pages of supervision orders."""
    blueprint.add_url_rule("/inbox/orders", "orders", orders)
    blueprint.add_url_rule("/inbox/orders/<int:order_id>", "answer_order", answer, methods=["POST"])


def orders() -> Response:
    """The orders that name the unit, with one of them open."""
    return _page(datetime.now(UTC), request.args.get("id", type=id_in))


def answer(order_id: int) -> Response:
    """Answer for the unit, even if the ticket itself was taken from it since."""
    now, actor = datetime.now(UTC), current_actor()
    line = find_order(db.session(), order_id, now)
    if line is None or line.of_unit(actor.unit_id) is None:
        raise Refused(Code.NOT_FOUND)
    data = {"answer": request.form.get("answer") or None}
    command = Command(line.number, "answer", data, None, Machine.ORDER, order_id)

    def act(session: Session) -> Ticket:
        return advance(session, command, actor, now)

    key, back = request.form.get("request_key", ""), url_for("department.orders")
    try:
        return perform(act, key, back, f"已反馈督办：{line.number}")
    except Refused as refused:
        return _page(now, order_id, refused)


def _page(now: datetime, wanted: int | None, refused: Refused | None = None) -> Response:
    session, viewer = db.session(), current_actor()
    view = "done" if request.args.get("view") == "done" else ""
    unit_id = viewer.unit_id or 0
    rows = list_of_unit(session, unit_id, now, is_owing=not view)
    line = next((row for row in rows if row.id == wanted), rows[0] if rows and wanted is None else None)
    language = current_language()
    errors = [] if refused is None else [field_sentence(each, language) for each in refused.errors]
    said = None if refused is None else sentence(refused.code)
    return render(
        "department/orders.html",
        status=200 if said is None else said.status,
        tabs=_tabs(view),
        view=view,
        rows=rows,
        line=line,
        ours=None if line is None else line.of_unit(unit_id),
        unit_id=unit_id,
        may_answer=line is not None and _may_answer(line, unit_id),
        may_open=line is not None and find_visible(session, line.number, viewer) is not None,
        is_detail_wanted=wanted is not None,
        errors=errors,
        problem=said.in_language(language) if said and not errors else "",
        typed=request.form.get("answer", ""),
        has_errors=refused is not None,
    )


def _may_answer(line: OrderLine, unit_id: int) -> bool:
    return line.state == OrderState.ISSUED and any(each.unit_id == unit_id for each in line.owing)


def _tabs(current: str) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "url": url_for("department.orders", view=value or None),
            "is_current": value == current,
        }
        for value, label in _VIEWS
    ]
