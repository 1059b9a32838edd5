"""Whose ticket is the one that is open: claimed as its page opens, and never at the price of the page?"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from database import db
from hotline.models.ticket import Ticket
from hotline.queries.claims import Holder, find_holder
from hotline.services import claims
from hotline.web.transaction import aside
from workflows.definition import Actor
from workflows.errors import Code, Refused

_log = structlog.get_logger(__name__)
_SOON = timedelta(minutes=2)


def claim_opened(ticket: Ticket, viewer: Actor, now: datetime) -> Holder | None:
    """Claim a ticket of the viewer's own pool; returns whoever else has it in hand.

    While the database is busy nothing is claimed and the page opens all the same.
    """
    if viewer.user_id is None or not is_of_pool(ticket, viewer):
        return None
    try:
        with aside() as session:
            holder = claims.claim(session, ticket, viewer.user_id, now)
            session.commit()
            return holder
    except OperationalError as error:
        _log.info("claim_skipped", kind=type(error.orig).__name__)
        return find_other(ticket, viewer, now)


def keep_claim(ticket: Ticket, viewer: Actor, now: datetime) -> None:
    """Lengthen one's own claim while one is at work on the form."""
    holder = find_holder(db.session(), ticket.id, now)
    if holder is not None and holder.user_id == viewer.user_id and holder.until - now < _SOON:
        claim_opened(ticket, viewer, now)


def find_other(ticket: Ticket, viewer: Actor, now: datetime) -> Holder | None:
    """Find whoever else has the ticket in hand."""
    holder = find_holder(db.session(), ticket.id, now)
    return None if holder is None or holder.user_id == viewer.user_id else holder


def take_over(session: Session, ticket: Ticket, viewer: Actor, now: datetime) -> None:
    """Take a ticket from whoever has it in hand; that is on record. Raises Refused outside one's own pool."""
    if viewer.user_id is None or not is_of_pool(ticket, viewer):
        raise Refused(Code.NOT_YOUR_ROLE)
    had = claims.take_over(session, ticket, viewer.user_id, now)
    _log.info(
        "claim_taken_over",
        number=ticket.number,
        user_id=viewer.user_id,
        from_user_id=None if had is None else had.user_id,
    )


def is_of_pool(ticket: Ticket, viewer: Actor) -> bool:
    """Whether the ticket waits in a pool of the viewer's."""
    return claims.POOLS.get(ticket.state) in viewer.roles
