"""Which ticket does an address name? The guard finds it in scope, and the view need not ask again."""

from dataclasses import dataclass

from flask import g
from sqlalchemy.orm import Session, SessionTransaction

from hotline.models.ticket import Ticket
from hotline.queries.scope import find_visible, get_visible
from workflows.definition import Actor

_NAMED = "named_ticket"


@dataclass(frozen=True, slots=True)
class _Named:
    """A ticket in the viewer's scope, and the transaction in which that was asked."""

    number: str
    viewer: Actor
    transaction: SessionTransaction | None
    ticket: Ticket


def is_named_in_scope(session: Session, number: str, viewer: Actor) -> bool:
    """Whether there is such a ticket and the viewer may see it; it is kept for the view."""
    ticket = find_visible(session, number, viewer)
    if ticket is None:
        return False
    setattr(g, _NAMED, _Named(number, viewer, session.get_transaction(), ticket))
    return True


def forget_named() -> None:
    """Begin a request: what another one left, as it may in tests, is not this one's answer."""
    g.pop(_NAMED, None)


def get_named(session: Session, number: str, viewer: Actor) -> Ticket:
    """Take what the guard found in this very reading, once; else ask the scope. Raises Refused as it does.

    Whatever was locked or written since began another transaction, and the scope is asked anew there.
    """
    named: _Named | None = g.pop(_NAMED, None)
    if named is not None and named == _Named(number, viewer, session.get_transaction(), named.ticket):
        return named.ticket
    return get_visible(session, number, viewer)
