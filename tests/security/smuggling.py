"""Every form there is, sent as it stands and with fields that are not in it: what would be written each time?

Nothing is: each act is stopped before it commits. Endpoints whose form no page of the demo city shows are sent the
foreign fields alone, and nothing may be written then that is not written without them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from database import Base, db
from hotline.web.security import limiter
from hotline.web.transaction import watch
from tests.security.attack_guesses import copy_of
from tests.security.attack_run import Found
from tests.security.forms import Control, Form, forms_of
from tests.security.guessed import GUESSED
from tests.security.round import CITIZEN, Round, Seen, accounts_of_roles, may
from tests.security.routes import requests_of
from tests.security.target import Target

_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)")
COLUMNS = sorted({column.name for table in Base.metadata.sorted_tables for column in table.c} | set(GUESSED))
# A text no column has, and a number that is the key of a row in most tables.
VALUES = ("zq9extra", "1")
# Fields an endpoint has of its own that the form at hand does not show, because it does not need them.
OWN: Mapping[str, set[str]] = {
    "knowledge.move renew": {"reason"},
    "delivery.pause": {"cause"},
    "delivery.resume": {"cause"},
    "delivery.redrive": {"id"},
    "second_factor.show": {"code"},
    "second_factor.renew": {"code"},
    "second_factor.remove": {"code"},
    # Optional in the table of the workflow: why a ticket was merged.
    "tickets.act merge": {"reason"},
    # Needed for another purpose or a minor; for a telephone or an erasure.
    "tickets.reveal": {"words"},
    "supervisor.accept_data_request": {"proof"},
    "supervisor.refuse_data_request": {"proof"},
    "tokens.issue": {"user"},
}
_FORMS_TRIED = 3
_DIGEST = re.compile(r"[0-9a-f]{64}")


class _WouldCommitError(Exception):
    """An act was about to commit."""


@dataclass(frozen=True, slots=True)
class Door:
    """What is posted to: an endpoint, and the act where one address is of several."""

    endpoint: str
    act: str = ""


@dataclass(slots=True)
class Written:
    """What one request would have written: statements with their values, in order."""

    rows: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    is_kept: bool = False


@dataclass(slots=True)
class Smuggler:
    """Goes through the forms of an application that holds the demo city."""

    app: Flask
    walk: Round
    forms: dict[Door, list[tuple[str, Form]]] = field(default_factory=dict)
    sent: int = 0
    _now: Written = field(default_factory=Written)

    def prepare(self) -> None:
        """Find the forms first: afterwards nothing commits any more."""
        self.walk.walk(self._collect, as_everybody=True)
        self._add_blind()
        watch(self.app, self._stop)
        with self.app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._note)

    def _named(self, form: Form) -> str:
        door = self._door(form.action)
        return f"{door.endpoint} {door.act}".strip() if door else ""

    def _add_blind(self) -> None:
        """Add what no page has a form for: nothing but the token, as everybody who may."""
        known = {door.endpoint for door in self.forms}
        people = [(CITIZEN, frozenset()), *accounts_of_roles()]
        for asked in requests_of(self.app):
            if asked.method == "POST" and asked.endpoint not in known and not asked.is_api:
                allowed = [who for who, roles in people if may(asked.endpoint, roles)][:1]
                for who in allowed:
                    form = Form(asked.path, "", [Control("csrf_token", "hidden", self._token(who))])
                    self.forms.setdefault(Door(asked.endpoint), []).append((who, form))

    def _token(self, who: str) -> str:
        page = self.walk.browser(who).get("/preferences" if who else "/find").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        return found[1] if found else ""

    def _collect(self, seen: Seen) -> None:
        if not seen.is_page:
            return
        for form in forms_of(seen.answer.text, seen.path):
            door = self._door(form.action)
            if door is not None:
                self.forms.setdefault(door, []).append((seen.username, form))

    def _door(self, action: str) -> Door | None:
        try:
            found = self.app.url_map.bind("localhost").match(action.partition("?")[0], method="POST")
        except (RequestRedirect, HTTPException):
            return None
        endpoint, values = found
        return Door(endpoint, str(values.get("action", values.get("name", ""))))

    def _stop(self, session: Session) -> None:
        session.flush()
        raise _WouldCommitError

    def _note(self, _c: Any, _cursor: Any, statement: str, values: Any, _x: Any, _many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's
        if _WRITES.match(statement):
            self._now.rows.append((statement, tuple(_flat(values))))

    def smuggle(self) -> Iterator[tuple[Door, bool, set[str]]]:
        """For each door: whether an act got as far as to write, and which foreign names changed what is written."""
        for door, found in self.forms.items():
            wrote, bad = False, set[str]()
            for who, form in found[:_FORMS_TRIED]:
                for ticks in (False, True):
                    plain = self._send(who, form, form.filled_in(ticks=ticks))
                    wrote = wrote or plain.is_kept
                    if plain.is_kept or not form.names - {"csrf_token"}:
                        bad |= self._names_that_change(who, form, ticks=ticks)
                        break
            yield door, wrote, bad

    def _names_that_change(self, who: str, form: Form, *, ticks: bool) -> set[str]:
        body = form.filled_in(ticks=ticks)
        known = [self._send(who, form, body) for _ in range(2)]
        own = form.names | OWN.get(self._named(form), set())
        foreign = [name for name in COLUMNS if name not in own]
        return {
            name
            for value in VALUES
            for name in self._bisect(who, form, body, dict.fromkeys(foreign, value), known)
        }

    def _bisect(
        self, who: str, form: Form, body: Mapping[str, Any], more: dict[str, str], known: list[Written]
    ) -> set[str]:
        """The names that make a difference, found by halves."""
        smuggled = self._send(who, form, {**more, **body}, more)
        # What is refused is not kept; and what differs without them as well is not theirs.
        if not smuggled.is_kept or _same(known, smuggled) or not _same(known, self._send(who, form, body)):
            return set()
        if len(more) == 1:
            return set(more)
        names = sorted(more)
        halves = names[: len(names) // 2], names[len(names) // 2 :]
        found = [self._bisect(who, form, body, {each: more[each] for each in half}, known) for half in halves]
        return set().union(*found) or {"several together"}

    def _send(
        self, who: str, form: Form, body: Mapping[str, Any], query: Mapping[str, str] | None = None
    ) -> Written:
        self._now = written = Written()
        self.sent += 1
        try:
            path = f"{form.action}?{urlencode(query)}" if query else form.action
            self.walk.browser(who).post(path, data=body, headers=self.walk.headers)
        except _WouldCommitError:
            written.is_kept = True
        return written


def _flat(values: Any) -> Iterator[Any]:
    for each in values if isinstance(values, (list, tuple)) else (values,):
        if isinstance(each, (list, tuple, dict)):
            yield from _flat(list(each.values()) if isinstance(each, dict) else each)
        else:
            # A digest of all that was sent, by which a repeat is told, is no field.
            yield "a digest" if isinstance(each, str) and _DIGEST.fullmatch(each) else each


def _same(known: list[Written], other: Written) -> bool:
    """Whether the same is written, but for what differs from time to time anyway."""
    first, second = known
    shapes = [[(text, len(values)) for text, values in each.rows] for each in (first, second, other)]
    if shapes[0] != shapes[1]:
        return len(shapes[2]) <= max(len(shapes[0]), len(shapes[1]))
    if shapes[0] != shapes[2]:
        return False
    for (_, once), (_, again), (_, now) in zip(first.rows, second.rows, other.rows, strict=True):
        if any(one == two != three for one, two, three in zip(once, again, now, strict=True)):
            return False
    return True


def with_extra_fields(target: Target) -> Iterator[Found]:
    """Smuggle every column there is into every form there is."""
    app = copy_of(target, "fields")
    app.testing = True  # what stops an act is raised and not answered
    limiter.enabled = False
    try:
        smuggler = Smuggler(app, Round(app))
        smuggler.prepare()
        told = list(smuggler.smuggle())
    finally:
        limiter.enabled = True
    doors, wrote = (
        {door.endpoint for door, _, _ in told},
        {door.endpoint for door, is_written, _ in told if is_written},
    )
    findings = [f"{door.endpoint} {door.act}: {', '.join(sorted(bad)[:5])}" for door, _, bad in told if bad]
    extent = (
        f"{len(COLUMNS)} names in {len(told)} forms of {len(doors)} endpoints, {smuggler.sent:,} times sent"
    )
    yield Found("fields", f"{extent}; {len(wrote)} endpoints would have written", findings)
