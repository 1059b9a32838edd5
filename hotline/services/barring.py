"""How is a ticket kept from whom it accuses? By rows that every query of tickets looks at."""

from collections.abc import Set as AbstractSet

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from hotline.models.barred_units import BarredUnit
from hotline.models.organisation import Unit
from hotline.models.ticket import Ticket
from hotline.queries.accused import accused_by, find_accused

_AT_ONCE = 200


def keep_bars(session: Session, ticket: Ticket) -> None:
    """Work out anew which units the ticket is kept from: asked whenever whom it accuses was written."""
    session.flush()
    before = barred_from(session, ticket.id)
    wanted, of_ticket = _wanted(session, ticket), BarredUnit.ticket_id == ticket.id
    if gone := before - wanted:
        session.execute(delete(BarredUnit).where(of_ticket, BarredUnit.unit_id.in_(gone)))
    if fresh := wanted - before:
        session.execute(
            insert(BarredUnit), [{"ticket_id": ticket.id, "unit_id": each} for each in sorted(fresh)]
        )


def barred_from(session: Session, ticket_id: int) -> frozenset[int]:
    """List the units a ticket is kept from."""
    found = session.scalars(select(BarredUnit.unit_id).where(BarredUnit.ticket_id == ticket_id))
    return frozenset(found)


def bar_some(session: Session, after: int) -> int | None:
    """Do so for the next tickets that accuse somebody: units get other names and other units over them.

    Gives the id of the last one, None when there is none left.
    """
    query = select(Ticket).where(Ticket.id > after)
    query = query.where(or_(Ticket.accused.is_not(None), Ticket.follower_count > 0))
    tickets = session.scalars(
        query.order_by(Ticket.id).limit(_AT_ONCE).with_for_update(skip_locked=True)
    ).all()
    for ticket in tickets:
        keep_bars(session, ticket)
    return tickets[-1].id if tickets else None


def _wanted(session: Session, ticket: Ticket) -> AbstractSet[int]:
    accused = accused_by(session, ticket)
    return find_accused(session, session.scalars(select(Unit.id)), accused) if accused else frozenset()
