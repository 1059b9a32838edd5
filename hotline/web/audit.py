"""How does a request get into the audit trail: a change with its commit, a look before its answer leaves.

Every change by somebody signed in is recorded in the change's own transaction; looks, refusals and denials at
the end. An answer that gives something away does not leave without its record.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from database import db
from hotline.models.audit import AuditKind, AuditResult
from hotline.services import audit
from hotline.services.audit import Asked, Deed
from hotline.services.numbers import is_number
from hotline.web.audit_table import GIVING_AWAY, SETTING_UP, TAKING
from hotline.web.auth import client_ip, current_actor, signed_in
from hotline.web.errors import answer_lost_database
from hotline.web.request_log import request_id
from hotline.web.security import SAFE_METHODS
from hotline.web.transaction import aside, transaction, watch
from workflows.definition import Actor, ActorKind

_NOTED, _IS_WRITTEN, _ABOUT, _MADE = "audit_noted", "audit_is_written", "audit_about", "audit_made"
_NOBODY = Actor(ActorKind.CITIZEN, "", frozenset())
_REFUSED, _FAULT = 400, 500
# Nothing was tried yet: the form was not understood, too long, or came too often.
_NOT_TRIED = frozenset({400, 401, 413, 415, 422, 429})
_DENIED = frozenset({403, 404})
_NOT_KEPT = frozenset({"number", "filename", "token"})
# A word, a code, a user name or a day; with so many digits in a row it may be somebody's telephone.
_PLAIN = re.compile(r"(?!.*[0-9]{7})[A-Za-z0-9._-]{1,32}")
_Made = TypeVar("_Made")
_log = structlog.get_logger(__name__)


def note(deed: Deed) -> None:
    """Have something recorded before the answer leaves."""
    g.setdefault(_NOTED, []).append(deed)


def record_with(session: Session, deed: Deed) -> None:
    """Record a deed in the transaction that makes it true; the request needs no record of its own then."""
    audit.record(session, deed, current_actor(), _asked(), datetime.now(UTC))
    setattr(g, _IS_WRITTEN, True)


def tell_ticket(number: str) -> None:
    """Record the next change by itself and for this ticket: the address of a press on many has none."""
    g.pop(_IS_WRITTEN, None)
    setattr(g, _ABOUT, number)


def tell_made(address: str) -> None:
    """Have the record of this change name what it made: its own address cannot, the one it leads to does."""
    with suppress(HTTPException):  # not an address of ours, or not one of a page
        _, values = current_app.url_map.bind("").match(urlsplit(address).path)
        _keep_made(values)


def naming(
    fact: str, act: Callable[[Session], _Made], of: Callable[[_Made], object]
) -> Callable[[Session], _Made]:
    """Have the record of an act name what it made or changed, where neither address can."""

    def do(session: Session) -> _Made:
        made = act(session)
        _keep_made({fact: of(made)})
        return made

    return do


def _keep_made(facts: Mapping[str, object]) -> None:
    setattr(g, _MADE, {**g.get(_MADE, {}), **facts})


def register_audit(app: Flask) -> None:
    """Watch every transaction and every answer."""
    watch(app, _record_change)

    @app.before_request
    def begin() -> None:
        # The application context may outlive a request in tests.
        g.pop(_NOTED, None)
        g.pop(_IS_WRITTEN, None)
        g.pop(_ABOUT, None)
        g.pop(_MADE, None)

    @app.after_request
    def record_rest(response: Response) -> Response:
        try:
            deeds = [*g.pop(_NOTED, ()), *_of_answer(response)]
            _record(deeds)
        except DBAPIError as error:
            return answer_lost_database(error)
        return response


def _record_change(session: Session) -> None:
    """Record the change that is about to commit; the first of a request stands for its others."""
    if not has_request_context() or request.method in SAFE_METHODS or g.get(_IS_WRITTEN):
        return
    actor = _known_actor()
    if actor is None:
        return
    audit.record(session, _this_request(AuditResult.DONE), actor, _asked(), datetime.now(UTC))
    setattr(g, _IS_WRITTEN, True)


def _known_actor() -> Actor | None:
    """Who is signed in, without asking who it is: asking may open a transaction of its own."""
    user = signed_in() if "_login_user" in g else None
    return None if user is None else user.actor


def _of_answer(response: Response) -> list[Deed]:
    """What the answer itself tells: a file taken, a page refused."""
    status = response.status_code
    if _known_actor() is None or status in _NOT_TRIED or request.endpoint in {None, "static"}:
        return []
    if status >= _FAULT:
        return [_this_request(AuditResult.FAILED)]
    if status in _DENIED:
        return [_this_request(AuditResult.DENIED)]
    if status >= _REFUSED and request.method not in SAFE_METHODS:
        return [_this_request(AuditResult.REFUSED)]
    is_file = "attachment" in response.headers.get("Content-Disposition", "")
    is_told = is_file or request.endpoint in TAKING
    return [_this_request(AuditResult.DONE)] if is_told and not g.get(_IS_WRITTEN) else []


def _record(deeds: list[Deed]) -> None:
    if not deeds:
        return
    actor = _known_actor() or _NOBODY
    asked, now = _asked(), datetime.now(UTC)
    # Looked at before the write, which would wait for SQLite's only lock.
    if all(audit.is_known(db.session(), deed, actor, now) for deed in deeds):
        return
    if any(deed.kind in GIVING_AWAY for deed in deeds):
        setattr(g, _IS_WRITTEN, True)  # or the record would be recorded
        with transaction() as session:
            _put(session, deeds, actor, now)
        return
    try:
        with aside() as session:
            _put(session, deeds, actor, now)
            session.commit()
    except DBAPIError:
        for deed in deeds:  # so that it stands in the log at least
            _log.error(
                "audit_not_written",
                kind=deed.kind,
                number=deed.ticket_number,
                user_id=actor.user_id,
                ip=asked.ip,
            )


def _put(session: Session, deeds: list[Deed], actor: Actor, now: datetime) -> None:
    for deed in deeds:
        audit.record(session, deed, actor, _asked(), now)


def _this_request(result: AuditResult) -> Deed:
    endpoint, values = request.endpoint or "", request.view_args or {}
    blueprint = endpoint.partition(".")[0]
    if endpoint in TAKING:
        kind = TAKING[endpoint]
    elif values.get("action") == "view_identity":
        kind = AuditKind.REVEAL
    elif request.method in SAFE_METHODS:
        kind = AuditKind.TAKE_FILE if result is AuditResult.DONE else AuditKind.LOOK
    else:
        kind = AuditKind.SET_UP if blueprint in SETTING_UP else AuditKind.ACT
    named = {**g.get(_MADE, {}), **{name: value for name, value in values.items() if value is not None}}
    facts = {name: value for name, value in named.items() if name not in _NOT_KEPT and _is_plain(value)}
    number = str(values.get("number") or g.get(_ABOUT, ""))
    return Deed(kind, result, number if is_number(number) else "", facts)


def _is_plain(value: object) -> bool:
    """Whether part of an address may be kept: anybody may have written anything there."""
    return isinstance(value, int) or bool(_PLAIN.fullmatch(str(value)))


def _asked() -> Asked:
    return Asked((request.endpoint or "")[:64], request_id(), client_ip())
