"""One ticket's rows laid down by hand, each with a secret beside what is meant for the citizen."""

from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.organisation import Unit, UnitKind
from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from hotline.queries.public_status import StepKind, read_status

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SECRET = "内部情况不得外传"
WORDS = "维修资金审批需要时间，预计 12 月初完成。"
MISSING = "请补充电梯内的照片。"
PLAN = f"先做检测（{SECRET}）"


@dataclass
class Story:
    """One ticket and its rows, written down one after the other."""

    session: Session
    ticket: Ticket
    units: dict[str, int]
    numbers: count = field(default_factory=lambda: count(1))

    def happened(self, machine: str, action: str, role: str, /, unit: str = "", **more) -> None:
        number = next(self.numbers)
        row = {
            "ticket_id": self.ticket.id, "number": number, "machine": machine, "action": action, "role": role,
            "from_state": "x", "to_state": "x", "actor_kind": role if role == "citizen" else "user",
            "actor_name": "陆青野", "unit_id": self.units.get(unit), "at": NOW - timedelta(hours=50 - number),
            "round": self.ticket.round, "data": {}, "previous_hash": "", "hash": "",
        }  # fmt: skip
        self.session.add(TicketEvent(**{**row, **more}))
        self.session.flush()

    def share(self, unit: str, **more) -> Assignment:
        row = {"ticket_id": self.ticket.id, "unit_id": self.units[unit], "is_main": True, "round": 1,
               "state": "handling", "created_at": NOW}  # fmt: skip
        share = Assignment(**{**row, **more})
        self.session.add(share)
        self.session.flush()
        return share

    def asked(self, kind: str, state: str, share: Assignment | None = None, **details) -> Request:
        request = Request(
            ticket_id=self.ticket.id, assignment_id=share.id if share else None, kind=kind, state=state,
            reason="", basis=SECRET, details=details, asked_at=NOW, decision_reason=SECRET,
        )  # fmt: skip
        self.session.add(request)
        self.session.flush()
        return request

    def promised(self, due_at: datetime, **more) -> None:
        row = {"ticket_id": self.ticket.id, "name": "handle", "unit": "working_days", "started_at": NOW,
               "due_at": due_at, "original_due_at": due_at}  # fmt: skip
        self.session.add(Clock(**{**row, **more}))
        self.session.flush()

    def become(self, **columns) -> None:
        for name, value in columns.items():
            setattr(self.ticket, name, value)
        self.session.flush()

    def status(self, offered=()):
        return read_status(self.session, self.ticket, NOW, offered)

    @property
    def steps(self) -> list[tuple[StepKind, str]]:
        return [(step.kind, step.text) for step in self.status().steps]


def new_ticket(session: Session, number: str, **columns) -> Ticket:
    row = {
        "number": number, "query_code": "123456", "link_token": number, "link_hash": number,
        "state": "in_process", "type": "complaint", "title": "电梯停运", "content": "12 幢电梯停运 8 天",
        "channel": "phone", "created_at": NOW, "district": "梧桐区", "street": "和平街道", "address": "12 幢",
    }  # fmt: skip
    ticket = Ticket(**{**row, **columns})
    session.add(ticket)
    session.flush()
    return ticket


def texts(value: object) -> str:
    """Everything that a value says, however deep."""
    if is_dataclass(value) and not isinstance(value, type):
        return " ".join(texts(getattr(value, each.name)) for each in fields(value))
    if isinstance(value, list | tuple):
        return " ".join(texts(each) for each in value)
    return str(value)


@pytest.fixture
def units(session) -> dict[str, int]:
    rows = {
        "centre": Unit(code="12345", name="12345 热线中心", tier=1, kind=UnitKind.CENTRE),
        "housing": Unit(code="ZJ", name="梧桐区住建局", tier=2, kind=UnitKind.BUREAU),
        "care": Unit(code="CG", name="梧桐区城管局", tier=2, kind=UnitKind.BUREAU),
        "street": Unit(code="JD", name="和平街道办", tier=3, kind=UnitKind.STREET),
    }
    session.add_all(rows.values())
    session.flush()
    return {name: unit.id for name, unit in rows.items()}


@pytest.fixture
def story(session, units) -> Story:
    return Story(session, new_ticket(session, "20261123000123"), units)
