"""Tickets that came through the real doors, for tests that stand in a citizen's shoes."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Assignment, Ticket
from hotline.services import intake
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.lifecycle import Command, advance
from hotline.services.policy_seeds import seed_policy
from tests.copies import copied
from workflows.definition import SYSTEM, Actor, ActorKind
from workflows.vocabulary import Machine, Role

BUREAU = "梧桐区住建局"
HANDLER_NAME = "陆青野"
ANSWER = "已协调安居物业启用应急维修资金，电梯于 11 月 23 日 15 时恢复运行。"
RECORD = {
    "type": "complaint",
    "content": "和平里小区 12 幢电梯停运 8 天，老人上下楼困难。",
    "title": "和平里小区 12 幢电梯停运，老人上下楼难",
    "channel": "phone",
    "category": "ZJ0302",
    "district": "梧桐区",
    "address": "和平里小区 12 幢",
    "phone": "13800138000",
}
_FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
_PEOPLE = {
    Role.AGENT: "林晓禾",
    Role.REVIEWER: "秦书言",
    Role.DISPATCHER: "方向南",
    Role.HANDLER: HANDLER_NAME,
    Role.AUDITOR: "许明远",
    Role.CALLBACK_AGENT: "江念慈",
    Role.SUPERVISOR: "沈知行",
}


@dataclass(slots=True)
class City:
    """Rules, one bureau whose leader need not approve, and one person per role."""

    factory: sessionmaker[Session]
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=30))
    actors: dict[Role, Actor] = field(default_factory=dict)
    unit_id: int = 0

    def found(self) -> "City":
        with self.factory.begin() as session:
            self.unit_id, actors = copied(session, "journeys", _found)
            self.actors.update(actors)
        return self

    def register(self, **changes: Any) -> str:
        """Submit a request over the telephone; gives its number."""
        with self.factory.begin() as session:
            record = {**RECORD, **changes}
            agent = self.actors[Role.AGENT]
            return intake.register_and(session, record, ("submit", {}), agent, self.began_at).number

    def role(self, name: str) -> Role:
        return Role(name)

    def answered_directly(self, answer: str) -> str:
        """Answer a question on the spot."""
        with self.factory.begin() as session:
            record = {**RECORD, "type": "consultation"}
            follow = ("answer_directly", {"answer": answer, "source": "公交集团时刻表"})
            agent = self.actors[Role.AGENT]
            return intake.register_and(session, record, follow, agent, self.began_at).number

    def act(
        self, number: str, action: str, role: Role | None, /, at: datetime | None = None, **data: Any
    ) -> None:
        """Act on the ticket, or on its last assignment when the action is an assignment's."""
        actor = SYSTEM if role is None else self.actors[role]
        is_share = action in {"sign", "submit_reply"}
        with self.factory.begin() as session:
            share = session.scalar(select(Assignment.id).order_by(Assignment.id.desc()).limit(1))
            machine = Machine.ASSIGNMENT if is_share else Machine.TICKET
            command = Command(number, action, data, None, machine, share if is_share else None)
            advance(session, command, actor, at or self.began_at + timedelta(minutes=10))

    def dispatched(self, **changes: Any) -> str:
        number = self.register(**changes)
        self.act(number, "approve_intake", Role.REVIEWER)
        self.act(number, "dispatch", Role.DISPATCHER, main_unit="WT-ZJ")
        return number

    def signed(self, **changes: Any) -> str:
        number = self.dispatched(**changes)
        self.act(number, "sign", Role.HANDLER)
        return number

    def reply(self, number: str, answer: str = ANSWER) -> None:
        data = {"contact": "contacted", "result": "resolved", "answer": answer, "is_confirmed": True}
        self.act(number, "submit_reply", Role.HANDLER, **data)

    def replied(self, **changes: Any) -> str:
        """Bring a ticket to the point where its citizen is asked to rate."""
        number = self.signed(**changes)
        self.reply(number)
        self.act(number, "approve_reply", Role.AUDITOR)
        return number

    def closed(self, **changes: Any) -> str:
        """Bring a ticket to its end by a good rating over the telephone."""
        number = self.replied(**changes)
        checked = {"was_contacted": True, "is_truthful": True}
        self.act(number, "close", Role.CALLBACK_AGENT, solved="yes", satisfaction="satisfied", **checked)
        return number

    def ticket(self, number: str) -> Ticket:
        with self.factory() as session:
            return session.scalars(select(Ticket).where(Ticket.number == number)).one()

    def change(self, number: str, **columns: Any) -> None:
        """Set columns behind the doors' back, to age a ticket."""
        with self.factory.begin() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            for name, value in columns.items():
                setattr(ticket, name, value)


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def open_with_code(client: Any, city: City, number: str) -> Any:
    page = client.get("/find").text
    data = {"number": number, "code": city.ticket(number).query_code}
    return client.post("/find", data={**hidden(page), **data})


def _found(session: Session) -> tuple[int, dict[Role, Actor]]:
    seed_calendar(session)
    seed_policy(session, _FOUNDED)
    unit = Unit(
        code="WT-ZJ", name=BUREAU, name_en="Wutong Housing Bureau", has_reply_review=False,
        liaison_phone="13900000101",
    )  # fmt: skip
    session.add(unit)
    session.flush()
    session.add(Category(code="ZJ0302", name="电梯", path="住建/电梯", level=2, owner_unit_id=unit.id))
    return unit.id, {role: _employ(session, role, name, unit.id) for role, name in _PEOPLE.items()}


def _employ(session: Session, role: Role, name: str, unit_id: int) -> Actor:
    user = User(username=role.value, display_name=name, created_at=_FOUNDED)
    session.add(user)
    session.flush()
    person = Actor(ActorKind.USER, name, frozenset({role}), user.id)
    if role is Role.HANDLER:
        return replace(person, unit_id=unit_id, subtree_unit_ids=frozenset({unit_id}))
    return person
