"""In which language and type size does this browser read: its choice, else the profile's, else Chinese."""

from datetime import timedelta

from flask import Blueprint, Flask, current_app, redirect, request
from flask_babel import Babel
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from config import Settings
from hotline.web.auth import is_api, signed_in
from hotline.web.security import safe_next

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
SIZES = ("normal", "large")
_COOKIE_LASTS = timedelta(days=365)

blueprint = Blueprint("language", __name__)


def current_language() -> str:
    """Give "zh" or "en"; programs say it by Accept-Language, people by their choice."""
    if request and is_api():
        return request.accept_languages.best_match(tuple(LANGUAGES)) or "zh"
    chosen = request.cookies.get("lang", "") if request else ""
    if chosen in LANGUAGES:
        return chosen
    user = signed_in() if request else None
    return user.language if user is not None and user.language in LANGUAGES else "zh"


def current_size() -> str:
    """Give "large" where the reader asked for 大字版, else "normal"."""
    return "large" if request.cookies.get("size") == "large" else "normal"


@blueprint.get("/language/<language>")
def choose(language: str) -> Response:
    return _keep("lang", language, tuple(LANGUAGES))


@blueprint.get("/size/<size>")
def resize(size: str) -> Response:
    return _keep("size", size, SIZES)


def register_language(app: Flask, settings: Settings) -> None:
    """Let Flask-Babel, and through it WTForms, speak the reader's language in the city's zone."""
    app.config.update(BABEL_DEFAULT_LOCALE=LANGUAGES["zh"], CITY_ZONE=settings.city_zone)
    Babel(
        app,
        locale_selector=lambda: LANGUAGES[current_language()],
        timezone_selector=lambda: settings.city_zone,
    )


def _keep(name: str, value: str, known: tuple[str, ...]) -> Response:
    if value not in known:
        raise NotFound
    response = redirect(safe_next(request.args.get("next")), 303)
    response.set_cookie(
        name,
        value,
        max_age=_COOKIE_LASTS,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response
