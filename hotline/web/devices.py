"""Does this browser hold the mark of one that somebody signed in with before?"""

import re
import secrets
from datetime import UTC, datetime

from flask import Response, after_this_request, current_app, request

from hotline.services.accounts import token_hash
from hotline.services.known_devices import DEVICE_LASTS

_TOKEN_BYTES = 32
_MARK = re.compile(r"[A-Za-z0-9_-]{43}")


def device_hash() -> str:
    """What the database knows of this browser's mark; empty without one."""
    mark = request.cookies.get(_name(), "")
    return token_hash(mark) if _MARK.fullmatch(mark) else ""


def mark_device() -> str:
    """Give this browser a mark, or let it keep the one it has; gives what the database knows of it."""
    held = request.cookies.get(_name(), "")
    mark = held if _MARK.fullmatch(held) else secrets.token_urlsafe(_TOKEN_BYTES)

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(
            _name(),
            mark,
            expires=datetime.now(UTC) + DEVICE_LASTS,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response

    return token_hash(mark)


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"
