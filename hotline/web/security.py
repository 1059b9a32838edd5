"""What does every response promise a browser, and what does a request from a foreign page get: refusal.

Limits count in this process only and are a coarse shield; the lock of an account is counted in the database.
"""

from urllib.parse import SplitResult, unquote, urlsplit

from flask import Flask, Response, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from config import Settings
from hotline.web.auth import is_api

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
}
_ONE_YEAR = 31_536_000
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_MEGABYTE = 1024 * 1024
_THIS_MACHINE = frozenset({"127.0.0.1", "::1"})
_LONGEST_ADDRESS = 45


def sender_address() -> str:
    """Where a request comes from, for limits that must not hit the whole city.

    A proxy on this machine calls from here for everybody; what it adds last to the header is whom it saw. In
    the trail stands the address of the connection alone: a proxy may be set up to pass on what it is told.
    """
    address = get_remote_address()
    seen_by_proxy = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return seen_by_proxy[:_LONGEST_ADDRESS] if address in _THIS_MACHINE and seen_by_proxy else address


csrf = CSRFProtect()
# Each limit that names no key of its own is one of an address, and a proxy's is nobody's.
limiter = Limiter(sender_address, storage_uri="memory://")


def configure_security(app: Flask, settings: Settings) -> None:
    """Cookies, sizes and CSRF. A token lasts as long as its session: drafts are long."""
    is_https = settings.base_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-hotline" if is_https else "hotline",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        MAX_CONTENT_LENGTH=50 * _MEGABYTE,
        MAX_FORM_MEMORY_SIZE=_MEGABYTE,
        WTF_CSRF_TIME_LIMIT=None,
        # Our own check of Origin covers what the Referer would prove, also where proxies strip it.
        WTF_CSRF_SSL_STRICT=False,
    )


def register_security(app: Flask, settings: Settings) -> None:
    """Refuse unsafe requests of foreign pages, and put the headers on every response, errors too."""
    headers = dict(_HEADERS)
    if settings.base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}; includeSubDomains"

    @app.before_request
    def refuse_foreign_pages() -> None:
        if request.method not in SAFE_METHODS and not is_api():
            _refuse_what_is_no_form_of_ours(settings.base_url)

    @app.after_request
    def promise(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
            response.vary.add("HX-Request")
        return response


def safe_next(target: str | None, otherwise: str = "/") -> str:
    """Give `target` when it is a plain path of this site, else `otherwise`: never leads to another site."""
    if not target or not target.isascii() or not target.isprintable():
        return otherwise
    # Browsers read a backslash as a slash, and some proxies decode before they forward.
    path = unquote(target).replace("\\", "/")
    if not target.startswith("/") or "//" in path.partition("?")[0] or not path.isprintable():
        return otherwise
    return target


def came_from() -> str | None:
    """Which page of this site somebody came from; None from elsewhere."""
    page = parts_of(request.referrer or "")
    if page.netloc != request.host:
        return None
    return safe_next(page._replace(scheme="", netloc="", fragment="").geturl())


def _refuse_what_is_no_form_of_ours(base_url: str) -> None:
    if _is_foreign(base_url):
        abort(400, "foreign_origin")
    if request.is_json:  # Flask-WTF would read its fields, and break over a list of them
        abort(400, "not_a_form")


def parts_of(address: str) -> SplitResult:
    """Take apart an address that somebody else wrote; one that is none has no parts, and so no host."""
    try:
        return urlsplit(address)
    except ValueError:  # a bracket where a host should be
        return urlsplit("")


def _is_foreign(base_url: str) -> bool:
    """Browsers cannot lie in these headers; what sends none is no browser and has no cookie to abuse."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    return parts_of(origin).netloc not in {urlsplit(base_url).netloc, request.host}
