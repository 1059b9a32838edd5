"""How does an agent write down what a caller asks about their own data, and how was seen who it is?"""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from hotline.models.data_requests import DataRequest, DataRequestKind, Identified
from hotline.services.data_requests import LONGEST_REASON, Taken, Wish, ask_correction, ask_erasure, fields_of
from hotline.web.complaints import frame_of
from hotline.web.forms import has_forbidden_character
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.ticket_moves import Look, look_at
from workflows.errors import FieldCode, FieldError, Refused, invalid

_SAID = "申请已提交，由督办员核实后答复。"
_NAMES = ("wanted", "value", "reason", "identified")
_LABELS = {"wanted": "申请事项", "value": "更正为", "reason": "原因", "identified": "怎样核实是本人"}
_SHOWN_AS = {"field": "wanted"}


def register_data_requests(blueprint: Blueprint) -> None:
    """Give tickets the page on which a caller's wish is written down."""
    blueprint.add_url_rule("/<number>/data-request", "ask_for_data", ask)
    blueprint.add_url_rule("/<number>/data-request", "take_data_request", take, methods=["POST"])


def ask(number: str) -> Response:
    """An empty form; what is on record is not shown on it."""
    return _page(look_at(number, datetime.now(UTC)), {})


def take(number: str) -> Response:
    """Keep the wish for whoever decides it."""
    look = look_at(number, datetime.now(UTC))
    typed = {name: request.form.get(name, "").replace("\r\n", "\n") for name in _NAMES}
    key, back = request.form.get("request_key", ""), url_for("tickets.show", number=number)
    try:
        _check_signs(typed)
        return perform(lambda session: _keep(session, look, typed), key, back, _SAID)
    except Refused as refused:
        return _page(look, typed, _at_our_fields(refused))


def _keep(session: Session, look: Look, typed: dict[str, str]) -> DataRequest:
    taken, number = Taken(look.viewer, typed["identified"]), look.ticket.number
    if typed["wanted"] == DataRequestKind.ERASURE:
        return ask_erasure(session, number, typed["reason"], look.now, taken)
    wish = Wish(typed["wanted"], typed["value"], typed["reason"])
    return ask_correction(session, number, wish, look.now, taken)


def _check_signs(typed: dict[str, str]) -> None:
    bad = [name for name in ("value", "reason") if has_forbidden_character(typed[name])]
    if bad:
        raise invalid(*(FieldError(name, FieldCode.BAD_CHARACTER) for name in bad))


def _at_our_fields(refused: Refused) -> Refused:
    if not refused.errors:
        return refused
    return invalid(*(FieldError(_SHOWN_AS.get(e.field, e.field), e.code, e.limit) for e in refused.errors))


def _page(look: Look, typed: dict[str, str], refused: Refused | None = None) -> Response:
    wanted = [(each.value, f"更正{each.label_zh}") for each in fields_of(look.session, look.ticket)]
    return render(
        "tickets/data_request.html",
        number=look.ticket.number,
        wanted=[*wanted, (DataRequestKind.ERASURE.value, "删除个人信息")],
        ways=[(each.value, each.label_zh) for each in Identified],
        typed={name: typed.get(name, "") for name in _NAMES},
        longest_reason=LONGEST_REASON,
        **frame_of(refused, _LABELS, "f-{}"),
    )
