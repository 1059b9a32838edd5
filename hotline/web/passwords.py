"""How does somebody set the password of their account: by a link that works once, before they can sign in."""

from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from database import db
from hotline.models.audit import AuditKind
from hotline.models.people import User
from hotline.services import accounts
from hotline.services.audit import Deed
from hotline.services.password_links import find_user_of_link, set_by_link
from hotline.services.password_rules import LONGEST, SHORTEST, current_profile
from hotline.services.used_passwords import list_used_hashes
from hotline.web.audit import note
from hotline.web.auth import SignedIn
from hotline.web.errors import problem_of_refusal
from hotline.web.pages import render
from hotline.web.security import limiter
from hotline.web.transaction import transaction
from workflows.errors import FieldCode, FieldError, Refused, invalid

_SEE_OTHER, _INVALID = 303, 422

_log = structlog.get_logger(__name__)
blueprint = Blueprint("passwords", __name__, url_prefix="/set-password")


@blueprint.get("/<token>")
@limiter.limit("60 per minute")
def choose(token: str) -> Response:
    """The form; a link that no longer works says so and no more."""
    user = _find_owner(token)
    return _dead() if user is None else _page(user)


@blueprint.post("/<token>")
@limiter.limit("20 per minute")
def keep(token: str) -> BaseResponse:
    """Take the new password; it is hashed before any row is held."""
    user, now = _find_owner(token), datetime.now(UTC)
    if user is None:
        return _dead()
    username, typed = user.username, request.form.get("password", "")
    try:
        password_hash = new_hash(user, typed, request.form.get("again", ""))
        with transaction() as session:
            set_by_link(session, token, password_hash, now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _page(user, refusal)
    note(Deed(AuditKind.ACT, facts={"account": user.id}))
    _log.info("password_set", user_id=user.id)
    flash("密码已设置，请登录。", "success")
    return redirect(url_for("sign_in.login", user=username), _SEE_OTHER)


def _find_owner(token: str) -> User | None:
    return find_user_of_link(db.session(), token, datetime.now(UTC))


def _dead() -> Response:
    """Used, too old or never given out: the same page for all, which tells nobody which links there were."""
    return render("sign_in/dead_link.html", status=404)


def new_hash(user: User | SignedIn, typed: str, again: str) -> str:
    """Hash a new password typed twice; raises Refused naming the field. Takes up to 0.6 s, holds no row."""
    user_id = user.user_id if isinstance(user, SignedIn) else user.id
    used = list_used_hashes(db.session(), user_id)
    if typed != again:
        raise invalid(FieldError("again", FieldCode.NOT_THE_SAME))
    password_hash = accounts.hash_password(user.username, typed)
    if any(accounts.matches(each, typed) for each in used):
        remembered = str(current_profile().remembered)
        raise invalid(FieldError("password", FieldCode.PASSWORD_USED_BEFORE, remembered))
    return password_hash


def rules_in_words() -> str:
    """Say before anybody types what a new password must be like."""
    profile = current_profile()
    kinds = f"，小写字母、大写字母、数字、其他符号中至少 {profile.kinds} 类" if profile.kinds else ""
    return f"{SHORTEST} 到 {LONGEST} 个字符{kinds}，不能含有用户名，不能是常见密码或最近用过的"


def complaints_of(refusal: Refused | None) -> dict[str, list[str]]:
    """What is wrong with each field of a refused form."""
    found: dict[str, list[str]] = {}
    for error in problem_of_refusal(refusal).errors if refusal else ():
        found.setdefault(error["field"], []).append(error["message"])
    return found


def _page(user: User, refusal: Refused | None = None) -> Response:
    complaints = complaints_of(refusal)
    return render(
        "sign_in/set_password.html",
        status=_INVALID if complaints else 200,
        user=user,
        complaints=complaints,
        has_errors=bool(complaints),
        rules=rules_in_words(),
    )
