"""A city small enough to count by hand, whose tickets come about through the door like real ones."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Assignment, Ticket
from hotline.queries.directory import roles_of, subtree_ids
from hotline.services import accounts, intake
from hotline.services.accounts import Client, NewUser
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.lifecycle import Command, advance
from hotline.services.policy_seeds import seed_policy
from tests.copies import copied
from workflows.definition import Actor
from workflows.vocabulary import Machine, Role

PHONE = "13812345678"
ANSWER = "已更换六盏灯具，二十日晚现场复核全部亮灯，诉求人已知悉。"
RECORD = {
    "type": "complaint",
    "title": "春风里路灯整排不亮",
    "content": "梧桐区文昌路春风里路灯整排不亮，已经三天。",
    "channel": "phone",
    "district": "梧桐区",
    "address": "文昌路 12 号",
    "citizen_name": "何明",
    "phone": PHONE,
    "category": "CG-06",
    "callback_wanted": True,
}
_STAFF: dict[str, frozenset[Role]] = {
    "agent": frozenset({Role.AGENT}),
    "reviewer": frozenset({Role.REVIEWER}),
    "dispatcher": frozenset({Role.DISPATCHER}),
    "auditor": frozenset({Role.AUDITOR}),
    "callback": frozenset({Role.CALLBACK_AGENT}),
    "supervisor": frozenset({Role.SUPERVISOR}),
    "administrator": frozenset({Role.ADMINISTRATOR}),
}


@dataclass
class SmallCity:
    """Two units, seven members of staff, and tickets as far along as a test wants them."""

    factory: sessionmaker[Session]

    def __post_init__(self) -> None:
        with self.factory.begin() as session:
            copied(session, "small city", self._found)

    def _found(self, session: Session) -> None:
        seed_calendar(session)
        seed_policy(session, datetime(2026, 1, 1, tzinfo=UTC))
        lamps = Unit(code="CG", name="梧桐区城管局", liaison_phone="05718800123", has_reply_review=False)
        roads = Unit(code="JT", name="市交通局", has_reply_review=False)
        session.add_all([lamps, roads])
        session.flush()
        session.add(
            Category(code="CG-06", name="路灯照明", path="城市管理/路灯照明", level=2, owner_unit_id=lamps.id)
        )
        for username, roles in _STAFF.items():
            self._add_user(session, username, roles)
        both = frozenset({Role.HANDLER, Role.UNIT_LEADER})
        for unit in (lamps, roads):
            self._add_user(session, f"unit-{unit.code.lower()}", both, unit.id)

    def _add_user(self, session: Session, username: str, roles: frozenset[Role], unit: int | None = None):
        new = NewUser(username, f"{username} 的姓名", "Ginkgo-avenue-7", roles, unit_id=unit)
        accounts.create_user(session, new, datetime.now(UTC), accounts.CHEAP_HASHER)

    def actor(self, username: str) -> Actor:
        with self.factory() as session:
            user = session.scalars(select(User).where(User.username == username)).one()
            subtree = frozenset() if user.unit_id is None else subtree_ids(session, user.unit_id)
            return accounts.actor_of(user, roles_of(session, user.id), subtree, "127.0.0.1")

    def sign_in(self, app: Any, username: str) -> Any:
        """A browser in which the member of staff is signed in."""
        with self.factory.begin() as session:
            user = session.scalars(select(User).where(User.username == username)).one()
            token = accounts.open_session(session, user.id, Client(), datetime.now(UTC))
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return client

    def accepted(self, at: datetime, **record: Any) -> str:
        """A ticket that waits for dispatch."""
        agent, data = self.actor("agent"), {**RECORD, **record}
        with self.factory.begin() as session:
            number = intake.register_and(session, data, ("submit", {}), agent, at).number
        self.act("reviewer", Command(number, "approve_intake"), at)
        return number

    def dispatched(self, at: datetime, unit: str = "CG", **record: Any) -> str:
        number = self.accepted(at, **record)
        data = {"main_unit": unit, "choice_reason": "属地管理"}
        self.act("dispatcher", Command(number, "dispatch", data), at)
        return number

    def replied(self, at: datetime, unit: str = "CG", result: str = "resolved", **record: Any) -> str:
        """A ticket whose main unit has answered."""
        number = self.dispatched(at, unit, **record)
        reply = {"contact": "contacted", "result": result, "answer": ANSWER}
        self.share_act(number, "sign", {}, at)
        contact = {"contacted_at": at, "way": "phone", "result": "已联系。"}
        self.act(f"unit-{unit.lower()}", Command(number, "record_contact", contact), at)
        self.share_act(number, "submit_reply", reply, at)
        return number

    def to_call_back(self, at: datetime, unit: str = "CG", result: str = "resolved", **record: Any) -> str:
        number = self.replied(at, unit, result, **record)
        self.act("auditor", Command(number, "approve_reply"), at + timedelta(minutes=1))
        return number

    def act(self, username: str, command: Command, at: datetime) -> None:
        actor = self.actor(username)
        with self.factory.begin() as session:
            advance(session, command, actor, at)

    def share_act(self, number: str, action: str, data: dict[str, Any], at: datetime) -> None:
        with self.factory() as session:
            share, code = session.execute(
                select(Assignment.id, Unit.code)
                .join(Unit, Unit.id == Assignment.unit_id)
                .join(Ticket, Ticket.id == Assignment.ticket_id)
                .where(Ticket.number == number, Assignment.is_main.is_(True))
                .order_by(Assignment.id.desc())
                .limit(1)
            ).one()
        command = Command(number, action, data, machine=Machine.ASSIGNMENT, subject_id=share)
        self.act(f"unit-{code.lower()}", command, at)

    def ticket(self, number: str) -> Ticket:
        with self.factory() as session:
            return session.scalars(select(Ticket).where(Ticket.number == number)).one()
