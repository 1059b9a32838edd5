"""How does somebody take a ticket of a pool in hand, so that nobody else decides it meanwhile?

A claim lasts a few minutes, and no longer than the ticket stays in the state it was claimed in: whatever
moves the ticket on ends the claim too. One person has one ticket in hand.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hotline.models.claims import TicketClaim
from hotline.models.ticket import Ticket
from hotline.queries.claims import Holder, find_holder
from workflows.vocabulary import Role, TicketState

LASTS = timedelta(minutes=3)
# Whose pool a state is: only its people take tickets out of it.
POOLS: Mapping[str, Role] = {
    TicketState.INTAKE_REVIEW.value: Role.REVIEWER,
    TicketState.TO_DISPATCH.value: Role.DISPATCHER,
    TicketState.REPLY_REVIEW.value: Role.AUDITOR,
    TicketState.TO_CALL_BACK.value: Role.CALLBACK_AGENT,
}


def claim(session: Session, ticket: Ticket, user_id: int, now: datetime) -> Holder | None:
    """Take a ticket in hand unless somebody else has it; returns whoever has. Never commits.

    Of two who ask at the same moment exactly one gets it. Asking again lengthens one's own claim.
    """
    _let_others_go(session, ticket, user_id)
    insert = _insert(session, ticket, user_id, now)
    is_free = or_(
        TicketClaim.until <= now,
        TicketClaim.user_id == user_id,
        TicketClaim.state != insert.excluded.state,
    )
    if session.execute(_replacing(insert, is_free)).first() is not None:
        return None
    return find_holder(session, ticket.id, now)


def take_over(session: Session, ticket: Ticket, user_id: int, now: datetime) -> Holder | None:
    """Take a ticket in hand whoever has it; returns whom it was taken from. Never commits."""
    had = find_holder(session, ticket.id, now)
    _let_others_go(session, ticket, user_id)
    session.execute(_replacing(_insert(session, ticket, user_id, now), None))
    return None if had is None or had.user_id == user_id else had


def release(session: Session, ticket_id: int, user_id: int) -> None:
    """Put one's ticket back; somebody else's claim stays."""
    session.execute(
        delete(TicketClaim).where(TicketClaim.ticket_id == ticket_id, TicketClaim.user_id == user_id)
    )


def other_holder(session: Session, ticket_id: int, user_id: int | None, now: datetime) -> str | None:
    """Name whoever else has the ticket in hand. Nobody holds up the system."""
    holder = None if user_id is None else find_holder(session, ticket_id, now)
    return None if holder is None or holder.user_id == user_id else holder.name


def _let_others_go(session: Session, ticket: Ticket, user_id: int) -> None:
    session.execute(
        delete(TicketClaim).where(TicketClaim.user_id == user_id, TicketClaim.ticket_id != ticket.id)
    )


def _insert(session: Session, ticket: Ticket, user_id: int, now: datetime) -> Any:
    is_postgresql = session.connection().dialect.name == "postgresql"
    insert: Any = postgresql.insert if is_postgresql else sqlite.insert
    return insert(TicketClaim).values(
        ticket_id=ticket.id, user_id=user_id, state=ticket.state, until=now + LASTS
    )


def _replacing(insert: Any, condition: Any) -> Any:
    new = {name: getattr(insert.excluded, name) for name in ("user_id", "state", "until")}
    statement = insert.on_conflict_do_update(index_elements=["ticket_id"], set_=new, where=condition)
    return statement.returning(TicketClaim.user_id)
