"""How hard is a ticket pressed: in the round of handling that runs now, and in its whole life?"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Ticket, TicketEvent
from workflows.choices import SYSTEM_ACTS, OrderLevel, SystemAct
from workflows.vocabulary import ClockName, Machine, OrderState, Role


def pressed_level(session: Session, ticket: Ticket, clocks: Iterable[Clock]) -> int:
    """Tell the highest level since the running handling clock began; what was reached before is history."""
    handle = next((c for c in clocks if c.name == ClockName.HANDLE and c.assignment_id is None), None)
    if handle is None or not ticket.supervised_level:
        return ticket.supervised_level
    since = (TicketEvent.ticket_id == ticket.id, TicketEvent.at >= handle.started_at)
    pressed = select(TicketEvent.data).where(*since, TicketEvent.action.in_(("escalate", "issue")))
    pressed = pressed.where(~_withdrawn(ticket))
    return max((int(data["level"]) for data in session.scalars(pressed)), default=0)


def standing_level(session: Session, ticket: Ticket, but: int) -> int:
    """Tell the highest level the ticket was ever raised to, but by one order and those withdrawn."""
    is_left_out = and_(TicketEvent.machine == Machine.ORDER.value, TicketEvent.subject_id == but)
    raised = select(TicketEvent.role, TicketEvent.data).where(
        TicketEvent.ticket_id == ticket.id,
        TicketEvent.action.in_(("escalate", "issue")),
        ~is_left_out,
        ~_withdrawn(ticket),
    )
    found = [(role, OrderLevel(data["level"])) for role, data in session.execute(raised)]
    return max((int(level) for role, level in found if not _is_proposal(role, level)), default=0)


def _is_proposal(role: str, level: OrderLevel) -> bool:
    """Whether only the system asked for what a person alone may order."""
    return role == Role.SYSTEM and SYSTEM_ACTS[level] is SystemAct.PROPOSE


def _withdrawn(ticket: Ticket) -> ColumnElement[bool]:
    withdrawn = select(SupervisionOrder.id).where(
        SupervisionOrder.ticket_id == ticket.id, SupervisionOrder.state == OrderState.WITHDRAWN.value
    )
    return and_(TicketEvent.machine == Machine.ORDER.value, TicketEvent.subject_id.in_(withdrawn))
