"""Which tickets have timers that are due, and which of them may this worker settle?

A worker takes what nobody else has locked and never waits for a lock, so that it cannot be part of a knot
whatever the order it takes them in. On SQLite there is one writer, who may settle everything.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.orm import Session

from hotline.models.clocks import Timer
from hotline.models.ticket import Ticket
from hotline.services.lifecycle import family_of

# Left out, and the only ones that are meant where any are named.
Choice = tuple[Collection[int], Collection[int]]
# Spelt out in the statement: SQLite takes a partial index only for what it can read.
_PENDING: ColumnElement[str] = literal_column("'pending'")


def is_any_due(session: Session, now: datetime, left_out: Collection[int]) -> bool:
    """Tell whether a timer is due at `now`, whoever holds its ticket."""
    return session.scalar(select(Timer.id).where(*_due(now, (left_out, ()))).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Locked:
    """A ticket that this transaction has locked, with whom its actions may reach: the ids of its family."""

    ticket: Ticket
    family: frozenset[int]


def lock_due(session: Session, now: datetime, most: int, choice: Choice) -> dict[int, Locked]:
    """Lock the tickets of up to `most` due timers, longest due first, and their families; by the ticket's id.

    A ticket that somebody holds, or a relative of which somebody holds, is not among them.
    """
    due = (
        select(Ticket)
        .join(Timer, Timer.ticket_id == Ticket.id)
        .where(*_due(now, choice))
        .order_by(Timer.due_at, Timer.id)
        .limit(most)
        .with_for_update(of=Ticket, skip_locked=True)
    )
    tickets = {ticket.id: ticket for ticket in session.scalars(due)}
    families = {ticket.id: frozenset(family_of(session, ticket)) for ticket in tickets.values()}
    locked = tickets.keys() | _lock_free(session, frozenset().union(*families.values()) - tickets.keys())
    return {
        ticket.id: Locked(ticket, families[ticket.id])
        for ticket in tickets.values()
        if families[ticket.id] <= locked
    }


def list_due(session: Session, ticket_ids: Collection[int], now: datetime) -> list[Timer]:
    """List the due timers of tickets that are locked, in due order, as they stand now."""
    due = select(Timer).where(Timer.ticket_id.in_(ticket_ids), *_due(now)).order_by(Timer.due_at, Timer.id)
    # Other statements write timers past the session, so what it remembers of them is stale.
    return list(session.scalars(due, execution_options={"populate_existing": True}))


def _due(now: datetime, choice: Choice = ((), ())) -> list[ColumnElement[bool]]:
    left_out, only = choice
    wanted = [Timer.state == _PENDING, Timer.due_at <= now]
    if left_out:
        wanted.append(Timer.ticket_id.not_in(left_out))
    if only:
        wanted.append(Timer.ticket_id.in_(only))
    return wanted


def _lock_free(session: Session, ticket_ids: Collection[int]) -> set[int]:
    if not ticket_ids:
        return set()
    free = select(Ticket).where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id)
    return {ticket.id for ticket in session.scalars(free.with_for_update(skip_locked=True))}
