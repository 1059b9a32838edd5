"""Which copies of a ticket are on paper, what does a batch consist of, and who let the reply go out?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.models.prints import PrintedCopy
from hotline.models.ticket import Assignment, Ticket, TicketEvent
from hotline.queries.scope import visible_to
from workflows.definition import Actor

_BY_CENTRE = frozenset({"approve_reply", "close_without_callback"})
_ANEW = frozenset({"submit_reply", "handle_again"})


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


@dataclass(frozen=True, slots=True)
class Approval:
    """Who found a reply fit to go out, and when."""

    by: str
    at: datetime


def find_approval(session: Session, share_id: int) -> Approval | None:
    """Find who approved the reply of a main share: its unit's leader, else the centre; None as yet."""
    of_share = select(Assignment.ticket_id).where(Assignment.id == share_id).scalar_subquery()
    steps = TicketEvent.action.in_(("approve_unit_reply", *_BY_CENTRE, *_ANEW))
    columns = (TicketEvent.action, TicketEvent.subject_id, TicketEvent.actor_name, TicketEvent.at)
    query = select(*columns).where(TicketEvent.ticket_id == of_share, steps).order_by(TicketEvent.number)
    found: Approval | None = None
    for action, subject_id, name, at in session.execute(query):
        if subject_id == share_id:
            found = None if action in _ANEW else Approval(name, at)
        elif action in _BY_CENTRE:
            found = found or Approval(name, at)
    return found


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
