"""What did somebody do last to a ticket, and what may an undo take back?"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Assignment, Ticket, TicketEvent
from workflows.definition import ActorKind
from workflows.facts import LastAct
from workflows.grace import GRACE

# More than any step that may be undone brings with it.
_FEW = 4


def last_act_of(
    session: Session, ticket: Ticket, shares: Iterable[Assignment], now: datetime
) -> LastAct | None:
    """Tell the last act of a person; None when no share was given or signed for within the grace.

    The trail need not be asked then: every step that may be undone gives a share or signs for one.
    """
    moments = (at for share in shares for at in (share.created_at, share.signed_at) if at is not None)
    if not any(now - at < GRACE for at in moments):
        return None
    events = list_latest(session, ticket)
    act = next((event for event in events if event.actor_kind != ActorKind.SYSTEM), None)
    if act is None:
        return None
    after = tuple(event.action for event in reversed(events) if event.number > act.number)
    return LastAct(act.action, act.actor_id, act.at, act.subject_id, after)


def find_undone(session: Session, ticket: Ticket) -> TicketEvent:
    """Find the step that an undo takes back: the last one of a person, as the guards made sure."""
    return next(e for e in list_latest(session, ticket) if e.actor_kind != ActorKind.SYSTEM)


def list_latest(session: Session, ticket: Ticket) -> Sequence[TicketEvent]:
    """List the last few events of a ticket, the newest first."""
    of_ticket = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)
    return session.scalars(of_ticket.order_by(TicketEvent.number.desc()).limit(_FEW)).all()
