"""How does somebody come in and go out: the login page, the way out, and where `/` leads."""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from database import db
from hotline.models.audit import AuditResult
from hotline.models.people import User
from hotline.queries.directory import list_users, roles_by_user
from hotline.services import accounts
from hotline.web.admission import (
    FAILURES_PER_ADDRESS,
    answer_older_page,
    arrive,
    is_failure,
    next_step,
    sign_in_deed,
)
from hotline.web.audit import note
from hotline.web.auth import client_ip, end_session, signed_in
from hotline.web.devices import device_hash
from hotline.web.forms import HotlineForm
from hotline.web.language import current_language
from hotline.web.pages import landing_url, render
from hotline.web.second_factor import ask
from hotline.web.security import limiter, safe_next
from hotline.web.transaction import transaction
from workflows.vocabulary import Role

_SEE_OTHER = 303
_REFUSED = (
    "用户名或密码不正确。连续输错 5 次，账号会锁定 15 分钟。",
    "Wrong user name or password. After 5 failures in a row the account is locked for 15 minutes.",
)

_log = structlog.get_logger(__name__)
blueprint = Blueprint("sign_in", __name__)
blueprint.app_errorhandler(CSRFError)(answer_older_page)


class SignInForm(HotlineForm):
    """User name and password; `user` in the address fills the name in."""

    username = StringField(_("用户名"), validators=[InputRequired(), Length(max=64)])
    password = PasswordField(_("密码"), validators=[InputRequired(), Length(max=128)])
    next = HiddenField()
    kept = HiddenField()


@blueprint.get("/")
def home() -> BaseResponse:
    """Lead people to their work, and show citizens what they can do here."""
    user = signed_in()
    if user is not None:
        url = landing_url(user)
        return redirect(url, _SEE_OTHER) if url else render("sign_in/home.html")
    if "citizen.find" in current_app.view_functions:
        return render("citizen/home.html")
    return redirect(url_for("sign_in.login"), _SEE_OTHER)


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit(FAILURES_PER_ADDRESS, methods=["POST"], deduct_when=is_failure)
def login() -> BaseResponse:
    """Show the form, or take it. The answer is the same for a wrong password, no account and a locked one."""
    form = SignInForm()
    if request.method != "POST":
        if signed_in() is not None:
            return redirect(safe_next(request.args.get("next")), _SEE_OTHER)
        form.username.data = request.args.get("user", "")
        form.next.data = request.args.get("next", "")
        return _page(form)
    if not form.validate():
        return _page(form, 422)
    account = _prove(form.username.data, form.password.data)
    if account is None:
        form.password.errors = [_REFUSED[current_language() == "en"]]
        return _page(form, 422)
    target, kept = safe_next(form.next.data), form.kept.data or ""
    step = next_step(account, target)
    if step is None:
        return arrive(target, kept)
    # What was typed goes on with the form: it is too long for a cookie.
    return ask(kept) if kept else redirect(url_for(step), _SEE_OTHER)


@blueprint.get("/session")
def stay() -> tuple[str, int]:
    """Answer that the session goes on: to ask is to be at work."""
    return "", 204


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """End the session here and in the database."""
    end_session(datetime.now(UTC))
    return redirect(url_for("sign_in.login"), _SEE_OTHER)


def _prove(username: str, password: str) -> int | None:
    """Count the try, then look at the password outside any transaction; gives the account it is right for."""
    with transaction() as session:
        attempt = accounts.reserve_attempt(session, username, datetime.now(UTC), device_hash())
    if accounts.verify_password(attempt, password):
        return attempt.user_id
    _log.warning("sign_in_refused", ip=client_ip(), user_id=attempt.user_id)
    # What was typed may be a password in the wrong box: only an account that exists is kept.
    note(sign_in_deed(attempt.user_id, AuditResult.REFUSED, "password"))
    return None


def _page(form: SignInForm, status: int = 200) -> Response:
    return render(
        "sign_in/login.html",
        status=status,
        form=form,
        demo_users=_demo_users(),
        has_provider=bool(current_app.config["SETTINGS"].oidc_issuer),
        has_errors=bool(form.errors),
    )


def _demo_users() -> Sequence[tuple[User, tuple[Role, ...]]]:
    """List the accounts to choose from with what each of them is; nowhere but in the demo city."""
    if not current_app.config["IS_DEMO"]:
        return ()
    roles = roles_by_user(db.session())
    people = [user for user in list_users(db.session()) if user.is_active and user.password_hash]
    return [(user, roles.get(user.id, ())) for user in people]
