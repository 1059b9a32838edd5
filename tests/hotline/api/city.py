"""A small city to call the API in: rules, units, a category, the right people and their tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.services import accounts, api_tokens
from hotline.services.accounts import NewUser
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.policy_seeds import seed_policy
from tests.copies import copied
from workflows.vocabulary import Role

BODY: Mapping[str, Any] = {
    "type": "complaint",
    "content": "和平里小区 12 幢电梯停运 8 天，老人上下楼困难。",
    "channel": "phone",
    "category": "ZJ0302",
    "place": {"district": "梧桐区", "address": "和平里小区 12 幢", "lat": 30.25, "lng": 120.15},
    "caller": {"name": "陈先生", "phone": "13800138000"},
}
_FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
# name → roles, unit, trusted intake
PEOPLE: Mapping[str, tuple[frozenset[Role], str, bool]] = {
    "agent": (frozenset({Role.AGENT}), "", False),
    "trusted": (frozenset({Role.AGENT}), "", True),
    "reviewer": (frozenset({Role.REVIEWER}), "", False),
    "dispatcher": (frozenset({Role.DISPATCHER}), "", False),
    "handler": (frozenset({Role.HANDLER}), "WT-ZJJ", False),
    "leader": (frozenset({Role.UNIT_LEADER}), "WT-ZJJ", False),
    "stranger": (frozenset({Role.HANDLER}), "BJ-CGJ", False),
    "auditor": (frozenset({Role.AUDITOR}), "", False),
    "callback": (frozenset({Role.CALLBACK_AGENT}), "", False),
    "admin": (frozenset({Role.ADMINISTRATOR}), "", False),
    "importer": (frozenset({Role.IMPORTER}), "", False),
    "other_importer": (frozenset({Role.IMPORTER}), "", False),
    "telephone": (frozenset({Role.TELEPHONE}), "", False),
}


@dataclass(slots=True)
class Api:
    """Calls the API as somebody; the answers are Flask's test responses."""

    client: Any
    tokens: dict[str, str] = field(default_factory=dict)

    def headers(self, who: str | None, **more: str) -> dict[str, str]:
        known = {} if who is None else {"Authorization": f"Bearer {self.tokens[who]}"}
        return known | {name.replace("_", "-"): value for name, value in more.items()}

    def get(self, who: str | None, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.headers(who, **headers))

    def post(self, who: str | None, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(f"/api/v1{path}", json=body or {}, headers=self.headers(who, **headers))

    def raw(self, who: str | None, path: str, body: bytes, media: str = "application/json") -> Any:
        known = self.headers(who) | {"Content-Type": media}
        return self.client.post(f"/api/v1{path}", data=body, headers=known)

    def registered(self, who: str = "agent", **changes: Any) -> dict[str, Any]:
        answer = self.post(who, "/tickets", {**BODY, **changes})
        assert answer.status_code == 201, answer.text
        return dict(answer.json)

    def act(self, who: str, number: str, action: str, **data: Any) -> dict[str, Any]:
        """Take an action on the version as it is now; it must succeed."""
        version = self.get("reviewer", f"/tickets/{number}").json["version"]
        answer = self.post(who, f"/tickets/{number}/actions/{action}", {"version": version, "data": data})
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def share_act(self, who: str, assignment: str, number: str, action: str, **data: Any) -> dict[str, Any]:
        """Take an action on an assignment; it must succeed."""
        version = self.get("reviewer", f"/tickets/{number}").json["version"]
        path = f"/assignments/{assignment}/actions/{action}"
        answer = self.post(who, path, {"version": version, "data": data})
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def replied(self) -> str:
        """Bring a ticket to its callback; gives its number."""
        ticket, assignment = self.dispatched()
        number = ticket["number"]
        self.share_act("handler", assignment, number, "sign")
        self.share_act(
            "handler",
            assignment,
            number,
            "submit_reply",
            contact="unreachable",
            no_contact_reason="三次未接通",
            result="resolved",
            answer="维保单位已更换曳引机电路板，电梯恢复运行。",
            is_confirmed=True,
        )
        self.share_act("leader", assignment, number, "approve_unit_reply")
        assert self.act("auditor", number, "approve_reply")["state"] == "to_call_back"
        return number

    def dispatched(self, **changes: Any) -> tuple[dict[str, Any], str]:
        """Bring a ticket to its unit; gives the ticket and the main assignment's id."""
        number = self.registered("trusted", **changes)["number"]
        ticket = self.act("dispatcher", number, "dispatch", main_unit="WT-ZJJ")
        return ticket, ticket["units"][0]["assignment"]


def make_api(app: Any, session_factory: Any) -> Api:
    """Fill the tables and give everybody a token."""
    with session_factory.begin() as session:
        return Api(app.test_client(), dict(copied(session, "api", _found)))


def _found(session: Session) -> Mapping[str, str]:
    seed_calendar(session)
    seed_policy(session, _FOUNDED)
    units = [
        Unit(code="WT-ZJJ", name="梧桐区住建局", liaison_phone="13900139000", district="梧桐区"),
        Unit(code="BJ-CGJ", name="滨江区城管局", district="滨江区"),
    ]
    session.add_all(units)
    session.flush()
    session.add(
        Category(
            code="ZJ0302",
            name="电梯维保",
            path="住房城建/物业/电梯维保",
            level=3,
            owner_unit_id=units[0].id,
        )
    )
    by_code = {unit.code: unit.id for unit in units} | {"": None}
    tokens = {}
    for name, (roles, unit, is_trusted) in PEOPLE.items():
        new = NewUser(name, name, roles=roles, unit_id=by_code[unit], has_trusted_intake=is_trusted)
        user = accounts.create_user(session, new, _FOUNDED)
        tokens[name] = api_tokens.issue_token(session, user.id, api_tokens.Grant("tests"), _FOUNDED)
    return tokens
