"""How hard is a ticket pressed in the round of handling that runs now?"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Ticket, TicketEvent
from workflows.vocabulary import ClockName


def pressed_level(session: Session, ticket: Ticket, clocks: Iterable[Clock]) -> int:
    """Tell the highest level since the running handling clock began; what was reached before is history."""
    handle = next((c for c in clocks if c.name == ClockName.HANDLE and c.assignment_id is None), None)
    if handle is None or not ticket.supervised_level:
        return ticket.supervised_level
    since = (TicketEvent.ticket_id == ticket.id, TicketEvent.at >= handle.started_at)
    pressed = select(TicketEvent.data).where(*since, TicketEvent.action.in_(("escalate", "issue")))
    return max((int(data["level"]) for data in session.scalars(pressed)), default=0)
