"""Does somebody watch a ticket, and which ones?"""

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.models.watches import TicketWatch
from workflows.definition import Actor


def watched_by(user_id: int | None) -> ColumnElement[bool]:
    """The condition under which a ticket is on somebody's list."""
    return exists(
        select(TicketWatch.ticket_id).where(
            TicketWatch.ticket_id == Ticket.id, TicketWatch.user_id == user_id
        )
    )


def is_watched(session: Session, ticket: Ticket, viewer: Actor) -> bool:
    """Whether the ticket is on the viewer's list."""
    return viewer.user_id is not None and session.get(TicketWatch, (viewer.user_id, ticket.id)) is not None
