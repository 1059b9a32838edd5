"""The tokens of the API: all there are with their last use, how one is given out, shown once, and stopped."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request, session, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.admin.directory_frame import signed_by_reader
from hotline.admin.unit_forms import id_from
from hotline.models.people import Scope
from hotline.queries.token_pages import list_systems, list_token_lines
from hotline.queries.typed import number_in
from hotline.services.api_tokens import Grant
from hotline.services.token_grants import LONGEST_DAYS, grant_token, withdraw_token
from hotline.web.complaints import complaints_of
from hotline.web.errors import problem_of_refusal
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Refused

LABELS: Mapping[str, str] = {
    "user": "系统账号",
    "name": "名称",
    "scopes": "用途",
    "days": "有效天数",
    "reason": "原因",
}
# Too long a time is told of as such, up to here.
_MOST_DAYS = 999
_STANDINGS = {"works": "有效", "expired": "已过期", "revoked": "已吊销", "closed": "账号已停用"}
_SHOWN_ONCE = "api_token"
_USUAL_DAYS = 90

blueprint = Blueprint("tokens", __name__, url_prefix="/admin/tokens")


@blueprint.get("")
def index() -> Response:
    """Every token, and the form that gives one out; a new one is shown this once."""
    return _page({}, told=session.pop(_SHOWN_ONCE, ""))


@blueprint.post("")
def issue() -> Response:
    """Give a token out."""
    typed, made = {name: request.form.get(name, "").strip() for name in LABELS}, list[str]()

    def act(rows: Session) -> None:
        user_id = id_from("user", typed["user"])
        made.append(grant_token(rows, user_id or 0, _grant(typed), signed_by_reader()))

    try:
        answer = perform(act, request.form.get("request_key", ""), url_for(".index"))
    except Refused as refusal:
        return _page(typed, refusal)
    for token in made:  # none when this very press was answered before
        session[_SHOWN_ONCE] = token
    return answer


@blueprint.post("/<int:token_id>/revoke")
def revoke(token_id: int) -> Response:
    """Stop one for good."""
    signed = signed_by_reader("管理员吊销令牌")
    return perform(
        lambda rows: withdraw_token(rows, token_id, signed),
        request.form.get("request_key", ""),
        url_for(".index"),
        said="令牌已吊销，从现在起无效。",
    )


def _grant(typed: Mapping[str, str]) -> Grant:
    words, days = set(request.form.getlist("scopes")), typed["days"]
    wanted = number_in(days, _MOST_DAYS)
    expires_at = None if wanted is None else datetime.now(UTC) + timedelta(days=wanted)
    return Grant(typed["name"], frozenset(scope for scope in Scope if scope.value in words), expires_at)


def _page(typed: Mapping[str, str], refusal: Refused | None = None, told: str = "") -> Response:
    problem = None if refusal is None else problem_of_refusal(refusal)
    context: dict[str, Any] = complaints_of(problem, LABELS)
    return render(
        "people/tokens.html",
        status=problem.status if problem else 200,
        problem=problem,
        has_errors=problem is not None,
        told=told,
        typed={**dict.fromkeys(LABELS, ""), "days": str(_USUAL_DAYS), **typed},
        chosen=frozenset(request.form.getlist("scopes")),
        scopes=[(scope.value, scope.label_zh) for scope in Scope],
        systems=[
            (str(user.id), f"{user.display_name}（{user.username}）") for user in list_systems(db.session())
        ],
        lines=list_token_lines(db.session(), datetime.now(UTC)),
        standings=_STANDINGS,
        longest=LONGEST_DAYS,
        **context,
    )
