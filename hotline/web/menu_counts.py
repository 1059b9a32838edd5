"""How much waits behind the entries of somebody's menu? Each role says what waits on its pages.

All of it is counted in one statement, at most every few seconds for a session, and anew once it has sent a
form: whoever has just done a piece of work sees one less.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, current_app, request
from sqlalchemy import Select
from sqlalchemy.orm import Session

from database import db
from hotline.queries.counting import count_lists
from hotline.queries.worklists import Filters, list_ids
from hotline.web.auth import SignedIn, signed_in
from workflows.definition import Actor

MOST = 99
FRESH_FOR = timedelta(seconds=10)
_MOST_KEPT = 2_000
_KEPT = "hotline_menu_counts"
Waiting = Callable[[Session, Actor, datetime], Select[Any]]
_WAITING: dict[str, Waiting] = {}


def waits_at(endpoint: str, waiting: Waiting) -> None:
    """Say which rows wait for somebody behind an entry of the menu."""
    _WAITING[endpoint] = waiting


def tickets_wait_at(endpoint: str, filters_of: Callable[[Actor, datetime], Filters]) -> None:
    """Say which tickets do, as a filter over those somebody may see."""
    waits_at(
        endpoint,
        lambda session, viewer, now: list_ids(session, viewer, filters_of(viewer, now), now),
    )


def count_waiting(user: SignedIn, endpoints: Collection[str], now: datetime) -> Mapping[str, int]:
    """Count what waits behind each of the entries, no further than one more than MOST."""
    asked = [endpoint for endpoint in endpoints if endpoint in _WAITING]
    if not asked:
        return {}
    kept, key = _kept(), (user.token, user.actor)
    until, counts = kept.get(key, (now, {}))
    if until <= now:
        session = db.session()
        lists = [_WAITING[endpoint](session, user.actor, now) for endpoint in asked]
        counts = dict(zip(asked, count_lists(session, lists, MOST), strict=True))
        _make_room(kept, now)
        kept[key] = (now + FRESH_FOR, counts)
    return counts


def register_menu_counts(app: Flask) -> None:
    """Forget what was counted for whoever sends a form."""
    app.extensions[_KEPT] = {}

    @app.after_request
    def forget(response: Response) -> Response:
        user = signed_in() if request.method == "POST" else None
        if user is not None:
            _kept().pop((user.token, user.actor), None)
        return response


def _kept() -> dict[tuple[str, Actor], tuple[datetime, dict[str, int]]]:
    return current_app.extensions[_KEPT]  # type: ignore[no-any-return]  # extensions hold anything


def _make_room(kept: dict[tuple[str, Actor], tuple[datetime, dict[str, int]]], now: datetime) -> None:
    """Old ones go when there are many; other threads may be adding meanwhile."""
    if len(kept) < _MOST_KEPT:
        return
    for key, (until, _) in list(kept.items()):
        if until <= now:
            kept.pop(key, None)
