"""How does a pressed button take effect once, however often it is pressed: one key, one act, one answer."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, flash, make_response, redirect, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from database import db
from hotline.services import idempotency, lifecycle
from hotline.services.idempotency import Answer, Asked
from hotline.services.lifecycle import Command
from hotline.web.audit import tell_made
from hotline.web.auth import current_actor
from hotline.web.transaction import transaction
from workflows.definition import Actor
from workflows.errors import Refused

Act = Command | Callable[[Session], Any]
_SEE_OTHER = 303
_LONGEST_KEY = 255
_CHUNK = 1024 * 1024
# They differ between two presses of one button, or say nothing about what is asked.
_NOT_ASKED = frozenset({"csrf_token", "request_key"})


def perform(
    act: Act,
    request_key: str,
    redirect_to: str | Callable[[Any], str],
    said: str = "",
    actor: Actor | None = None,
) -> Response:
    """Do `act` in one transaction and lead on; the same key again only leads to the same place.

    `act` is a command for the door, or a function of the session for anything else; `redirect_to` may be made
    of what it returned. `said` is flashed when the act took effect just now. Raises Refused, nothing changed.
    """
    who = actor or current_actor()
    now = datetime.now(UTC)
    asked = _asked(who, request_key)
    try:
        location = _do(_as_function(act, who, now), asked, redirect_to, now)
    except Refused:
        # A twin of this press may have won, and made this one look stale or out of place.
        answer = None if asked is None else idempotency.find_answer(db.session(), asked, now)
        if answer is None:
            raise
        return lead_to(answer.location)
    if location is None:
        return lead_to(_kept(asked, now))
    if said:
        flash(said, "success")
    return lead_to(location)


def lead_to(location: str) -> Response:
    """Send the browser on with 303; under htmx the whole page goes there, not just a part of it."""
    if request.headers.get("HX-Request") == "true":
        response = make_response("", 204)
        response.headers["HX-Redirect"] = location
        return response
    return make_response(redirect(location, _SEE_OTHER))


def _do(
    act: Callable[[Session], Any],
    asked: Asked | None,
    redirect_to: str | Callable[[Any], str],
    now: datetime,
) -> str | None:
    """Return where to go on, or None when this very press was answered before."""
    with transaction() as session:
        if asked is not None and idempotency.find_answer(session, asked, now) is not None:
            return None
        result = act(session)
        location = redirect_to if isinstance(redirect_to, str) else _address_of(redirect_to(result))
        if asked is not None:
            idempotency.keep_answer(session, asked, Answer(_SEE_OTHER, location=location), now)
        return location


def _address_of(made: str) -> str:
    tell_made(made)
    return made


def _kept(asked: Asked | None, now: datetime) -> str:
    answer = None if asked is None else idempotency.find_answer(db.session(), asked, now)
    return "/" if answer is None else answer.location


def _as_function(act: Act, actor: Actor, now: datetime) -> Callable[[Session], Any]:
    if isinstance(act, Command):
        command = act
        return lambda session: lifecycle.advance(session, command, actor, now)
    return act


def _asked(actor: Actor, key: str) -> Asked | None:
    if not key:
        return None
    if len(key) > _LONGEST_KEY:
        abort(400)
    owner = f"user:{actor.user_id}" if actor.user_id is not None else f"{actor.kind}:{actor.citizen_number}"
    return Asked(owner, key, _digest_of_request())


def _digest_of_request() -> str:
    parts = [request.path]
    for name in sorted(set(request.form) - _NOT_ASKED):
        parts += [name, *request.form.getlist(name)]
    for name, upload in sorted(request.files.items(multi=True), key=lambda pair: (pair[0], pair[1].filename)):
        parts += [name, upload.filename or "", _digest_of_file(upload)]
    return idempotency.digest(*parts)


def _digest_of_file(upload: FileStorage) -> str:
    whole = hashlib.sha256()
    while chunk := upload.stream.read(_CHUNK):
        whole.update(chunk)
    upload.stream.seek(0)
    return whole.hexdigest()
