"""What did an agent leave unfinished, or get back from review?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.desk.forms import CallForm, starting_values
from hotline.desk.surroundings import dialled
from hotline.models.catalog import Category
from hotline.models.ticket import Citizen, Ticket, TicketEvent
from hotline.queries.categories import find_successor
from hotline.queries.scope import find_visible, get_visible
from hotline.web.filters import mask_email, mask_id_number, mask_name, mask_phone
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import TicketState

_SAME = ("type", "urgency", "district", "street", "address", "content", "title", "accused")
_MASKS = {
    "citizen_name": mask_name,
    "phone": mask_phone,
    "email": mask_email,
    "guardian_phone": mask_phone,
    "id_number": mask_id_number,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket that may still be changed; `reason` is why it came back from review, if it did.

    `hidden` is who called, of a draft the viewer did not write: masked, and kept where nothing is typed.
    """

    ticket: Ticket
    reason: str
    returned_by: str
    returned_at: datetime | None
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def masked(self) -> dict[str, str]:
        """How each hidden value may be shown."""
        return {name: _MASKS[name](value) for name, value in self.hidden.items()}


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
    hidden = _hidden_from(session, ticket, viewer)
    if event is None:
        return Draft(ticket, "", "", None, hidden)
    return Draft(ticket, str(event.data.get("reason", "")), event.actor_name, event.at, hidden)


def list_reasons(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """Read why each of the tickets came back from review, the last time it did."""
    rows = session.execute(
        select(Ticket.number, TicketEvent.data)
        .join(TicketEvent, TicketEvent.ticket_id == Ticket.id)
        .where(Ticket.number.in_(numbers), TicketEvent.action == "return_intake")
        .order_by(TicketEvent.number)
    )
    return {number: str(data.get("reason", "")) for number, data in rows}


def complete(session: Session, record: Mapping[str, Any], number: str, viewer: Actor) -> dict[str, Any]:
    """Add to a draft's record what its form did not show; what was typed instead of it stands.

    Who sees the number of an identity document and empties its field wants it gone.
    """
    ticket = get_visible(session, number, viewer)
    is_gone = ticket.registered_by_id == viewer.user_id and "id_number" not in record
    emptied = {"no_id_number": True} if is_gone else {}
    return {**_hidden_from(session, ticket, viewer), **emptied, **record}


def starting_form(session: Session, draft: Draft) -> CallForm:
    """Fill the form with what the draft says, but for what is hidden."""
    ticket = draft.ticket
    citizen = session.get(Citizen, ticket.citizen_id) if ticket.citizen_id else None
    category = session.get(Category, ticket.category_id) if ticket.category_id else None
    values = {name: getattr(ticket, name) for name in _SAME} | {
        "category": find_successor(session, category.code) if category else "",
        **({} if citizen is None or draft.hidden else _identity_of(citizen)),
        "is_minor": bool(citizen and citizen.is_minor),
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


def _hidden_from(session: Session, ticket: Ticket, viewer: Actor) -> Mapping[str, str]:
    """Whoever wrote a draft down knows its caller; anybody else asks on the ticket's page, on record."""
    if ticket.registered_by_id == viewer.user_id or ticket.citizen_id is None:
        return {}
    known = _identity_of(session.get_one(Citizen, ticket.citizen_id))
    return {name: value for name, value in known.items() if value}


def _identity_of(citizen: Citizen) -> dict[str, str]:
    return {
        "citizen_name": citizen.name or "",
        "phone": dialled(citizen.phone or ""),
        "email": citizen.email or "",
        "guardian_phone": dialled(citizen.guardian_phone or ""),
        "id_number": citizen.id_number or "",
    }
