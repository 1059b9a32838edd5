"""A small city for tests of the staff's pages: two districts' bureaux, their people, and tickets through the door."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.directory import roles_of, subtree_ids
from hotline.services import accounts, intake
from hotline.services.accounts import NewUser
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.lifecycle import Command, advance
from hotline.services.policy_seeds import seed_policy
from tests.copies import copied
from workflows.definition import Actor
from workflows.vocabulary import Machine, Role

PASSWORD = "Ginkgo-avenue-7"
_FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
GOOD_REPLY = {
    "contact": "contacted",
    "result": "resolved",
    "answer": "电梯已于今天上午修复并恢复运行，物业承诺今后停运会提前三天告知。",
}
PEOPLE: dict[str, tuple[str | None, tuple[Role, ...]]] = {
    "agent": (None, (Role.AGENT,)),
    "reviewer": (None, (Role.REVIEWER,)),
    "dispatcher": (None, (Role.DISPATCHER,)),
    "auditor": (None, (Role.AUDITOR,)),
    "handler": ("WT-ZJ", (Role.HANDLER,)),
    "leader": ("WT-ZJ", (Role.UNIT_LEADER,)),
    "chief": ("WT-ZJ", (Role.HANDLER, Role.UNIT_LEADER)),
    "other": ("BJ-CG", (Role.HANDLER,)),
    "helper": ("WT-CG", (Role.HANDLER,)),
}
UNITS = {
    "WT-ZJ": ("梧桐区住房和城乡建设局", "梧桐区"),
    "WT-CG": ("梧桐区城市管理局", "梧桐区"),
    "BJ-CG": ("滨江区城市管理局", "滨江区"),
}


@dataclass
class Office:
    """The city, and shortcuts through its door; every call commits."""

    factory: sessionmaker[Session]
    now: datetime

    def actor(self, username: str) -> Actor:
        with self.factory() as session:
            user = session.scalars(select(User).where(User.username == username)).one()
            subtree = subtree_ids(session, user.unit_id) if user.unit_id else frozenset()
            return accounts.actor_of(user, roles_of(session, user.id), subtree, None)

    def unit_id(self, code: str) -> int:
        with self.factory() as session:
            return session.scalars(select(Unit.id).where(Unit.code == code)).one()

    def waiting(self, title: str = "和平里小区 12 幢电梯停运", **more: Any) -> str:
        """Register a ticket and bring it to the dispatch pool; returns its number."""
        data = {
            "type": "complaint",
            "title": title,
            "content": f"{title}。该单元共 11 层，老人上下楼难。诉求：督促物业尽快修复。",
            "district": "梧桐区",
            "street": "青桐街道",
            "address": "和平里小区 12 幢 3 单元",
            "category": "ZF-01",
            "phone": "13800000000",
            "citizen_name": "陈某",
            "callback_wanted": True,
            **more,
        }
        with self.factory.begin() as session:
            ticket = intake.register_and(session, data, ("submit", {}), self.actor("agent"), self.now)
            number = ticket.number
        self.act("reviewer", number, "approve_intake")
        return number

    def act(
        self, username: str, number: str, action: str, data: dict[str, Any] | None = None, **subject: Any
    ) -> None:
        command = Command(number, action, data or {}, None, **subject)
        with self.factory.begin() as session:
            advance(session, command, self.actor(username), self.now)

    def dispatched(self, title: str = "和平里小区 12 幢电梯停运", unit: str = "WT-ZJ", **more: Any) -> str:
        number = self.waiting(title)
        self.act("dispatcher", number, "dispatch", {"main_unit": unit, "choice_reason": "职责所在", **more})
        return number

    def handled(self, title: str = "和平里小区 12 幢电梯停运", **more: Any) -> str:
        number = self.dispatched(title, **more)
        self.on_share(number, "handler", "sign")
        return number

    def on_share(
        self, number: str, username: str, action: str, data: dict[str, Any] | None = None, unit: str = "WT-ZJ"
    ) -> None:
        share = self.share(number, unit)
        self.act(username, number, action, data, machine=Machine.ASSIGNMENT, subject_id=share.id)

    def ask_return(
        self, number: str, username: str = "handler", unit: str = "WT-ZJ", instead: str = "梧桐区城市管理局"
    ) -> int:
        data = {
            "reason": "not_our_duty",
            "basis": "电梯属特种设备，依据职责清单由城管局牵头。",
            "suggested_unit": instead,
        }
        share = self.share(number, unit)
        self.act(username, number, "ask_return", data, machine=Machine.REQUEST, subject_id=share.id)
        with self.factory() as session:
            return session.scalars(select(Request.id).where(Request.assignment_id == share.id)).one()

    def replied(self, title: str = "和平里小区 12 幢电梯停运", **more: Any) -> str:
        """Bring a ticket to the auditor."""
        number = self.handled(title)
        self.on_share(number, "handler", "submit_reply", {**GOOD_REPLY, **more})
        self.on_share(number, "leader", "approve_unit_reply")
        return number

    def ticket(self, number: str) -> Ticket:
        with self.factory() as session:
            return session.scalars(select(Ticket).where(Ticket.number == number)).one()

    def share(self, number: str, unit: str = "WT-ZJ") -> Assignment:
        with self.factory() as session:
            wanted = select(Assignment).join(Ticket, Ticket.id == Assignment.ticket_id)
            wanted = wanted.join(Unit, Unit.id == Assignment.unit_id)
            wanted = wanted.where(Ticket.number == number, Unit.code == unit).order_by(Assignment.id.desc())
            return session.scalars(wanted).first()


def open_office(factory: sessionmaker[Session]) -> Office:
    """Seed units, one category, rules and people."""
    with factory.begin() as session:
        copied(session, "office", _found)
    return Office(factory, datetime.now(UTC) - timedelta(minutes=2))


def _found(session: Session) -> None:
    seed_calendar(session)
    seed_policy(session, _FOUNDED)
    parent = Unit(code="WT-GOV", name="梧桐区人民政府", tier=1, kind="district", district="梧桐区")
    session.add(parent)
    session.flush()
    units = {
        code: Unit(code=code, name=name, short_name=name, district=district, parent_id=parent.id)
        for code, (name, district) in UNITS.items()
    }
    session.add_all(units.values())
    session.flush()
    session.add(
        Category(
            code="ZF-01",
            name="物业服务",
            path="住房与物业/物业服务",
            level=2,
            owner_unit_id=units["WT-ZJ"].id,
        )
    )
    for number, (username, (unit, roles)) in enumerate(PEOPLE.items(), 1):
        unit_id = units[unit].id if unit else None
        name = f"{roles[0].label_zh}{number}"
        new = NewUser(username, name, PASSWORD, frozenset(roles), unit_id, f"{number:04d}")
        accounts.create_user(session, new, _FOUNDED, accounts.CHEAP_HASHER)


def sign_in(client: FlaskClient, username: str) -> FlaskClient:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[1]
    answer = client.post("/login", data={"username": username, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 303, answer.text
    return client


def csrf(client: FlaskClient) -> str:
    return re.search(r'name="csrf-token" content="([^"]+)"', client.get("/no-such-page").text)[1]


def follow(client: FlaskClient, answer: Any):
    """Go where a form led to: nothing is told in answer to a form itself."""
    assert answer.status_code == 303
    return client.get(answer.location)


def post(client: FlaskClient, url: str, **data: Any):
    return client.post(url, data={"csrf_token": csrf(client), **data})
