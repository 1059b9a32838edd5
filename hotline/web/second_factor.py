"""The pages of the second factor: asked for at sign-in, set up, and looked after by its owner."""

from datetime import UTC, datetime
from io import BytesIO

import segno
from flask import Blueprint, Response, abort, current_app, redirect, url_for
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from database import db
from hotline.models.audit import AuditResult
from hotline.models.people import User
from hotline.services import accounts, second_factor
from hotline.web.admission import (
    FAILURES_PER_ADDRESS,
    arrive,
    find_kept,
    find_proved,
    is_failure,
    let_in,
    sign_in_deed,
)
from hotline.web.audit import note
from hotline.web.auth import SignedIn, current_account, signed_in
from hotline.web.devices import device_hash
from hotline.web.forms import HotlineForm
from hotline.web.language import current_language
from hotline.web.pages import render
from hotline.web.security import limiter
from hotline.web.transaction import transaction

_BOTH = ["GET", "POST"]
_SEE_OTHER, _INVALID = 303, 422
_REFUSED = (
    "验证码不正确或已用过，请等新的验证码出现后再输。连续输错 5 次，账号会锁定 15 分钟。",
    "Wrong or used code; wait for the next one. After 5 failures in a row the account locks for 15 minutes.",
)
blueprint = Blueprint("second_factor", __name__)


class CodeForm(HotlineForm):
    """Six digits of an authenticator, or a recovery code."""

    code = StringField(_("验证码"), [InputRequired(), Length(max=40)])
    kept = HiddenField()


def ask(kept: str) -> Response:
    """Ask for the code with a form that was kept when its session ended: it comes back behind the code."""
    form = CodeForm(formdata=None, kept=kept)
    proved = find_proved(_now())
    secret = None if proved is None else second_factor.find_unconfirmed(db.session(), proved.user_id)
    if secret is not None:
        return render("sign_in/enrol.html", form=form, secret=_groups(secret))
    return render("sign_in/code.html", form=form)


@blueprint.route("/login/code", methods=_BOTH)
@limiter.limit(FAILURES_PER_ADDRESS, methods=["POST"], deduct_when=is_failure)
def code() -> BaseResponse:
    """Ask for the code after a right password."""
    proved = find_proved(_now())
    if proved is None:
        return redirect(url_for("sign_in.login"), _SEE_OTHER)
    form = CodeForm()
    if not form.is_submitted():
        return render("sign_in/code.html", form=form)
    if not form.validate() or not _accepts(proved.user_id, form.code.data):
        return _refuse("sign_in/code.html", form)
    let_in(proved.user_id, is_sso=proved.is_sso)
    return arrive(proved.target, form.kept.data or "")


@blueprint.route("/login/enrol", methods=_BOTH)
@limiter.limit(FAILURES_PER_ADDRESS, methods=["POST"], deduct_when=is_failure)
def enrol() -> BaseResponse:
    """Have an authenticator set up before the first page, where the installation asks for one."""
    proved = find_proved(_now())
    secret = None if proved is None else second_factor.find_unconfirmed(db.session(), proved.user_id)
    if proved is None or secret is None:
        return redirect(url_for("sign_in.login"), _SEE_OTHER)
    form = CodeForm()
    if not form.is_submitted():
        return render("sign_in/enrol.html", form=form, secret=_groups(secret))
    codes = _confirm(proved.user_id, form.code.data) if form.validate() else None
    if codes is None:
        return _refuse("sign_in/enrol.html", form, _groups(secret))
    let_in(proved.user_id, is_sso=proved.is_sso)
    kept = find_kept(form.kept.data or "")
    return render("sign_in/recovery.html", codes=codes, next_url=proved.target, kept=kept)


@blueprint.route("/account/second-factor", methods=_BOTH)
@limiter.limit(FAILURES_PER_ADDRESS, methods=["POST"], deduct_when=is_failure)
def show() -> BaseResponse:
    """Where one's own second factor stands; a first code confirms it."""
    me = current_account()
    form = CodeForm()
    if not form.is_submitted():
        return _page(me, form)
    codes = _confirm(me.user_id, form.code.data) if form.validate() else None
    if codes is None:
        return _page(me, form, status=_INVALID)
    return render("sign_in/recovery.html", codes=codes, next_url=url_for(".show"), kept=None)


@blueprint.post("/account/second-factor/start")
def start() -> BaseResponse:
    """Begin to set one up."""
    with transaction() as session:
        second_factor.begin(session, current_account().user_id, _now())
    return redirect(url_for(".show"), _SEE_OTHER)


@blueprint.post("/account/second-factor/renew")
@limiter.limit(FAILURES_PER_ADDRESS, methods=["POST"], deduct_when=is_failure)
def renew() -> BaseResponse:
    """Give new recovery codes for a right code; the old ones count no more."""
    me, form = current_account(), CodeForm()
    if not form.validate() or not _accepts(me.user_id, form.code.data):
        return _page(me, form, status=_INVALID)
    with transaction() as session:
        accounts.forgive(session, me.user_id, device_hash())
        codes = second_factor.renew_recovery_codes(session, me.user_id)
    return render("sign_in/recovery.html", codes=codes, next_url=url_for(".show"), kept=None)


@blueprint.post("/account/second-factor/remove")
@limiter.limit(FAILURES_PER_ADDRESS, methods=["POST"], deduct_when=is_failure)
def remove() -> BaseResponse:
    """Take it off for a right code; where one is required the next sign-in asks for a new one."""
    me, form = current_account(), CodeForm()
    if not form.validate() or not _accepts(me.user_id, form.code.data):
        return _page(me, form, status=_INVALID)
    with transaction() as session:
        accounts.forgive(session, me.user_id, device_hash())
        second_factor.remove(session, me.user_id)
    return redirect(url_for(".show"), _SEE_OTHER)


@blueprint.get("/account/second-factor/picture")
def picture() -> Response:
    """What a telephone reads the secret from, while it waits for its first code."""
    user, proved = signed_in(), find_proved(_now())
    user_id = user.user_id if user is not None else proved and proved.user_id
    secret = user_id and second_factor.find_unconfirmed(db.session(), user_id)
    if not user_id or not secret:
        abort(404)
    username = db.session().get_one(User, user_id).username
    drawn = BytesIO()
    segno.make(second_factor.address_of(secret, username), micro=False).save(
        drawn, kind="svg", scale=5, border=4, light="#fff"
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _accepts(user_id: int, typed: str) -> bool:
    """Count the try in a transaction of its own, so that guesses side by side are all counted."""
    with transaction() as session:
        is_open = accounts.reserve_code(session, user_id, _now(), device_hash())
    with transaction() as session:
        is_right = is_open and second_factor.accept(session, user_id, typed, _now())
    if not is_right:
        note(sign_in_deed(user_id, AuditResult.REFUSED, "code"))
    return is_right


def _confirm(user_id: int, typed: str) -> tuple[str, ...] | None:
    with transaction() as session:
        is_open = accounts.reserve_code(session, user_id, _now(), device_hash())
    with transaction() as session:
        codes = second_factor.confirm(session, user_id, typed, _now()) if is_open else None
        if codes is not None:
            accounts.forgive(session, user_id, device_hash())
    return codes


def _refuse(template: str, form: CodeForm, secret: str = "") -> Response:
    form.code.errors = [_REFUSED[current_language() == "en"]]
    return render(template, status=_INVALID, form=form, has_errors=True, secret=secret)


def _page(me: SignedIn, form: CodeForm, status: int = 200) -> Response:
    rows = db.session()
    secret = second_factor.find_unconfirmed(rows, me.user_id)
    if status == _INVALID:
        form.code.errors = [_REFUSED[current_language() == "en"]]
    return render(
        "sign_in/second_factor.html",
        status=status,
        form=form,
        has_errors=status == _INVALID,
        is_confirmed=second_factor.is_confirmed(rows, me.user_id),
        secret=_groups(secret or ""),
        codes_left=second_factor.count_recovery_codes(rows, me.user_id),
        is_required=current_app.config["NEEDS_SECOND_FACTOR"],
    )


def _groups(secret: str) -> str:
    """The secret in groups of four, for whoever types it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _now() -> datetime:
    return datetime.now(UTC)
