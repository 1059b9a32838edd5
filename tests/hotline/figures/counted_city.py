"""Tickets put down as they lie in the tables after a whole life, so that figures can be counted by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Rating, Ticket

ZONE = ZoneInfo("Asia/Shanghai")
_serials = count(1)


def on(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def add_unit(session: Session, code: str, **facts: Any) -> int:
    unit = Unit(code=code, name=f"{code} 局", **facts)
    session.add(unit)
    session.flush()
    return unit.id


def add_ticket(session: Session, created_at: datetime, **facts: Any) -> Ticket:
    serial = next(_serials)
    told = {"number": f"T{serial}", "query_code": "1", "link_token": "t", "link_hash": f"h{serial}"}
    text = {"title": "路灯不亮", "content": "路灯不亮。", "channel": "phone", "type": "complaint"}
    ticket = Ticket(**{**told, **text, "state": "in_process", "created_at": created_at, **facts})
    session.add(ticket)
    session.flush()
    return ticket


@dataclass(frozen=True)
class Said:
    """What the citizen said at callback."""

    solved: str = "yes"
    satisfaction: str = "satisfied"
    was_contacted: bool = True


def add_closed(
    session: Session, units: Sequence[int], closed_at: datetime, said: Said | None = None, **facts: Any
) -> Ticket:
    """A closed ticket that was held by each unit for a round, one after the other."""
    given_at = closed_at - timedelta(days=2)
    life = {"state": "closed", "outcome": "resolved", "round": len(units), "is_late": False}
    ticket = add_ticket(session, given_at, **{**life, "closed_at": closed_at, **facts})
    for number, unit_id in enumerate(units, 1):
        add_share(session, ticket, unit_id, given_at, number, state="replied", replied_at=closed_at)
    if said is not None:
        session.add(
            Rating(
                ticket_id=ticket.id,
                round=len(units),
                solved=said.solved,
                satisfaction=said.satisfaction,
                was_contacted=said.was_contacted,
                rated_by="callback_agent",
                rated_at=closed_at,
            )
        )
    session.flush()
    return ticket


def add_share(
    session: Session, ticket: Ticket, unit_id: int, given_at: datetime, number: int = 1, **facts: Any
) -> Assignment:
    share = Assignment(
        **{"is_main": True, "state": "handling", **facts},
        ticket_id=ticket.id,
        unit_id=unit_id,
        round=number,
        created_at=given_at,
    )
    session.add(share)
    session.flush()
    return share


def add_clock(session: Session, ticket: Ticket, name: str, due_at: datetime, stopped_at: datetime) -> Clock:
    clock = Clock(
        ticket_id=ticket.id,
        name=name,
        unit="working_days",
        started_at=ticket.created_at,
        due_at=due_at,
        original_due_at=due_at,
        stopped_at=stopped_at,
    )
    session.add(clock)
    session.flush()
    return clock
