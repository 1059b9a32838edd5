"""How does a citizen ask to have put right, or erased, what is kept of them? Nothing typed is lost."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import Field

from database import db
from hotline.citizen.forms import CorrectionForm, ErasureForm
from hotline.citizen.reading import Own, problems, read_own, status_of
from hotline.services.data_request_terms import ANSWERED_WITHIN
from hotline.services.data_requests import LONGEST_REASON, Wish, ask_correction, ask_erasure, fields_of
from hotline.web.auth import opened_citizen
from hotline.web.errors import problem_of_refusal
from hotline.web.filters import label
from hotline.web.forms import ActionForm
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.security import limiter
from workflows.definition import Actor
from workflows.errors import Refused

# Each is read by somebody, and rings at the number on file.
_WISHES_PER_TICKET = "5 per day"
_WISHES_PER_ADDRESS = "20 per day"
_SEE_OTHER = 303
_CORRECTION, _ERASURE = "citizen/correct_data.html", "citizen/erase_data.html"
_LOG = structlog.get_logger(__name__)


def _is_kept(response: Response) -> bool:
    return response.status_code == _SEE_OTHER


def _ticket_in_address() -> str:
    return f"data:{(request.view_args or {}).get('number', '')}"


def register_data_requests(blueprint: Blueprint) -> None:
    """Give the blueprint a page for each wish."""
    methods = ["GET", "POST"]
    blueprint.add_url_rule("/status/<number>/data/correct", "correct_data", correct_data, methods=methods)
    blueprint.add_url_rule("/status/<number>/data/erase", "erase_data", erase_data, methods=methods)


@limiter.limit(_WISHES_PER_ADDRESS, methods=["POST"], deduct_when=_is_kept)
@limiter.limit(_WISHES_PER_TICKET, key_func=_ticket_in_address, methods=["POST"], deduct_when=_is_kept)
def correct_data(number: str) -> Response:
    """Ask to have one thing put right: which, how it should read, and why."""
    citizen = opened_citizen(number)
    form = CorrectionForm()
    own = read_own(number, citizen)
    form.field.choices = [(each.value, label(each)) for each in fields_of(db.session(), own.row)]
    if not form.is_submitted():
        form.field.data = request.form.get("field", request.args.get("field", ""))[:16]
        return _page(_CORRECTION, own, form)
    if not form.validate():
        return _page(_CORRECTION, own, form)
    wish = Wish(form.field.data, form.value.data, form.reason.data)
    try:
        return _ask(lambda session, now: ask_correction(session, number, wish, now), form, citizen)
    except Refused as refused:
        return _page(_CORRECTION, read_own(number, citizen), form, refused)


@limiter.limit(_WISHES_PER_ADDRESS, methods=["POST"], deduct_when=_is_kept)
@limiter.limit(_WISHES_PER_TICKET, key_func=_ticket_in_address, methods=["POST"], deduct_when=_is_kept)
def erase_data(number: str) -> Response:
    """Ask to have erased who they are."""
    citizen = opened_citizen(number)
    form = ErasureForm()
    own = read_own(number, citizen)
    if not form.is_submitted() or not form.validate():
        return _page(_ERASURE, own, form)
    reason = form.reason.data
    try:
        return _ask(lambda session, now: ask_erasure(session, number, reason, now), form, citizen)
    except Refused as refused:
        return _page(_ERASURE, read_own(number, citizen), form, refused)


def _ask(act: Callable[[Session, datetime], Any], form: ActionForm, citizen: Actor) -> Response:
    now, number = datetime.now(UTC), citizen.citizen_number
    answer = perform(
        lambda session: act(session, now),
        form.request_key.data or "",
        url_for("citizen.own_data", number=number),
        _(
            "申请已收到。热线核对后，%(days)s 个工作日内答复，结果会告诉您，也写在这一页。",
            days=ANSWERED_WITHIN,
        ),
        citizen,
    )
    _LOG.info("data_request_made", number=number)
    return answer


def _page(template: str, own: Own, form: ActionForm, refused: Refused | None = None) -> Response:
    status = status_of(form, refused)
    rest = _put_to_fields(form, refused)
    return render(
        template,
        status=status,
        ticket=own.ticket,
        form=form,
        longest_reason=LONGEST_REASON,
        problems=problems(form, rest),
        has_errors=bool(form.errors or refused),
    )


def _put_to_fields(form: ActionForm, refused: Refused | None) -> Refused | None:
    """Say at its field what a field was refused for; gives back what no field is to blame for."""
    if refused is None or not refused.errors:
        return refused
    for error in problem_of_refusal(refused).errors:
        field: Field = form[error["field"]]
        field.errors = [error["message"]]
    return None
