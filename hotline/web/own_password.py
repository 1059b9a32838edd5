"""How does somebody change the password they sign in with? By the old one; other browsers are signed out."""

from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from hotline.models.audit import AuditResult
from hotline.services import accounts
from hotline.web.admission import FAILURES_PER_ADDRESS, arrive, is_failure, let_in, sign_in_deed
from hotline.web.audit import note
from hotline.web.auth import current_account
from hotline.web.devices import device_hash
from hotline.web.kept_form import carried_form
from hotline.web.language import current_language
from hotline.web.pages import render
from hotline.web.passwords import complaints_of, new_hash, rules_in_words
from hotline.web.security import limiter
from hotline.web.transaction import transaction
from workflows.errors import Refused

_INVALID = 422
_REFUSED = (
    "现在的密码不正确。连续输错 5 次，账号会锁定 15 分钟。",
    "The present password is wrong. After 5 failures in a row the account is locked for 15 minutes.",
)
_MISSING = ("请填写现在的密码。", "Enter the present password.")
_log = structlog.get_logger(__name__)
blueprint = Blueprint("own_password", __name__, url_prefix="/account/password")


@blueprint.get("")
def show() -> Response:
    """The form."""
    return _page({})


@blueprint.post("")
@limiter.limit(FAILURES_PER_ADDRESS, deduct_when=is_failure)
def change() -> BaseResponse:
    """Take the new password; a wrong old one counts against the account as at sign-in, none does not."""
    if not request.form.get("current"):
        return _page({"current": [_MISSING[current_language() == "en"]]})
    me, now = current_account(), datetime.now(UTC)
    with transaction() as session:
        attempt = accounts.reserve_attempt(session, me.username, now, device_hash())
    if not accounts.verify_password(attempt, request.form.get("current", "")):
        note(sign_in_deed(me.user_id, AuditResult.REFUSED, "old password"))
        return _page({"current": [_REFUSED[current_language() == "en"]]})
    try:
        password_hash = new_hash(me, request.form.get("password", ""), request.form.get("again", ""))
    except Refused as refusal:
        with transaction() as session:
            accounts.take_back_attempt(session, me.user_id, device_hash())
        return _page(complaints_of(refusal))
    with transaction() as session:
        accounts.set_password(session, me.user_id, password_hash, now)
    let_in(me.user_id)
    _log.info("password_changed", user_id=me.user_id)
    flash("密码已修改，其他地方的登录已退出。", "success")
    target = "sign_in.home" if me.must_change_password else "preferences.index"
    return arrive(url_for(target), carried_form())


def _page(complaints: dict[str, list[str]]) -> Response:
    return render(
        "sign_in/own_password.html",
        status=_INVALID if complaints else 200,
        complaints=complaints,
        has_errors=bool(complaints),
        rules=rules_in_words(),
        is_due=current_account().must_change_password,
        kept=carried_form(),
    )
