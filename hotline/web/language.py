"""In which language and type size does this browser read: its choice, else the profile's, else Chinese.

The switches of a page with a form in hand send that form, so that its words come back in the new size or
language; such a press is no submission (`HotlineForm.is_submitted`) and does nothing else.
"""

from datetime import timedelta

from flask import Blueprint, Flask, current_app, redirect, request
from flask import Response as Answer
from flask_babel import Babel
from werkzeug.exceptions import NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response

from config import Settings
from hotline.web.auth import is_api, signed_in
from hotline.web.security import safe_next

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
SIZES = ("normal", "large")
# The name of the switches' buttons, and what each of them says: cookie and value.
SWITCH = "read_as"
_PRESSED = {
    **{f"lang:{each}": ("lang", each) for each in LANGUAGES},
    **{f"size:{each}": ("size", each) for each in SIZES},
}
_WORDS_ALONE = "application/x-www-form-urlencoded"
_COOKIE_LASTS = timedelta(days=365)

blueprint = Blueprint("language", __name__)


def current_language() -> str:
    """Give "zh" or "en"; programs say it by Accept-Language, people by their choice."""
    if request and is_api():
        return request.accept_languages.best_match(tuple(LANGUAGES)) or "zh"
    chosen = _chosen("lang") if request else ""
    if chosen in LANGUAGES:
        return chosen
    user = signed_in() if request else None
    return user.language if user is not None and user.language in LANGUAGES else "zh"


def current_size() -> str:
    """Give "large" where the reader asked for 大字版, else "normal"."""
    return "large" if _chosen("size") == "large" else "normal"


def is_switching() -> bool:
    """Whether a form was sent only to be read in another size or language."""
    return _pressed() is not None


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
    app.after_request(_keep_pressed)


def _keep(name: str, value: str, known: tuple[str, ...]) -> Response:
    if value not in known:
        raise NotFound
    response = redirect(safe_next(request.args.get("next")), 303)
    _remember(response, name, value)
    return response


def _keep_pressed(response: Answer) -> Answer:
    pressed = _pressed()
    if pressed is not None:
        _remember(response, *pressed)
    return response


def _chosen(name: str) -> str:
    pressed = _pressed()
    return pressed[1] if pressed and pressed[0] == name else request.cookies.get(name, "")


def _pressed() -> tuple[str, str] | None:
    """The buttons send words alone, no files: a body of files is not read here, before its view allows it."""
    if request.method != "POST" or request.mimetype != _WORDS_ALONE or is_api():
        return None
    try:
        return _PRESSED.get(request.form.get(SWITCH, ""))
    except RequestEntityTooLarge:
        return None


def _remember(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=_COOKIE_LASTS,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
