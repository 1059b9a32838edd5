"""A round through the city without a browser: every page that links and menus lead to, by who may open it."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from database import db
from hotline.demo.people import PEOPLE
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.services import accounts
from hotline.services.accounts import Client
from hotline.web.access_rules import Who
from hotline.web.access_table import ACCESS
from workflows.vocabulary import Role

CITIZEN = ""
_LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
_ROW = re.compile(r"(?<=/)[0-9]+(?=/|$)")
_NAME = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"]+)"')
# Leads out again, or to what is not a page.
_NOT_OPENED = {"static", "sign_in.logout", "language.choose", "language.resize", "openapi.spec"}
_LIVE_TICKET = ("in_process", "to_call_back", "awaiting_supplement", "closed", "in_dispute", "to_dispatch")


@dataclass(slots=True)
class Seen:
    """One answer: who asked for what."""

    username: str
    path: str
    endpoint: str
    answer: Any

    def __str__(self) -> str:
        return f"{self.username or 'citizen'} {self.path} {self.answer.status_code}"

    @property
    def is_page(self) -> bool:
        return str(self.answer.mimetype) == "text/html"


@dataclass(slots=True)
class Round:
    """Walks through an application that holds the demo city."""

    app: Flask
    headers: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def browser(self, username: str) -> FlaskClient:
        """A browser in which an account of the demo city is signed in; an empty name is a citizen's."""
        if username not in self.browsers:
            browser = self.app.test_client()
            if username:
                with browser.session_transaction() as cookie:
                    cookie["_user_id"] = self._open(username)
            else:
                for token in self._links_of_messages():
                    browser.get(f"/t/{token}")
            self.browsers[username] = browser
        return self.browsers[username]

    def walk(self, look: Callable[[Seen], None], *, as_everybody: bool = False) -> None:
        """Open every endpoint once, or once for each role, as the first account of a role; show every answer."""
        opened: set[tuple[str, ...]] = set()
        for username, roles in [(CITIZEN, frozenset[Role]()), *accounts_of_roles()]:
            opened = set() if as_everybody else opened
            waiting = deque(self._starts(username, roles))
            while waiting:
                path = waiting.popleft()
                key = self._key(path)
                if key is None or key in opened:
                    continue
                opened.add(key)
                seen = Seen(username, path, key[0], self._get(username, path))
                look(seen)
                if seen.is_page:
                    waiting.extend(links_of(seen.answer.text))

    def _get(self, username: str, path: str) -> Any:
        return self.browser(username).get(path, headers=self.headers)

    def _starts(self, username: str, roles: frozenset[Role]) -> Iterator[str]:
        if not username:
            yield from (f"/status/{number}" for number in self._numbers())
        for rule in self.pages():
            if not rule.arguments and may(rule.endpoint, roles):
                yield rule.rule
        if username:
            yield from (f"/tickets/{number}" for number in self._numbers())

    def pages(self) -> Iterator[Rule]:
        """Every route that is read."""
        for rule in self.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint not in _NOT_OPENED:
                yield rule

    def _key(self, path: str) -> tuple[str, ...] | None:
        try:
            endpoint, values = self.app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")
        except RequestRedirect as elsewhere:
            return self._key(urlsplit(elsewhere.new_url).path)
        except HTTPException:
            return None
        return None if endpoint in _NOT_OPENED else (endpoint, str(values.get("action", "")))

    def _open(self, username: str) -> str:
        with self.app.app_context():
            user_id = db.session.scalars(select(User.id).where(User.username == username)).one()
            token = accounts.open_session(db.session(), user_id, Client(), datetime.now(UTC))
            db.session.commit()
            return token

    def _numbers(self) -> list[str]:
        with self.app.app_context():
            newest = select(Ticket.number).order_by(Ticket.id.desc())
            return [
                number
                for state in _LIVE_TICKET
                for number in db.session.scalars(newest.where(Ticket.state == state).limit(2))
            ]

    def _links_of_messages(self) -> list[str]:
        with self.app.app_context():
            tokens = select(Ticket.link_token).where(Ticket.number.in_(self._numbers()))
            return [token for token in db.session.scalars(tokens) if token]


def accounts_of_roles() -> list[tuple[str, frozenset[Role]]]:
    """One account for each role of the demo city."""
    first: dict[Role, str] = {}
    for person in PEOPLE:
        first.setdefault(person.role, person.username)
    return [(username, frozenset({role})) for role, username in first.items()]


def may(endpoint: str, roles: frozenset[Role]) -> bool:
    """Whether the access table lets these roles in; no roles are a citizen who opened a ticket."""
    rule = ACCESS.get(endpoint)
    if rule is Who.PUBLIC:
        return True
    if rule is Who.CITIZEN or rule is None:
        return rule is not None and not roles
    return bool(roles) and (rule is Who.SIGNED_IN or bool(roles & rule))


def links_of(page: str) -> list[str]:
    """Where a page leads to on this site."""
    return [unescape(link) for link in _LINK.findall(page) if not link.startswith("//")]


def asked_otherwise(path: str, page: str, text: str) -> Iterator[str]:
    """The same page asked for with a hostile text in each parameter that its address and its forms have."""
    parts = urlsplit(path)
    known = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name in {**known, **dict.fromkeys(_NAME.findall(page))}:
        yield f"{parts.path}?{urlencode({**known, name: text})}"


def asked_of_no_row(path: str, number: str) -> Iterator[str]:
    """The same page asked for with that number in the place of each row its address names."""
    place = urlsplit(path).path
    for row in _ROW.finditer(place):
        yield f"{place[: row.start()]}{number}{place[row.end() :]}"
