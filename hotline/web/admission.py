"""What comes between a right password and the first page: a second factor, where there is or must be one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from flask import Response, current_app, flash, redirect, request, session, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as BaseResponse

from database import db
from hotline.models.audit import AuditKind, AuditResult
from hotline.queries.substitutions import list_lent
from hotline.services import accounts, second_factor
from hotline.services.audit import Deed
from hotline.web.audit import note
from hotline.web.auth import SignedIn, client_ip, empty_session, signed_in, start_session
from hotline.web.devices import device_hash, mark_device
from hotline.web.errors import answer_http
from hotline.web.kept_form import KeptForm, keep_form, open_form, owner_of_account, show_with, was_theirs
from hotline.web.moments import city_short
from hotline.web.pages import render
from hotline.web.security import came_from
from hotline.web.transaction import transaction

# Only failures count. A whole call centre may share one address, and guessers may spread over many accounts.
FAILURES_PER_ADDRESS = "30 per minute; 200 per hour"
_PROVED = "proved_password"
_PROOF_LASTS = timedelta(minutes=5)
_SEE_OTHER, _BAD, _INVALID = 303, 400, 422
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Proved:
    """An account whose password was right a moment ago, and where its owner wanted to go."""

    user_id: int
    target: str
    is_sso: bool = False


def next_step(user_id: int, target: str, *, is_sso: bool = False) -> str | None:
    """Let somebody in after the first factor: None, or the endpoint that asks for a second one first."""
    is_confirmed = second_factor.is_confirmed(db.session(), user_id)
    if not is_confirmed and not current_app.config["NEEDS_SECOND_FACTOR"]:
        let_in(user_id, is_sso=is_sso)
        return None
    with transaction() as rows:
        if not is_sso:  # no try was counted there
            accounts.take_back_attempt(rows, user_id, device_hash())
        if not is_confirmed:
            second_factor.begin(rows, user_id, datetime.now(UTC))
    empty_session()
    proof = {"user": user_id, "target": target, "at": datetime.now(UTC).isoformat(), "is_sso": is_sso}
    session[_PROVED] = proof
    return "second_factor.code" if is_confirmed else "second_factor.enrol"


def arrive(target: str, kept: str) -> BaseResponse:
    """Lead somebody who is in to where they wanted to go; what they typed before is handed back first."""
    form, user = find_kept(kept), signed_in()
    if form is not None and user is not None and user.must_change_password:
        return show_with("own_password.show", kept)
    if form is not None:
        return render("sign_in/resend.html", kept=form)
    if user is not None and not user.must_change_password:
        _tell_of_absent(user)
    return redirect(target, _SEE_OTHER)


def _tell_of_absent(user: SignedIn) -> None:
    """Say for whom they may act now: the message of it may be days old, and no page of theirs shows it."""
    for lent in list_lent(db.session(), user.user_id, datetime.now(UTC)):
        text = f"{lent.principal}请您代为办理，至 {city_short(lent.ends_at)}。"
        told = {"text": text, "url": url_for("substitutions.index"), "link": "去代理"}
        flash(told, "info")  # type: ignore[arg-type]  # anything that the session's JSON holds


def find_kept(sealed: str) -> KeptForm | None:
    """Find the form that was kept when the session of whoever is signed in ended."""
    user = signed_in()
    return open_form(sealed, owner_of_account(user.user_id)) if sealed and user else None


def answer_older_page(error: CSRFError) -> Response:
    """Show a form of our own again that was opened before its owner signed in anew, in another window.

    Nothing is done until they press once more; a form from elsewhere is refused like every forged one.
    """
    is_ours = request.method == "POST" and "HX-Request" not in request.headers and came_from() is not None
    kept = keep_form() if is_ours and was_theirs() else None
    form = find_kept(kept.text) if kept else None
    if form is None:
        return answer_http(error)
    return render("sign_in/resend.html", status=_BAD, kept=form)


def is_failure(response: Response) -> bool:
    """Whether an answer counts against the address it goes to."""
    return response.status_code == _INVALID


def let_in(user_id: int, *, is_sso: bool = False) -> None:
    """Open a session for the browser; whatever was planted in it before is gone."""
    client = accounts.Client(client_ip(), request.user_agent.string, mark_device(), is_sso)
    with transaction() as rows:
        token = accounts.admit(rows, user_id, client, datetime.now(UTC))
    _log.info("signed_in", user_id=user_id)
    start_session(token)
    note(sign_in_deed(user_id, AuditResult.DONE, "sso" if is_sso else "in"))


def find_proved(now: datetime) -> Proved | None:
    """Find whose password this browser has shown within five minutes."""
    kept = session.get(_PROVED)
    if not kept or now - datetime.fromisoformat(kept["at"]) > _PROOF_LASTS:
        return None
    return Proved(int(kept["user"]), str(kept["target"]), bool(kept.get("is_sso")))


def sign_in_deed(user_id: int | None, result: AuditResult, step: str) -> Deed:
    """Build the audit record of a step of signing in."""
    account = {} if user_id is None else {"account": user_id}
    return Deed(AuditKind.SIGN_IN, result, facts={"step": step, **account})
