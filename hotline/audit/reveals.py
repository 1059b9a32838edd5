"""Who saw who called, what was unusual and how many a day: for the security and the audit administrators."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from database import db
from hotline.audit.overview import overview
from hotline.models.reveals import Purpose
from hotline.queries.disclosures import list_disclosures
from hotline.queries.reveals import Sought, list_limits, list_reveals
from hotline.queries.typed import id_in
from hotline.services.reveal_limits import FEWEST, MOST, NAMES, choose_limits, load_limits
from hotline.web.auth import current_actor
from hotline.web.complaints import frame_of
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Refused
from workflows.vocabulary import Role

_PAGE = 50
_CONDITIONS = ("who", "number", "unusual", "sealed")
LABELS = {
    "in_units": "承办单位每人 24 小时",
    "in_centre": "热线中心每人 24 小时",
    "at_once": "10 分钟内超过即列为异常",
    "reason": "修改原因",
}

blueprint = Blueprint("reveals", __name__, url_prefix="/reveals")
blueprint.add_url_rule("/overview", "overview", overview)


@blueprint.get("")
def index() -> Response:
    """Every look, the newest first."""
    return _page(None)


@blueprint.post("/limits")
def choose() -> Response:
    """Let other limits hold."""
    actor, now = current_actor(), datetime.now(UTC)
    typed = {name: request.form.get(name, "") for name in (*NAMES, "reason")}
    try:
        return perform(
            lambda session: choose_limits(session, typed, actor, now),
            request.form.get("request_key", ""),
            url_for(".index"),
            "已保存查看次数上限，从现在起执行。",
        )
    except Refused as refused:
        return _page(refused)


def _page(refused: Refused | None) -> Response:
    session, sought = db.session(), _sought()
    lines = list_reveals(session, sought, _PAGE + 1)
    # Only the conditions: url_for() takes other words of an address for its own.
    asked: dict[str, Any] = {name: request.args[name] for name in _CONDITIONS if request.args.get(name)}
    more: dict[str, Any] | None = {**asked, "before": lines[_PAGE - 1].id} if len(lines) > _PAGE else None
    return render(
        "audit/reveals.html",
        lines=lines[:_PAGE],
        views=_views(sought),
        disclosures=list_disclosures(session, sought.number, _PAGE, datetime.now(UTC)),
        sought=sought,
        has_conditions=bool(asked),
        older_url=url_for(".index", **more) if more else None,
        first_url=url_for(".index", **asked) if sought.before is not None else None,
        may_choose=Role.SECURITY_OFFICER in current_actor().roles,
        limits=load_limits(session),
        history=list_limits(session),
        labels=LABELS,
        bounds=(FEWEST, MOST),
        other=Purpose.OTHER,
        typed=request.form,
        **frame_of(refused, LABELS, "f-{}"),
    )


def _sought() -> Sought:
    asked = request.args
    return Sought(
        number=asked.get("number", "").strip()[:24],
        who=asked.get("who", "").strip()[:80],
        is_unusual=asked.get("unusual") == "1",
        is_sealed=asked.get("sealed") == "1",
        before=id_in(asked.get("before", "")),
    )


def _views(sought: Sought) -> list[dict[str, object]]:
    is_all = not sought.is_unusual and not sought.is_sealed
    return [
        {"label": "全部", "url": url_for(".index"), "is_current": is_all},
        {"label": "异常查看", "url": url_for(".index", unusual=1), "is_current": sought.is_unusual},
        {"label": "保密身份", "url": url_for(".index", sealed=1), "is_current": sought.is_sealed},
    ]
