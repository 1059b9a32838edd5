"""What does a ticket look like to somebody: one document, its caller hidden from those who may not see."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.api.documents.tickets import (
    CallerOut,
    CategoryName,
    Counters,
    CreatedTicket,
    PlaceOut,
    TicketOut,
    UnitShare,
)
from hotline.models.ticket import Ticket
from hotline.queries.api_parts import find_category, find_citizen, list_shares
from hotline.queries.lights import light_of
from hotline.queries.reveals import caller_of
from hotline.queries.scope import find_position, may_see_identity
from hotline.queries.ticket_parts import Caller
from hotline.web.filters import mask_email, mask_id_number, mask_name, mask_phone
from workflows.definition import Actor

_AS_STORED = (
    "number",
    "version",
    "state",
    "outcome",
    "round",
    "type",
    "urgency",
    "channel",
    "title",
    "content",
    "accused",
    "callback_wanted",
    "is_hard",
    "is_public",
    "leading_clock",
    "due_at",
    "original_due_at",
    "public_answer",
    "direct_answer",
    "created_at",
    "submitted_at",
    "dispatched_at",
    "contacted_at",
    "closed_at",
    "archived_at",
)


def ticket_document(session: Session, ticket: Ticket, viewer: Actor, now: datetime) -> TicketOut:
    """Describe a ticket the viewer was found to see."""
    lat, lng = find_position(ticket, viewer) or (None, None)
    return TicketOut(
        **{name: getattr(ticket, name) for name in _AS_STORED},
        category=_category(session, ticket),
        place=PlaceOut(
            district=ticket.district,
            street=ticket.street,
            address=ticket.address,
            lat=lat,
            lng=lng,
        ),
        caller=_caller(session, ticket, viewer),
        light=light_of(ticket, now).value,
        units=_units(session, ticket),
        counters=Counters(
            returns=ticket.return_count,
            send_backs=ticket.send_back_count,
            urges=ticket.urge_count,
            call_attempts=ticket.call_attempts,
        ),
    )


def created_document(session: Session, ticket: Ticket, viewer: Actor, now: datetime) -> CreatedTicket:
    """Describe a ticket that was made this moment, with its query code."""
    shown = ticket_document(session, ticket, viewer, now)
    return CreatedTicket(**dict(shown), query_code=ticket.query_code)


def _category(session: Session, ticket: Ticket) -> CategoryName | None:
    category = find_category(session, ticket.category_id)
    if category is None:
        return None
    return CategoryName(id=str(category.id), code=category.code, name=category.name)


def _caller(session: Session, ticket: Ticket, viewer: Actor) -> CallerOut:
    may_see = may_see_identity(ticket, viewer)
    citizen = find_citizen(session, ticket.citizen_id) if may_see else None
    return CallerOut(
        name=(mask_name(citizen.name) or None) if citizen else None,
        phone=(mask_phone(caller_of(citizen).dialled) or None) if citizen else None,
        email=(mask_email(citizen.email) or None) if citizen else None,
        id_number=(mask_id_number(citizen.id_number) or None) if citizen else None,
        anonymous=ticket.is_anonymous,
        confidential=ticket.is_confidential,
        is_hidden=not may_see,
    )


def revealed_document(ticket: Ticket, caller: Caller) -> CallerOut:
    """Describe who called to somebody who was shown it."""
    return CallerOut(
        name=caller.name or None,
        phone=caller.phone or None,
        email=caller.email or None,
        id_number=caller.id_number or None,
        anonymous=ticket.is_anonymous,
        confidential=ticket.is_confidential,
        is_hidden=False,
    )


def _units(session: Session, ticket: Ticket) -> list[UnitShare]:
    return [
        UnitShare(
            id=str(unit.id),
            code=unit.code,
            name=unit.name,
            assignment=str(share.id),
            is_main=share.is_main,
            state=share.state,
        )
        for share, unit in list_shares(session, ticket.id)
    ]
