"""What did an agent leave unfinished, or get back from review?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.desk.forms import CallForm, starting_values
from hotline.desk.surroundings import dialled
from hotline.models.catalog import Category
from hotline.models.ticket import Citizen, Ticket, TicketEvent
from hotline.queries.categories import find_successor
from hotline.queries.scope import find_visible, get_visible
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import TicketState

_SAME = ("type", "urgency", "district", "street", "address", "content", "title", "accused")


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket that may still be changed; `reason` is why it came back from review, if it did."""

    ticket: Ticket
    reason: str
    returned_by: str
    returned_at: datetime | None


def get_draft(session: Session, number: str, viewer: Actor) -> Draft:
    """Read a draft. Raises Refused when it is absent or no draft any more."""
    ticket = get_visible(session, number, viewer)
    if ticket.state != TicketState.DRAFT:
        raise Refused(Code.NOT_IN_THIS_STATE)
    event = session.scalar(
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.action == "return_intake")
        .order_by(TicketEvent.number.desc())
        .limit(1)
    )
    if event is None:
        return Draft(ticket, "", "", None)
    return Draft(ticket, str(event.data.get("reason", "")), event.actor_name, event.at)


def starting_form(session: Session, ticket: Ticket) -> CallForm:
    """Fill the form with what the draft says."""
    citizen = session.get(Citizen, ticket.citizen_id) if ticket.citizen_id else None
    category = session.get(Category, ticket.category_id) if ticket.category_id else None
    values = {name: getattr(ticket, name) for name in _SAME} | {
        "category": find_successor(session, category.code) if category else "",
        "citizen_name": citizen.name if citizen else "",
        "phone": dialled(citizen.phone or "") if citizen else "",
        "email": citizen.email if citizen else "",
        "is_minor": bool(citizen and citizen.is_minor),
        "guardian_phone": dialled(citizen.guardian_phone or "") if citizen else "",
        "id_number": citizen.id_number if citizen else "",
        "is_anonymous": ticket.is_anonymous,
        "is_confidential": ticket.is_confidential,
        "callback_wanted": "yes" if ticket.callback_wanted else "no",
        "version": ticket.version,
    }
    return CallForm(formdata=None, data=starting_values(values))


def find_own(session: Session, number: str, viewer: Actor, since: datetime) -> Ticket | None:
    """Find a ticket the viewer registered after `since`; anybody else's looks absent."""
    ticket = find_visible(session, number, viewer) if number else None
    is_own = ticket is not None and ticket.registered_by_id == viewer.user_id
    return ticket if is_own and ticket is not None and ticket.created_at >= since else None
