"""How long is kept what tells who somebody is: the periods, what they would erase now, and the holds."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, request, url_for

from database import db
from hotline.models.retention import RetentionKind
from hotline.queries.retention_pages import list_batches, list_holds, list_rules
from hotline.services.legal_holds import lift_hold, place_hold
from hotline.services.retention import Outlook, foresee, foresee_shortening
from hotline.services.retention_rules import (
    FEWEST,
    LONGEST_REASON,
    MOST,
    choose_days,
    load_rules,
    read_choice,
)
from hotline.web.audit import tell_ticket
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import problem_of_refusal
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Refused

blueprint = Blueprint("retention", __name__, url_prefix="/admin/retention")

_LABELS: Mapping[str, str] = {
    "days": "保存天数",
    "number": "工单号",
    "until_on": "保留到",
}
_REASONS: Mapping[str, str] = {"hold": "原因", "lift": "解除原因"}
# Where a field of a form stands whose name several forms have; `f-NAME-FORM` where nothing is said.
_FIELDS: Mapping[tuple[str, str], str] = {
    ("hold", "number"): "f-number",
    ("hold", "reason"): "f-hold-reason",
    ("hold", "until_on"): "f-until",
}


@blueprint.get("")
def index() -> Response:
    """The periods, the holds and what was erased."""
    return _page("", None)


@blueprint.get("/plan")
def plan() -> Response:
    """What the next run would erase; nothing is changed."""
    return _page("plan", None)


@blueprint.post("/rules/<kind>")
def choose(kind: str) -> Response:
    """Keep a kind for another number of days; fewer of them are confirmed first, for nothing brings back."""
    if kind not in list(RetentionKind):
        abort(404)
    chosen, actor, now = RetentionKind(kind), current_actor(), datetime.now(UTC)
    typed = (request.form.get("days", ""), request.form.get("reason", ""))
    try:
        days, _ = read_choice(chosen, typed)
        shorter = foresee_shortening(db.session(), chosen, days, now)
        if shorter is not None and request.form.get("confirmed") != str(days):
            return _page(kind, None, shorter)
        return perform(
            lambda session: choose_days(session, chosen, typed, actor, now),
            request.form.get("request_key", ""),
            url_for("retention.index"),
            f"已保存：{chosen.label_zh}保存 {days} 天。",
        )
    except Refused as refused:
        return _page(kind, refused)


@blueprint.post("/holds")
def hold() -> Response:
    """Keep a ticket from being erased."""
    number, actor, now = request.form.get("number", "").strip(), current_actor(), datetime.now(UTC)
    typed = (request.form.get("reason", ""), request.form.get("until_on", ""))
    tell_ticket(number)
    try:
        return perform(
            lambda session: place_hold(session, number, typed, actor, now),
            request.form.get("request_key", ""),
            url_for("retention.index"),
            f"已保留工单 {number}，到期也不清除。",
        )
    except Refused as refused:
        return _page("hold", refused)


@blueprint.post("/holds/<int:hold_id>/lift")
def lift(hold_id: int) -> Response:
    """End a hold."""
    reason, actor, now = request.form.get("reason", ""), current_actor(), datetime.now(UTC)
    try:
        return perform(
            lambda session: lift_hold(session, hold_id, reason, actor, now),
            request.form.get("request_key", ""),
            url_for("retention.index"),
            "已解除保留。",
        )
    except Refused as refused:
        if not refused.errors:
            raise
        return _page(f"lift-{hold_id}", refused)


def _page(form: str, refused: Refused | None, shorter: Outlook | None = None) -> Response:
    """Show everything; `form` names the one whose entries are to be mended, or confirmed for `shorter`."""
    session, now = db.session(), datetime.now(UTC)
    problem = None if refused is None else problem_of_refusal(refused)
    wrong = complaints_of(problem, {**_LABELS, "reason": _REASONS.get(form.partition("-")[0], "修改原因")})
    wrong["summary"] = [
        (_FIELDS.get((form, name), f"f-{name}-{form}"), text) for name, text in wrong["summary"]
    ]
    return render(
        "retention/index.html",
        status=problem.status if problem else 200,
        has_errors=problem is not None,
        form=form,
        typed=request.form,
        shorter=shorter,
        rules=load_rules(session).values(),
        fewest=FEWEST,
        most=MOST,
        longest_reason=LONGEST_REASON,
        history=list_rules(session),
        holds=list_holds(session),
        batches=list_batches(session),
        outlook=foresee(session, now) if form == "plan" else None,
        **wrong,
    )
