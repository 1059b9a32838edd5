"""In which language and type size does this browser read: its choice, else the profile's, else Chinese."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, Flask, after_this_request, current_app, flash, g, redirect, request
from flask_babel import Babel, gettext, refresh
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from config import Settings
from hotline.web.auth import is_api, signed_in
from hotline.web.security import safe_next

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
SIZES = ("normal", "large")
# The name of the buttons that show a page once more in the midst of its form, and what each is a choice of.
LOOK = "look"
_LOOKS: Mapping[str, str] = {**dict.fromkeys(LANGUAGES, "lang"), **dict.fromkeys(SIZES, "size")}
# A page that takes nothing but files has no words to keep, and is read within limits of its own.
_ONLY_FILES = "submitting.photos"
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


def is_shown_again() -> bool:
    """Whether a form was sent only to see its page in another look, with what is typed in it."""
    return bool(request) and LOOK in g


@blueprint.get("/language/<language>")
def choose(language: str) -> Response:
    return _keep("lang", language, tuple(LANGUAGES))


@blueprint.get("/size/<size>")
def resize(size: str) -> Response:
    return _keep("size", size, SIZES)


def register_looks(app: Flask) -> None:
    """Let citizens change language and type size in the midst of a form without a script.

    Such a press only looks at the page: with its token checked and nothing counted yet, it becomes a GET.
    """

    @app.before_request
    def show_again() -> None:
        g.pop(LOOK, None)
        if not _is_form_of_citizens() or request.form.get(LOOK) not in _LOOKS:
            return
        g.look = look = request.form[LOOK]
        request.method = "GET"
        refresh()
        if any(file.filename for file in request.files.values()):
            flash(gettext("选好的文件没有保留，请重新选择。"), "warning")

        @after_this_request
        def remember(response: Response) -> Response:
            return _remembered(response, _LOOKS[look], look)


def _is_form_of_citizens() -> bool:
    """Whether this is sent to a page of citizens that is also opened like one."""
    rule = request.url_rule
    is_page = rule is not None and "GET" in (rule.methods or ())
    is_of_citizens = request.blueprint in ("citizen", "submitting") and request.endpoint != _ONLY_FILES
    return is_page and request.method == "POST" and is_of_citizens


def _chosen(name: str) -> str:
    look = g.get(LOOK, "")
    return look if _LOOKS.get(look) == name else request.cookies.get(name, "")


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
    return _remembered(redirect(safe_next(request.args.get("next")), 303), name, value)


def _remembered(response: Response, name: str, value: str) -> Response:
    response.set_cookie(
        name,
        value,
        max_age=_COOKIE_LASTS,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response
