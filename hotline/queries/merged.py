"""What was merged with a ticket: the one it went into with its answer, or those that went into it."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from hotline.models.ticket import Rating, Ticket
from hotline.queries.scope import visible_to
from hotline.queries.ticket_parts import Linked, Master
from workflows.definition import Actor
from workflows.vocabulary import Outcome, TicketState

_MOST_SHOWN = 50
_MASTER = aliased(Ticket)


def find_master(session: Session, ticket: Ticket, viewer: Actor) -> Master | None:
    """Find the ticket this one went into, where the viewer may see it."""
    if ticket.master_id is None:
        return None
    wanted = (
        select(Ticket.number, Ticket.title, Ticket.state, Ticket.public_answer)
        .where(Ticket.id == ticket.master_id, visible_to(viewer))
        .limit(1)
    )
    row = session.execute(wanted).one_or_none()
    return None if row is None else Master(row.number, row.title, row.state, row.public_answer or "")


def list_followers(session: Session, ticket: Ticket, viewer: Actor) -> tuple[Linked, ...]:
    """List those that went into it and that the viewer may see; its units know their number alone."""
    if not ticket.follower_count:
        return ()
    wanted = (
        select(Ticket.number, Ticket.title, Ticket.state)
        .where(Ticket.master_id == ticket.id, visible_to(viewer))
        .order_by(Ticket.id)
        .limit(_MOST_SHOWN)
    )
    return tuple(Linked(*row) for row in session.execute(wanted))


def waits_for_rating() -> ColumnElement[bool]:
    """The condition for a merged ticket whose citizen is still to be asked, while its master's is."""
    said = (
        select(Rating.id)
        .where(Rating.ticket_id == Ticket.id, Rating.rated_at >= Ticket.closed_at)
        .where(Rating.rated_at >= _MASTER.handled_at)
        .correlate(Ticket, _MASTER)
    )
    asked = select(_MASTER.id).where(
        _MASTER.id == Ticket.master_id, _MASTER.state == TicketState.TO_CALL_BACK.value, ~said.exists()
    )
    is_merged = Ticket.outcome == Outcome.MERGED.value
    return and_(is_merged, Ticket.callback_wanted.is_(True), asked.correlate(Ticket).exists())
