"""Was the unit pressed about a ticket in its hands, and has it not said since how things stand?"""

from sqlalchemy import select

from hotline.models.ticket import TicketEvent
from hotline.queries.ticket_page import TicketPage
from hotline.queries.timeline import Entry
from hotline.web.ticket_moves import Look
from workflows.choices import Visibility
from workflows.vocabulary import AssignmentState, Role

_IN_HAND = (AssignmentState.TO_SIGN, AssignmentState.HANDLING, AssignmentState.SUB_DISPATCHED)
_ANSWERS = frozenset({"record_contact", "submit_reply"})


def find_unanswered(look: Look, page: TicketPage) -> Entry | None:
    """Find the last urge that the viewer's units have not answered.

    To the citizen a contact or a note they can read is an answer; to a supervisor any note is.
    """
    held = [share.created_at for share in page.shares if share.is_ours and share.state in _IN_HAND]
    if not page.urge_count or not held:
        return None
    acts = (TicketEvent.action.in_(("urge", "note", *_ANSWERS)), TicketEvent.at >= min(held))
    of_ticket = select(TicketEvent).where(TicketEvent.ticket_id == look.ticket.id, *acts)
    urge: TicketEvent | None = None
    for event in look.session.scalars(of_ticket.order_by(TicketEvent.number)):
        if event.action == "urge":
            urge = event
        elif urge is not None and event.unit_id in look.viewer.subtree_unit_ids and _answers(event, urge):
            urge = None
    return next((each for each in page.entries if urge is not None and each.number == urge.number), None)


def _answers(event: TicketEvent, urge: TicketEvent) -> bool:
    is_read_by_all = event.data.get("visibility") == Visibility.CITIZEN
    return event.action in _ANSWERS or is_read_by_all or urge.role == Role.SUPERVISOR
