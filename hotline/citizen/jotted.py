"""What has this browser typed so far? Its cookie holds a token only; everything typed stays here, sealed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from database import db
from hotline.models.jottings import Jotting, JottingFile
from hotline.services import jottings
from hotline.web.shelf import shelf
from hotline.web.transaction import transaction

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Jotted:
    """What is there: the filled-in pages and files, or the number of the ticket it has become."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[JottingFile] = ()
    number: str = ""
    kept_until: datetime | None = None


def look() -> Jotted:
    """Read what this browser has typed; nothing when it is new here or its day is over."""
    session = db.session()
    jotting = jottings.find_jotting(session, _token(), datetime.now(UTC))
    if jotting is None:
        return Jotted()
    files = jottings.list_files(session, jotting)
    return Jotted(jotting.typed, files, jotting.ticket_number, jotting.kept_until)


def jot(
    typed: Mapping[str, Any], act: Callable[[Session, Jotting], _Result]
) -> tuple[_Result, Callable[[Response], Response]]:
    """Keep a filled-in page and do `act` with its jotting; what was sent before is left alone.

    Gives what `act` gave, and how the answer tells the browser which jotting is its own.
    """
    now = datetime.now(UTC)
    with transaction() as session:
        token = _token()
        jotting = jottings.lock_jotting(session, token, now)
        if jotting is None or jotting.ticket_number:
            jotting, token = jottings.begin(session, now)
        jottings.write(jotting, typed, now)
        result = act(session, jotting)
    return result, lambda response: _with_cookie(response, token)


def lock(session: Session, now: datetime) -> Jotting | None:
    """Find this browser's jotting for writing."""
    return jottings.lock_jotting(session, _token(), now)


def throw_away(response: Response) -> Response:
    """Forget everything this browser has typed and not sent."""
    now = datetime.now(UTC)
    with transaction() as session:
        jotting = lock(session, now)
        if jotting is not None and not jotting.ticket_number:
            jottings.discard(session, shelf(), jotting)
    response.delete_cookie(_cookie_name(), secure=_is_secure(), httponly=True, samesite="Lax")
    return response


def _token() -> str:
    return request.cookies.get(_cookie_name(), "")


def _with_cookie(response: Response, token: str) -> Response:
    response.set_cookie(
        _cookie_name(),
        token,
        max_age=jottings.KEPT_FOR,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def _cookie_name() -> str:
    return "__Host-jotting" if _is_secure() else "jotting"


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
