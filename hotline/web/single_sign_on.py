"""How does somebody come in by the city's own sign-in: OpenID Connect, code flow with PKCE, no account made?

Off unless OIDC_ISSUER is set. An account is found by issuer and subject alone, which an administrator linked;
a mail address or a name of the provider's proves nothing. Whatever goes wrong, the answer is the same.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Blueprint, Flask, abort, current_app, redirect, request, session, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response as BaseResponse

from config import Settings
from database import db
from hotline.models.audit import AuditResult
from hotline.services.linked_identities import find_user_of_identity
from hotline.web.admission import FAILURES_PER_ADDRESS, arrive, is_failure, let_in, next_step, sign_in_deed
from hotline.web.audit import note
from hotline.web.auth import client_ip
from hotline.web.kept_form import take_up
from hotline.web.pages import public_url, render
from hotline.web.second_factor import ask
from hotline.web.security import limiter, safe_next

# Signed with a key only the provider has: no `none`, and none whose secret we would hold ourselves.
ALGORITHMS = ("RS256", "PS256", "ES256")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_SECONDS = 5
_TARGET, _KEPT = "single_sign_on_target", "single_sign_on_kept"
_LONGEST_TOKEN = 64
_SEE_OTHER, _INVALID = 303, 422
_FAULTS = (AuthlibBaseError, JoseError, requests.RequestException, RuntimeError, ValueError, KeyError)
_log = structlog.get_logger(__name__)
blueprint = Blueprint("single_sign_on", __name__, url_prefix="/login/sso")


class _Strict(OAuth2Session):  # type: ignore[misc]  # the library has no types
    """Calls the provider itself and nobody it points to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "default_timeout": _SECONDS})
        self.max_redirects = 0
        self.trust_env = False


class _Provider(FlaskOAuth2App):  # type: ignore[misc]  # same
    client_cls = _Strict

    def load_server_metadata(self) -> dict[str, Any]:
        """Read where the provider's endpoints are; raises ValueError for one that is not its own."""
        found: dict[str, Any] = super().load_server_metadata()
        settings: Settings = current_app.config["SETTINGS"]
        fault = _find_fault(found, settings)
        if fault:
            found.pop("_loaded_at", None)  # asked again next time: it may be mended by then
            raise ValueError(fault)
        found["id_token_signing_alg_values_supported"] = list(ALGORITHMS)
        return found


def _find_fault(told: Mapping[str, Any], settings: Settings) -> str:
    if told.get("issuer") != settings.oidc_issuer:
        return "the provider calls itself by another name"
    scheme = urlsplit(settings.oidc_issuer).scheme
    for name in _ENDPOINTS:
        parts = urlsplit(str(told.get(name, "")))
        if parts.scheme != scheme or parts.hostname not in settings.outbound_hosts:
            return f"{name} is not at an allowed address"
    return ""


def register_single_sign_on(app: Flask, settings: Settings) -> None:
    """Get to know the provider of the settings, if there is one."""
    if not settings.oidc_issuer:
        return
    OAuth(app).register(
        "city",
        client_cls=_Provider,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
    )


@blueprint.get("")
@limiter.limit(FAILURES_PER_ADDRESS, deduct_when=is_failure)
def leave() -> BaseResponse:
    """Lead to the provider; state, nonce and verifier stay in this browser's session."""
    provider = _provider()
    # One at a time: the cookie has no room for many.
    for begun in [name for name in session if name.startswith("_state_")]:
        session.pop(begun)
    try:
        answer: BaseResponse = provider.authorize_redirect(public_url("single_sign_on.back"))
    except _FAULTS as error:
        return _refuse(error)
    session[_TARGET] = safe_next(request.args.get("next"))
    # A refusal is followed by another try, which leads here without it.
    session[_KEPT] = request.args.get("kept", "")[:_LONGEST_TOKEN] or session.get(_KEPT, "")
    return answer


@blueprint.get("/back")
@limiter.limit(FAILURES_PER_ADDRESS, deduct_when=is_failure)
def back() -> BaseResponse:
    """Take what the provider says, once and in the browser that asked for it."""
    provider = _provider()
    try:
        told: Mapping[str, Any] = provider.authorize_access_token(claims_options=_claims())["userinfo"]
    except _FAULTS as error:
        return _refuse(error)
    settings: Settings = current_app.config["SETTINGS"]
    user = find_user_of_identity(db.session(), settings.oidc_issuer, str(told["sub"]))
    if user is None:
        return _refuse(None)
    target, kept = safe_next(session.pop(_TARGET, "/")), take_up(session.pop(_KEPT, ""))
    if _has_second_factor(told, settings):
        let_in(user.id, is_sso=True)
        return arrive(target, kept)
    step = next_step(user.id, target, is_sso=True)
    if step is None:
        return arrive(target, kept)
    return ask(kept) if kept else redirect(url_for(step), _SEE_OTHER)


def _provider() -> Any:
    """The client of the provider; 404 where none is configured."""
    extension = current_app.extensions.get("authlib.integrations.flask_client")
    return abort(404) if extension is None else extension.city


def _claims() -> dict[str, dict[str, Any]]:
    settings: Settings = current_app.config["SETTINGS"]
    return {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "nonce": {"essential": True},
    }


def _has_second_factor(told: Mapping[str, Any], settings: Settings) -> bool:
    """Whether the provider says it asked for two factors, in words the settings trust."""
    said = {str(told.get("acr", "")), *map(str, told.get("amr") or ())}
    return bool(said & set(settings.oidc_second_factor))


def _refuse(error: Exception | None) -> BaseResponse:
    session.pop(_TARGET, None)
    why = "unknown subject" if error is None else type(error).__name__
    _log.warning("single_sign_on_refused", ip=client_ip(), why=why, at=datetime.now(UTC).isoformat())
    note(sign_in_deed(None, AuditResult.REFUSED, "sso"))
    return render("sign_in/sso_refused.html", status=_INVALID)
