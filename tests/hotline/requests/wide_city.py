"""The small city with everybody who decides requests, a unit below a unit, and requests through the door."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.models.orders import SupervisionOrder
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.services.lifecycle import Command
from tests.hotline.supervisor.small_city import SmallCity
from workflows.vocabulary import Machine, Role

NOW = datetime.now(UTC)
EXTENSION = {"reason": "配件要从外地调运，三天后到。", "days": 2, "citizen_words": "配件在路上，请再等两天。"}
SUSPENSION = {
    "plan": "列入明年改造计划。",
    "condition": "改造资金下达。",
    "review_on": (NOW + timedelta(days=40)).date().isoformat(),
}
EXCLUSION = {"ground": "beyond_duty", "evidence": "属业主自有管线，见物业合同第七条。"}
_MORE = {
    "centre": Role.CENTRE_LEADER,
    "security": Role.SECURITY_OFFICER,
    "second-reviewer": Role.REVIEWER,
    "second-supervisor": Role.SUPERVISOR,
}


@dataclass
class WideCity(SmallCity):
    """Every call commits."""

    def __post_init__(self) -> None:
        super().__post_init__()
        with self.factory.begin() as session:
            for username, role in _MORE.items():
                self._add_user(session, username, frozenset({role}))
            above = session.scalars(select(Unit).where(Unit.code == "CG")).one()
            street = Unit(
                code="JD", name="青桐街道办事处", tier=3, parent_id=above.id, has_reply_review=False
            )
            session.add(street)
            session.flush()
            self._add_user(session, "unit-jd", frozenset({Role.HANDLER, Role.UNIT_LEADER}), street.id)

    def unit(self, code: str) -> int:
        with self.factory() as session:
            return session.scalars(select(Unit.id).where(Unit.code == code)).one()

    def handled(self, unit: str = "CG", at: datetime = NOW, **record: Any) -> str:
        """A ticket whose main unit has signed for it."""
        number = self.dispatched(at, unit, **record)
        self.share_act(number, "sign", {}, at)
        return number

    def closed(self, at: datetime = NOW, unit: str = "CG") -> str:
        number = self.to_call_back(at, unit)
        answers = {"solved": "yes", "satisfaction": "satisfied", "was_contacted": True}
        self.act("callback", Command(number, "close", answers), at + timedelta(minutes=2))
        return number

    def ask(
        self,
        number: str,
        username: str,
        action: str,
        data: dict[str, Any],
        at: datetime = NOW,
        **subject: Any,
    ) -> int:
        """Ask about the main share, or about the ticket with `share=False`; returns the request's id."""
        share = self.share(number).id if subject.get("share", True) else None
        self.act(username, Command(number, action, data, None, Machine.REQUEST, share), at)
        return self.request(number).id

    def decide(
        self, number: str, username: str, action: str, data: dict[str, Any] | None = None, at: datetime = NOW
    ) -> None:
        subject = self.request(number).id
        self.act(username, Command(number, action, data or {}, None, Machine.REQUEST, subject), at)

    def order(self, number: str, *units: str, username: str = "supervisor", **data: Any) -> int:
        told = {"level": "3", "units": list(units), "opinion": "请三日内办结并书面反馈。", **data}
        self.act(username, Command(number, "issue", told, None, Machine.ORDER), NOW)
        with self.factory() as session:
            return session.scalars(select(SupervisionOrder.id).order_by(SupervisionOrder.id.desc())).first()

    def on_order(self, number: str, order_id: int, username: str, action: str, **data: Any) -> None:
        self.act(username, Command(number, action, data, None, Machine.ORDER, order_id), NOW)

    def share(self, number: str) -> Assignment:
        return self._latest(Assignment, number)

    def request(self, number: str) -> Request:
        return self._latest(Request, number)

    def _latest(self, model: Any, number: str) -> Any:
        query = select(model).join(Ticket, Ticket.id == model.ticket_id).where(Ticket.number == number)
        with self.factory() as session:
            return session.scalars(query.order_by(model.id.desc())).first()


def csrf(client: FlaskClient) -> str:
    return re.search(r'name="csrf-token" content="([^"]+)"', client.get("/no-such-page").text)[1]


def post(client: FlaskClient, url: str, **data: Any) -> Any:
    return client.post(url, data={"csrf_token": csrf(client), **data})
