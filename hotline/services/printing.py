"""What is put on record before a ticket goes to paper: a numbered copy, by whom, and with what in it."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.prints import PrintedCopy
from hotline.models.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Printing:
    """Who prints when, and whether the notes of the units and, of the tickets named, the caller are in it."""

    user_id: int
    at: datetime
    has_notes: bool
    with_caller: Collection[str] = ()


def number_copies(session: Session, ticket_ids: Sequence[int], printing: Printing) -> str:
    """Number one more copy of each ticket and return their batch. Never commits.

    A confidential ticket never has its caller in it, whatever is asked.
    """
    wanted = select(Ticket).where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id).with_for_update()
    tickets = {ticket.id: ticket for ticket in session.scalars(wanted)}
    batch, last = secrets.token_hex(16), _last_copies(session, ticket_ids)
    session.add_all(
        PrintedCopy(
            batch=batch,
            ticket_id=ticket_id,
            copy=last.get(ticket_id, 0) + 1,
            has_notes=printing.has_notes,
            has_caller=ticket.number in printing.with_caller and not ticket.is_confidential,
            printed_by_id=printing.user_id,
            printed_at=printing.at,
        )
        for ticket_id in ticket_ids
        if (ticket := tickets.get(ticket_id)) is not None
    )
    return batch


def _last_copies(session: Session, ticket_ids: Collection[int]) -> dict[int, int]:
    query = select(PrintedCopy.ticket_id, func.max(PrintedCopy.copy)).where(
        PrintedCopy.ticket_id.in_(ticket_ids)
    )
    rows = session.execute(query.group_by(PrintedCopy.ticket_id))
    return {ticket_id: copy for ticket_id, copy in rows}  # noqa: C416 - a Row is no pair to mypy
