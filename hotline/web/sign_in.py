"""How does somebody come in and go out: the login page, the way out, and where `/` leads."""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from database import db
from hotline.models.people import User
from hotline.queries.directory import list_users, roles_by_user
from hotline.services import accounts
from hotline.web.auth import client_ip, end_session, signed_in, start_session
from hotline.web.forms import HotlineForm
from hotline.web.kept_form import KeptForm, open_form
from hotline.web.language import current_language
from hotline.web.pages import landing_url, render
from hotline.web.security import limiter, safe_next
from hotline.web.transaction import transaction
from workflows.vocabulary import Role

# Only failures count. A whole call centre may share one address, and guessers may spread over many accounts.
_FAILURES_PER_ADDRESS = "30 per minute; 200 per hour"
_SEE_OTHER = 303
_REFUSED = (
    "用户名或密码不正确。连续输错 5 次，账号会锁定 15 分钟。",
    "Wrong user name or password. After 5 failures in a row the account is locked for 15 minutes.",
)

_log = structlog.get_logger(__name__)
blueprint = Blueprint("sign_in", __name__)


class SignInForm(HotlineForm):
    """User name and password; `user` in the address fills the name in."""

    username = StringField("用户名", validators=[InputRequired(), Length(max=64)])
    password = PasswordField("密码", validators=[InputRequired(), Length(max=128)])
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
@limiter.limit(
    _FAILURES_PER_ADDRESS, methods=["POST"], deduct_when=lambda response: response.status_code != _SEE_OTHER
)
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
    token = _try(form.username.data, form.password.data)
    if token is None:
        form.password.errors = [_REFUSED[current_language() == "en"]]
        return _page(form, 422)
    start_session(token)
    kept = _kept_of_user(form.kept.data)
    if kept is not None:
        return render("sign_in/resend.html", kept=kept)
    return redirect(safe_next(form.next.data), _SEE_OTHER)


@blueprint.get("/session")
def stay() -> tuple[str, int]:
    """Answer that the session goes on: to ask is to be at work."""
    return "", 204


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """End the session here and in the database."""
    end_session(datetime.now(UTC))
    return redirect(url_for("sign_in.login"), _SEE_OTHER)


def _kept_of_user(sealed: str | None) -> KeptForm | None:
    user = signed_in()
    return open_form(sealed, user.user_id) if sealed and user else None


def _try(username: str, password: str) -> str | None:
    """Count the try, look at the password outside any transaction, then let in."""
    now = datetime.now(UTC)
    with transaction() as session:
        attempt = accounts.reserve_attempt(session, username, now)
    if not accounts.verify_password(attempt, password) or attempt.user_id is None:
        _log.warning("sign_in_refused", ip=client_ip(), user_id=attempt.user_id)
        return None
    client = accounts.Client(client_ip(), request.user_agent.string)
    with transaction() as session:
        token = accounts.admit(session, attempt.user_id, client, now)
    _log.info("signed_in", user_id=attempt.user_id)
    return token


def _page(form: SignInForm, status: int = 200) -> Response:
    return render(
        "sign_in/login.html", status=status, form=form, demo_users=_demo_users(), has_errors=bool(form.errors)
    )


def _demo_users() -> Sequence[tuple[User, tuple[Role, ...]]]:
    """List the accounts to choose from with what each of them is; nowhere but in the demo city."""
    if not current_app.config["IS_DEMO"]:
        return ()
    roles = roles_by_user(db.session())
    people = [user for user in list_users(db.session()) if user.is_active and user.password_hash]
    return [(user, roles.get(user.id, ())) for user in people]
