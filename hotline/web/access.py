"""May whoever is asking call what they ask for, and for the row they name? Asked before every view."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response as BaseResponse

from database import db
from hotline.services.substitutions import act_for_oneself
from hotline.web.access_reach import REACH, Reach
from hotline.web.access_rules import Who
from hotline.web.access_scopes import is_in_scope
from hotline.web.access_table import ACCESS
from hotline.web.auth import (
    SignedIn,
    current_actor,
    current_citizen,
    is_api,
    opened_tickets,
    signed_in,
)
from hotline.web.kept_form import keep_form, keep_form_of_citizen, lay_aside, show_with
from hotline.web.named_ticket import forget_named, is_named_in_scope
from hotline.web.security import SAFE_METHODS
from hotline.web.transaction import aside
from workflows.errors import Code, Refused

# What somebody may do whose password was too old at sign-in.
_WITH_AN_OLD_PASSWORD = frozenset(
    {
        *("own_password.show", "own_password.change", "sign_in.logout", "sign_in.stay", "static"),
        *("language.choose", "language.resize", "health.healthz", "health.readyz"),
    }
)
_log = structlog.get_logger(__name__)


def may_call(endpoint: str) -> bool:
    """Whether whoever is asking may call an endpoint; False for one that does not exist."""
    rule = ACCESS.get(endpoint)
    if rule is None or endpoint not in current_app.view_functions:
        return False
    user = signed_in()
    if rule is Who.PUBLIC:
        return True
    if rule is Who.CITIZEN:
        return bool(opened_tickets(datetime.now(UTC)))
    return user is not None and (rule is Who.SIGNED_IN or bool(user.roles & rule))


def register_access(app: Flask) -> None:
    """Ask the table before every view."""

    @app.before_request
    def guard() -> BaseResponse | None:
        endpoint = request.endpoint
        if endpoint is None:  # no such page or method: Flask says so itself
            return None
        if endpoint not in ACCESS:
            _log.error("endpoint_without_access_row", endpoint=endpoint)
            abort(403)
        user = signed_in()
        _leave_what_is_over(user, endpoint)
        if user is not None and user.must_change_password and endpoint not in _WITH_AN_OLD_PASSWORD:
            return _ask_for_new_password()
        if may_call(endpoint):
            _require_scope(endpoint)
            return None
        if ACCESS[endpoint] is Who.CITIZEN:
            return _ask_for_code()
        if user is None:
            return _ask_to_sign_in()
        return abort(403)


def register_reach(app: Flask) -> None:
    """Ask whose row an address names, after a form's token is checked: foreign pages learn of no row."""

    @app.before_request
    def ask_for_row() -> BaseResponse | None:
        forget_named()
        endpoint = request.endpoint
        return None if endpoint is None else _ask_for_row(endpoint, request.view_args or {})


def _ask_for_row(endpoint: str, named: Mapping[str, Any]) -> BaseResponse | None:
    """Turn away whoever names a row out of their reach, and everybody where no line tells the reach."""
    reach = REACH.get(endpoint)
    if reach is None and named:
        _log.error("endpoint_without_reach", endpoint=endpoint)
        abort(403)
    if reach is Reach.SCOPE and not is_named_in_scope(db.session(), named["number"], current_actor()):
        raise Refused(Code.NOT_FOUND)
    if reach is Reach.OPENED and current_citizen(named["number"]) is None:
        # The code is asked for again; a ticket that is not there answers like one that is somebody else's.
        return _ask_for_code()
    return None


def _ask_for_code() -> BaseResponse:
    """Ask a citizen for number and code; what they have typed goes on with the page."""
    if "citizen.find" not in current_app.view_functions:
        return _go_to(url_for("sign_in.login"))
    number = (request.view_args or {}).get("number", "")
    kept = keep_form_of_citizen(number)
    if kept is None:
        return _go_to(url_for("citizen.find", number=number or None))
    return make_response(render_template("citizen/again.html", kept=kept, number=number), 401)


def _leave_what_is_over(user: SignedIn | None, endpoint: str) -> None:
    """What somebody meant to do for another is not done in their own name once that has ended.

    The next whole page shows in whose name they act; a part of the old page, or a picture, does not.
    """
    if user is None or not user.has_stood_in:
        return
    is_page = request.method == "GET" and "HX-Request" not in request.headers and endpoint != "static"
    is_refused = request.method not in SAFE_METHODS and not isinstance(ACCESS[endpoint], Who)
    if is_page or is_refused:
        with suppress(DBAPIError), aside() as session:
            act_for_oneself(session, user.token)
            session.commit()
    if is_refused:
        raise Refused(Code.SUBSTITUTION_OVER)


def _require_scope(endpoint: str) -> None:
    user = signed_in()
    if user is None or user.scopes is None or ACCESS[endpoint] is Who.PUBLIC:
        return
    if not is_in_scope(user.scopes, endpoint, request.method):
        raise Refused(Code.OUT_OF_SCOPE)


def _ask_for_new_password() -> BaseResponse:
    kept = keep_form() if request.method == "POST" and "HX-Request" not in request.headers else None
    if kept is None:
        return _go_to(url_for("own_password.show"))
    return show_with("own_password.show", kept.text)


def _ask_to_sign_in() -> BaseResponse:
    if is_api():
        abort(401)
    if request.headers.get("HX-Request") == "true":
        # Not led away: what is typed on the page would be lost.
        return make_response("", 401, {"HX-Trigger": "session-ended", "HX-Reswap": "none"})
    if request.method == "GET":
        return _go_to(url_for("sign_in.login", next=request.full_path.rstrip("?")))
    kept = keep_form()
    if kept is None:
        return _go_to(url_for("sign_in.login", unsent="y"))
    has_provider = bool(current_app.config["SETTINGS"].oidc_issuer)
    laid_aside = lay_aside(kept) if has_provider else ""
    return make_response(render_template("sign_in/again.html", kept=kept, laid_aside=laid_aside), 401)


def _go_to(url: str) -> BaseResponse:
    if request.headers.get("HX-Request") == "true":
        response: Response = make_response("", 401)
        response.headers["HX-Redirect"] = url
        return response
    return redirect(url, 303)
