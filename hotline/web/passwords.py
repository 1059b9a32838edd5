"""How does somebody set the password of their account: by a link that works once, before they can sign in."""

from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from database import db
from hotline.models.people import User
from hotline.services import accounts
from hotline.services.password_links import find_user_of_link, set_by_link
from hotline.web.errors import problem_of_refusal
from hotline.web.pages import render
from hotline.web.security import limiter
from hotline.web.transaction import transaction
from workflows.errors import FieldCode, FieldError, Refused, invalid

_LONGEST = 128
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
        password_hash = new_hash(username, typed, request.form.get("again", ""))
        with transaction() as session:
            set_by_link(session, token, password_hash, now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _page(user, refusal)
    _log.info("password_set", user_id=user.id)
    flash("密码已设置，请登录。", "success")
    return redirect(url_for("sign_in.login", user=username), _SEE_OTHER)


def _find_owner(token: str) -> User | None:
    return find_user_of_link(db.session(), token, datetime.now(UTC))


def _dead() -> Response:
    """Used, too old or never given out: the same page for all, which tells nobody which links there were."""
    return render("sign_in/dead_link.html", status=404)


def new_hash(username: str, typed: str, again: str) -> str:
    """Hash a new password typed twice; raises Refused naming the field. Takes about 0.1 s."""
    if len(typed) > _LONGEST:
        raise invalid(FieldError("password", FieldCode.TOO_LONG, str(_LONGEST)))
    if typed != again:
        raise invalid(FieldError("again", FieldCode.NOT_THE_SAME))
    try:
        return accounts.hash_password(username, typed)
    except accounts.WeakPasswordError as error:
        raise invalid(
            FieldError("password", FieldCode.WEAK_PASSWORD, str(accounts.PASSWORD_LENGTH))
        ) from error


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
        length=accounts.PASSWORD_LENGTH,
    )
