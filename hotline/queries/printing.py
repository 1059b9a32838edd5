"""Which copies of a ticket are on paper already, and what does a batch consist of?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.models.prints import PrintedCopy
from hotline.models.ticket import Ticket
from hotline.queries.scope import visible_to
from workflows.definition import Actor


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy: its number, and who made it when."""

    number: int
    printed_by: str
    printed_at: datetime


@dataclass(frozen=True, slots=True)
class CopyToShow:
    """A copy of a batch together with its ticket."""

    ticket: Ticket
    copy: Copy
    has_notes: bool
    has_caller: bool


def list_copies(session: Session, ticket_ids: Collection[int]) -> dict[int, list[Copy]]:
    """List the copies of each ticket, the latest first."""
    query = (
        select(PrintedCopy.ticket_id, PrintedCopy.copy, User.display_name, PrintedCopy.printed_at)
        .join(User, User.id == PrintedCopy.printed_by_id)
        .where(PrintedCopy.ticket_id.in_(ticket_ids))
        .order_by(PrintedCopy.copy.desc())
    )
    found: dict[int, list[Copy]] = {}
    for ticket_id, number, name, at in session.execute(query):
        found.setdefault(ticket_id, []).append(Copy(number, name, at))
    return found


def list_batch(session: Session, batch: str, viewer: Actor) -> Sequence[CopyToShow]:
    """List the copies of a batch of the viewer's own whose tickets they still may see, in the order asked."""
    query = (
        select(PrintedCopy, Ticket)
        .join(Ticket, Ticket.id == PrintedCopy.ticket_id)
        .where(PrintedCopy.batch == batch, PrintedCopy.printed_by_id == viewer.user_id, visible_to(viewer))
        .order_by(PrintedCopy.id)
    )
    return [
        CopyToShow(ticket, Copy(row.copy, viewer.name, row.printed_at), row.has_notes, row.has_caller)
        for row, ticket in session.execute(query)
    ]
