"""Ask the program as somebody, and say in one word what came of it; what would be written is not.

A view that is about to commit is stopped there and counts as reached: so every address can be asked in turn, and
the city stays as it was founded.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from flask import Flask, current_app, g, request
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.routing import Rule as Address
from werkzeug.test import TestResponse

from hotline.web.access_reach import Whose
from hotline.web.transaction import watch
from tests.security.city import City
from workflows.vocabulary import Role

_STOPS = "stops_at_the_door"


class Came(Enum):
    """What came of a request."""

    LOGIN = "led to the login, or told to send a token"
    FIND = "led to the look-up"
    FORBIDDEN = "403"
    ABSENT = "404"
    REACHED = "reached"
    FAULT = "a fault of ours"


class _WouldCommitError(Exception):
    """A view was about to write."""


@dataclass(slots=True)
class Doors:
    """The program with a probe behind its guards."""

    app: Flask
    city: City
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def path(self, address: Address, values: Mapping[str, Any]) -> str:
        """Write an address with the values of its variable parts."""
        built = address.build({name: values[name] for name in address.arguments})
        assert built is not None, f"{address.rule} takes no {values}"
        return built[1]

    def knock(self, who: Role | str, method: str, path: str, *, at_door: bool = False) -> Came:
        """Ask as a role, as "nobody" or as "citizen"; `at_door` lets no view answer."""
        self.app.config[_STOPS] = at_door
        try:
            answer = self._client(who).open(path, method=method, headers=self._headers(who, path))
        except _WouldCommitError:
            return Came.REACHED
        return _came(answer)

    def send(self, who: Role, method: str, path: str, data: Mapping[str, Any]) -> TestResponse:
        """Send a form, or JSON under /api, and give the whole answer."""
        body: dict[str, Any] = {"json": data} if path.startswith("/api/") else {"data": data}
        headers = self._headers(who, path)
        headers.pop("Content-Type", None)
        if method == "GET":
            body = {"query_string": data}
        return self._client(who).open(path, method=method, headers=headers, **body)

    def _headers(self, who: Role | str, path: str) -> dict[str, str]:
        if not path.startswith("/api/"):
            signer = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token")
            return {"X-CSRFToken": signer.dumps("a" * 40)}
        if isinstance(who, Role) and who in self.city.people:
            return {"Authorization": f"Bearer {self.city.people[who].bearer}", **_API}
        return dict(_API)

    def _client(self, who: Role | str) -> FlaskClient:
        known = self.clients.get(str(who))
        if known is not None:
            return known
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["csrf_token"] = "a" * 40
            if isinstance(who, Role):
                cookie["_user_id"] = self.city.people[who].session
            if who == "citizen":
                cookie["opened_tickets"] = self.opened()
        self.clients[str(who)] = client
        return client

    def opened(self) -> dict[str, Any]:
        """What stands in the cookie of the citizen whose ticket the unit has."""
        return {"numbers": [self.city.tickets[Whose.OWN]], "at": datetime.now(UTC).isoformat()}


_API = {"Content-Type": "application/json", "Idempotency-Key": secrets.token_hex(8)}


def open_doors(app: Flask, city: City) -> Doors:
    """Put the probe behind every guard of an application of the test's own."""
    watch(app, _stop_before_commit)
    app.before_request_funcs.setdefault(None, []).append(_stop_at_door)
    return Doors(app, city)


def _stop_at_door() -> tuple[str, int] | None:
    g.is_past_the_door = True
    return ("", 204) if request.endpoint is not None and current_app.config[_STOPS] else None


def _stop_before_commit(session: Session) -> None:
    # Before the door only the record of a refusal is written.
    if g.get("is_past_the_door"):
        raise _WouldCommitError


def _came(answer: TestResponse) -> Came:
    location = answer.headers.get("Location", "")
    if answer.status_code == 401 or location.startswith("/login"):
        return Came.LOGIN
    if answer.status_code == 303 and location.startswith("/find"):
        return Came.FIND
    words = {403: Came.FORBIDDEN, 404: Came.ABSENT}
    return words.get(answer.status_code, Came.FAULT if answer.status_code >= 500 else Came.REACHED)
