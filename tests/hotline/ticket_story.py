"""A small city whose people move one ticket along through the real door."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.directory import roles_of, subtree_ids
from hotline.services import accounts, intake, lifecycle
from hotline.services.accounts import NewUser
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.lifecycle import Command
from hotline.services.policy_seeds import seed_policy
from tests.copies import copied
from workflows.definition import Actor
from workflows.vocabulary import Machine, Role, TicketState

PASSWORD = "Ginkgo-avenue-7"
_FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)
LONG_ANSWER = "已联系安居物业，电梯已于今天上午修复并通过检验，恢复运行。如再停运，请拨打物业值班电话。"
PEOPLE = {
    "li": ("李敏", Role.AGENT, None),
    "qian": ("钱进", Role.REVIEWER, None),
    "zhao": ("赵磊", Role.DISPATCHER, None),
    "wang": ("王建国", Role.HANDLER, "housing"),
    "liu": ("刘芳", Role.UNIT_LEADER, "housing"),
    "chen": ("陈刚", Role.HANDLER, "water"),
    "sun": ("孙悦", Role.AUDITOR, None),
    "he": ("何静", Role.CALLBACK_AGENT, None),
    "ma": ("马超", Role.SUPERVISOR, None),
}
RECORD = {
    "type": "complaint",
    "title": "和平里小区 12 幢电梯停运",
    "content": "11 月 15 日起电梯停运，老人上下楼难。诉求：督促物业尽快修复。",
    "channel": "phone",
    "district": "梧桐区",
    "street": "和平街道",
    "address": "和平里小区 12 幢 3 单元",
    "citizen_name": "陈桂英",
    "phone": "13800005678",
}


@dataclass
class City:
    """Ids by short names, and the people as actors."""

    units: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    category: int = 0


def found_city(session: Session) -> City:
    return copied(session, "ticket story", _found)


def _found(session: Session) -> City:
    seed_calendar(session)
    seed_policy(session, _FOUNDED)
    city = City()
    for code, name in (("housing", "梧桐区住建局"), ("water", "云江市水务集团"), ("market", "市市场监管局")):
        unit = Unit(code=code, name=name, tier=2, liaison_email=f"{code}@example.cn")
        session.add(unit)
        session.flush()
        city.units[code] = unit.id
    leaf = Category(
        code="lift",
        name="电梯维修",
        path="住房物业/物业服务/电梯维修",
        level=3,
        owner_unit_id=city.units["housing"],
    )
    session.add(leaf)
    session.flush()
    city.category = leaf.id
    for username, (name, role, unit_code) in PEOPLE.items():
        unit_id = city.units[unit_code] if unit_code else None
        new = NewUser(username, name, PASSWORD, frozenset({role}), unit_id, has_trusted_intake=True)
        user = accounts.create_user(session, new, _FOUNDED, accounts.CHEAP_HASHER)
        session.flush()
        subtree = subtree_ids(session, unit_id) if unit_id else frozenset()
        city.users[username] = user.id
        city.actors[username] = accounts.actor_of(user, roles_of(session, user.id), subtree, "127.0.0.1")
    return city


def registered(session: Session, city: City, now: datetime, **changes) -> Ticket:
    data = {**RECORD, "category": city.category, **changes}
    return intake.register_and(session, data, ("submit_trusted", {}), city.actors["li"], now)


def dispatched(session: Session, city: City, now: datetime, **changes) -> Ticket:
    ticket = registered(session, city, now - timedelta(minutes=9), **changes)
    data = {"main_unit": city.units["housing"], "advice": "请先联系诉求人，督促物业修复。"}
    return step(session, city, ticket.number, "zhao", "dispatch", now, data)


def step(
    session: Session, city: City, number: str, who: str, action: str, now: datetime, data=None
) -> Ticket:
    return lifecycle.advance(session, Command(number, action, data or {}), city.actors[who], now)


def share_step(session: Session, city: City, number: str, who: str, action: str, now: datetime, data=None):
    share = share_of(session, number)
    command = Command(number, action, data or {}, machine=Machine.ASSIGNMENT, subject_id=share.id)
    return lifecycle.advance(session, command, city.actors[who], now)


def share_of(session: Session, number: str) -> Assignment:
    ticket = session.query(Ticket).filter_by(number=number).one()
    return session.query(Assignment).filter_by(ticket_id=ticket.id).order_by(Assignment.id.desc()).first()


def request_of(session: Session, number: str) -> Request:
    ticket = session.query(Ticket).filter_by(number=number).one()
    return session.query(Request).filter_by(ticket_id=ticket.id).order_by(Request.id.desc()).first()


def sign_in(client, username: str) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[1]
    answer = client.post("/login", data={"username": username, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 303


def hidden_fields(page: str) -> dict[str, str]:
    """What the last form of a page carries unseen."""
    names = ("csrf_token", "version", "request_key", "next")
    found = {name: re.findall(f'name="{name}" value="([^"]*)"', page) for name in names}
    return {name: values[-1] for name, values in found.items() if values}


__all__ = ["UTC", "City", "TicketState", "sessionmaker"]
