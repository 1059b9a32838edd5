"""How does somebody put a ticket on a list of their own, and take it off? The ticket stays as it is."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.models.watches import TicketWatch


def watch(session: Session, ticket: Ticket, user_id: int, now: datetime) -> None:
    """Put a ticket on the list; one that is on it stays, whoever else asks at the same moment."""
    is_postgresql = session.connection().dialect.name == "postgresql"
    insert: Any = postgresql.insert if is_postgresql else sqlite.insert
    row = insert(TicketWatch).values(user_id=user_id, ticket_id=ticket.id, watched_at=now)
    session.execute(row.on_conflict_do_nothing())


def unwatch(session: Session, ticket: Ticket, user_id: int) -> None:
    """Take a ticket off the list."""
    session.execute(
        delete(TicketWatch).where(TicketWatch.user_id == user_id, TicketWatch.ticket_id == ticket.id)
    )
