"""Who was allowed to see a sealed identity, by whom, until when, and whether they did?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Request, Ticket
from workflows.guards.requests import DISCLOSED_FOR
from workflows.vocabulary import RequestKind, RequestState


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One look that was allowed: to `name` and nobody else, once, before `until`."""

    number: str
    username: str
    name: str
    unit: str
    purpose: str
    allowed_by: str
    allowed_at: datetime
    until: datetime
    viewed_at: datetime | None
    is_open: bool

    @property
    def state(self) -> str:
        """What became of it, in words."""
        if self.viewed_at is not None:
            return "已查看"
        return "可以查看" if self.is_open else "过期未看"


def list_disclosures(session: Session, number: str, limit: int, now: datetime) -> Sequence[Disclosure]:
    """List what was allowed, the newest first; of one ticket where given."""
    decider = aliased(User)
    query = (
        select(Request, Ticket.number, User.username, User.display_name, Unit.name, decider.display_name)
        .join(Ticket, Ticket.id == Request.ticket_id)
        .join(User, User.id == Request.asked_by_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .outerjoin(decider, decider.id == Request.decided_by_id)
        .where(
            Request.kind == RequestKind.IDENTITY_DISCLOSURE.value,
            Request.state == RequestState.APPROVED.value,
        )
        .order_by(Request.decided_at.desc(), Request.id.desc())
        .limit(limit)
    )
    if number:
        query = query.where(Ticket.number == number)
    return [_disclosure(row, names, now) for row, *names in session.execute(query)]


def _disclosure(row: Request, names: Sequence[str | None], now: datetime) -> Disclosure:
    number, username, name, unit, allowed_by = (text or "" for text in names)
    allowed_at = row.decided_at or row.asked_at
    until = allowed_at + DISCLOSED_FOR
    return Disclosure(
        number=number,
        username=username,
        name=name,
        unit=unit,
        purpose=row.basis,
        allowed_by=allowed_by,
        allowed_at=allowed_at,
        until=until,
        viewed_at=row.viewed_at,
        is_open=row.viewed_at is None and now <= until,
    )
