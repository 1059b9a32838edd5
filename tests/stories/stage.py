"""Where do the long tales play: a city whose clock we hold, where people act through HTTP and messages arrive.

Staff act through the API with their tokens or through the staff forms with their logins, citizens look at
their own pages, time passes timer by timer and message by message, and every message lands in the mailbox.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from html import unescape
from typing import Any

import time_machine
from sqlalchemy import select

from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.queries.directory import roles_of, subtree_ids
from hotline.services import accounts, api_tokens
from hotline.services.accounts import Client, NewUser
from hotline.services.lifecycle import Command, advance
from hotline.web.refusals import sentence
from notifications.models import MailboxMessage
from tests.hotline.clerks import hidden_of
from tests.stories.sight import Sight
from tests.stories.town import COMPLAINT, CONTENT_RATING, POOR_RATING, REPLY, city, found_town
from workflows.definition import citizen_actor
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine, Role

MONDAY_AT_NINE = "2026-11-23 09:00"
_MORE_STAFF = (
    ("second_reviewer", Role.REVIEWER),
    ("centre_leader", Role.CENTRE_LEADER),
    ("security", Role.SECURITY_OFFICER),
)
_CALLER = {
    "citizen_name": "name",
    "phone": "phone",
    "is_confidential": "confidential",
    "is_anonymous": "anonymous",
}
_PLACE = ("district", "street", "address")
_DECISIONS_OF_API = frozenset({"approve", "refuse", "cancel"})


class RefusedError(AssertionError):
    """The application said no; `code` says why."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


@contextmanager
def refused(*codes: str) -> Iterator[None]:
    """What is done inside must be refused for one of these reasons."""
    try:
        yield
    except RefusedError as refusal:
        assert refusal.code in codes, refusal  # noqa: PT017 - the code is the point, not the type
    else:
        message = f"nobody refused; expected {' or '.join(codes)}"
        raise AssertionError(message)


@dataclass
class Stage(Sight):
    """The city, its people, its clock and its mailbox."""

    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.factory.begin() as session:
            town = found_town(session)
            self.units = dict(town.units)
            session.get_one(Unit, self.units["STREET"]).tier = 3
            for name, role in _MORE_STAFF:
                accounts.create_user(session, NewUser(name, name, roles=frozenset({role})), self.now)
            session.flush()
            for user in session.scalars(select(User)):
                self.tokens[user.username] = api_tokens.issue_token(
                    session, user.id, api_tokens.Grant("stories"), self.now
                )
                self.names[f"user:{user.id}"] = user.username
            self.names |= {f"unit:{unit_id}": code for code, unit_id in self.units.items()}
        self._client = self.app.test_client()

    # what staff do

    def register(self, who: str = "agent", **changes: Any) -> str:
        """Write down what a caller says and submit it; gives the number."""
        told = {name: value for name, value in {**COMPLAINT, **changes}.items() if value is not None}
        body: dict[str, Any] = {"channel": "phone", "place": {}, "caller": {}}
        for name, value in told.items():
            if name in _CALLER:
                body["caller"][_CALLER[name]] = value
            elif name in _PLACE:
                body["place"][name] = value
            else:
                body[name] = value
        return str(self._post(who, "/tickets", body)["number"])

    def act(self, who: str, number: str, action: str, /, **data: Any) -> dict[str, Any]:
        """Take an action on the ticket as it is now, through the API."""
        return self._post(who, f"/tickets/{number}/actions/{action}", self._body(number, data))

    def on_share(self, who: str, number: str, unit: str, action: str, /, **data: Any) -> dict[str, Any]:
        """Take an action on a unit's latest share, through the API."""
        path = f"/assignments/{self.share(number, unit).id}/actions/{action}"
        return self._post(who, path, self._body(number, data))

    def ask(self, who: str, number: str, unit: str, kind: str, /, **data: Any) -> dict[str, Any]:
        """Ask for something about a unit's latest share, through the API."""
        share = str(self.share(number, unit).id)
        body = {**self._body(number, data), "kind": kind, "assignment": share}
        return self._post(who, f"/tickets/{number}/requests", body)

    def decide(self, who: str, number: str, action: str, /, **data: Any) -> Any:
        """Decide the latest request: through the API where it has a call for it, else at the staff form."""
        request_id = self.request(number).id
        if action in _DECISIONS_OF_API:
            return self._post(who, f"/requests/{request_id}/actions/{action}", self._body(number, data))
        return self.fill_in(who, number, f"requests/{request_id}/actions/{action}", **data)

    def grant(self, who: str, number: str, action: str, /, **data: Any) -> None:
        """Decide the latest request at the one door: for people who may not open the ticket itself."""
        request_id = self.request(number).id
        self._tick()
        with self.factory.begin() as session:
            user = session.scalars(select(User).where(User.username == who)).one()
            subtree = subtree_ids(session, user.unit_id) if user.unit_id else frozenset()
            actor = accounts.actor_of(user, roles_of(session, user.id), subtree, None)
            command = Command(number, action, data, None, Machine.REQUEST, request_id)
            try:
                advance(session, command, actor, self.now)
            except Refused as refusal:
                raise RefusedError(0, str(refusal.code)) from refusal

    def order(self, who: str, number: str, action: str, order_id: int | None = None, **data: Any) -> Any:
        """Do something with a supervision order, the latest unless named, at the staff form."""
        if action == "issue":
            return self.fill_in(who, number, "orders/issue", **data)
        wanted = order_id or self.orders(number)[-1].id
        return self.fill_in(who, number, f"orders/{wanted}/actions/{action}", **data)

    def fill_in(self, who: str, number: str, form: str, /, **data: Any) -> str:
        """Open the staff form of an action, fill it in and send it; gives the page that follows."""
        browser, path = self.browser(who), f"/tickets/{number}/{form}"
        opened = browser.get(path)
        if opened.status_code != 200:
            raise RefusedError(opened.status_code, _CODES.get(opened.status_code, opened.text))
        self._tick()
        answer = browser.post(path, data={**hidden_of(opened.text, path), **data})
        if answer.status_code == 200 and form.endswith("view_identity"):
            return str(answer.text)
        if answer.status_code != 303:
            raise RefusedError(answer.status_code, _code_on(answer.text))
        return str(browser.get(answer.headers["Location"]).text)

    def browser(self, who: str) -> Any:
        """A browser in which somebody has just signed in."""
        with self.factory.begin() as session:
            user_id = session.scalar(select(User.id).where(User.username == who))
            token = accounts.open_session(session, user_id, Client(), self.now)
        opened = self.app.test_client()
        with opened.session_transaction() as cookie:
            cookie["_user_id"] = token
        return opened

    def page(self, who: str, number: str) -> str:
        """The ticket's page as somebody sees it; empty when it is not there for them."""
        answer = self.browser(who).get(f"/tickets/{number}")
        return str(answer.text) if answer.status_code == 200 else ""

    def seen(self, who: str, number: str) -> dict[str, Any] | None:
        """The ticket as somebody reads it through the API; None when it is not there for them."""
        answer = self._get(who, f"/tickets/{number}")
        return dict(answer.json) if answer.status_code == 200 else None

    def found_by(self, who: str) -> set[str]:
        """The numbers of all tickets somebody can list."""
        return {line["number"] for line in self._get(who, "/tickets?limit=200").json["items"]}

    # the ordinary road

    def dispatched(self, main: str = "HOUSING", *co_units: str, **changes: Any) -> str:
        """A ticket that was written down, reviewed and given to units; gives its number."""
        number = self.register(**changes)
        self.act("reviewer", number, "approve_intake")
        self.dispatch(number, main, *co_units)
        return number

    def dispatch(self, number: str, main: str, *co_units: str) -> dict[str, Any]:
        data = {"main_unit": main, "co_units": list(co_units), "choice_reason": "属地情况特殊，由该单位牵头"}
        return self.act("dispatcher", number, "dispatch", **data)

    def replied(self, number: str, unit: str = "HOUSING", **changes: Any) -> None:
        """The unit signs, answers and, where it reviews, approves."""
        handler, leader = f"handler_{unit.lower()}", f"leader_{unit.lower()}"
        if self.share(number, unit).state == "to_sign":
            self.on_share(handler, number, unit, "sign")
        self.on_share(handler, number, unit, "submit_reply", is_confirmed=True, **{**REPLY, **changes})
        if self.share(number, unit).state == "unit_review":
            self.on_share(leader, number, unit, "approve_unit_reply")

    def closed(self, number: str, unit: str = "HOUSING") -> None:
        """The unit answers, the auditor agrees and the citizen is content on the telephone."""
        self.replied(number, unit)
        self.act("auditor", number, "approve_reply")
        self.act("callback", number, "close", **CONTENT_RATING)

    def reworked(self, number: str, unit: str = "HOUSING") -> None:
        """The unit answers, and the citizen says on the telephone that nothing is better."""
        self.replied(number, unit)
        self.act("auditor", number, "approve_reply")
        self.act("callback", number, "rework", **POOR_RATING, reason="电梯第二天又停了")

    # -- what citizens do

    def code_in_message(self, number: str) -> str:
        """The query code as the citizen read it in a message."""
        self.deliver()
        with self.factory() as session:
            found = select(MailboxMessage).where(
                MailboxMessage.subject == number, MailboxMessage.kind == "accepted"
            )
            return re.findall(r"(?<!\d)\d{6}(?!\d)", session.scalars(found).first().body)[-1]

    def citizen(self, number: str) -> Any:
        """A citizen's browser that has opened the ticket with its number and code."""
        browser = self.app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/find").text)[1]
        sent = {"number": number, "code": self.code_in_message(number), "csrf_token": token}
        assert browser.post("/find", data=sent).status_code == 303
        return browser

    def status(self, number: str) -> str:
        """What the citizen reads on the page of their ticket."""
        page = self.citizen(number).get(f"/status/{number}")
        assert page.status_code == 200
        return str(page.text)

    def by_citizen(self, number: str, action: str, machine: str = "ticket", **data: Any) -> None:
        """The citizen, who has opened the ticket, acts."""
        self._tick()
        with self.factory.begin() as session:
            advance(
                session,
                Command(number, action, data, None, Machine(machine)),
                citizen_actor(number),
                self.now,
            )

    def _body(self, number: str, data: dict[str, Any]) -> dict[str, Any]:
        return {"version": self.ticket(number).version, "data": data}

    def _get(self, who: str, path: str) -> Any:
        return self._client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.tokens[who]}"})

    def _post(self, who: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self._tick()
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        answer = self._client.post(f"/api/v1{path}", json=body, headers=headers)
        if answer.status_code >= 400:
            raise RefusedError(answer.status_code, _code_of(answer))
        return dict(answer.json)


# What a page that holds no form says by its status.
_CODES = {403: "not_your_role", 404: "not_found", 409: "not_in_this_state"}


def _code_of(answer: Any) -> str:
    found = answer.get_json(silent=True) or {}
    errors = found.get("errors") or [{}]
    code = str(found.get("code", ""))
    return str(errors[0].get("code", code)) if code == "invalid_input" else code


def _code_on(page: str) -> str:
    """Which refusal a form speaks of, found by its sentence."""
    told = unescape(page)
    return next((str(code) for code in Code if sentence(code).zh in told), page)


@contextmanager
def set_stage(app: Any, factory: Any, text: str = MONDAY_AT_NINE) -> Iterator[Stage]:
    """A city that wakes at a moment of its clocks; time stands still unless a tale lets it pass."""
    with time_machine.travel(city(text).astimezone(UTC), tick=False) as clock:
        yield Stage(app, factory, clock)
