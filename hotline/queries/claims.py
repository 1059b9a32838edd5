"""Which tickets has somebody else in hand, and until when?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.models.claims import TicketClaim
from hotline.models.people import User
from hotline.models.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever has a ticket in hand."""

    user_id: int
    name: str
    until: datetime


def find_holder(session: Session, ticket_id: int, now: datetime) -> Holder | None:
    """Tell who has a ticket in hand; nobody once its state has changed or the time is up."""
    row = session.execute(_held(now).where(Ticket.id == ticket_id)).first()
    return None if row is None else Holder(row.user_id, row.display_name, row.until)


def holders_of(
    session: Session, numbers: Collection[str], viewer_id: int | None, now: datetime
) -> Mapping[str, Holder]:
    """Find for each of these tickets whoever else has it in hand."""
    rows = session.execute(
        _held(now).where(Ticket.number.in_(numbers), TicketClaim.user_id.is_distinct_from(viewer_id))
    )
    return {row.number: Holder(row.user_id, row.display_name, row.until) for row in rows}


def _held(now: datetime) -> Select[str, int, datetime, str]:
    return (
        select(Ticket.number, TicketClaim.user_id, TicketClaim.until, User.display_name)
        .join(TicketClaim, TicketClaim.ticket_id == Ticket.id)
        .join(User, User.id == TicketClaim.user_id)
        .where(TicketClaim.until > now, TicketClaim.state == Ticket.state)
    )
