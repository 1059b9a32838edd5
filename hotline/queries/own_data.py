"""What is kept of a citizen because of one ticket: everything of theirs, and nothing of anybody else's.

Personal Information Protection Law, articles 44 and 45. What staff wrote among themselves is not theirs; the
answers they were given, and their own words in every event, are.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.access import Attachment
from hotline.models.ticket import Citizen, Rating, Ticket, TicketEvent
from hotline.queries.data_requests import list_wished
from hotline.queries.public_status import PublicStatus
from hotline.queries.public_words import StepKind
from hotline.queries.said_same import is_claim
from hotline.queries.statements import find_given
from notifications.addresses import address_hash
from notifications.catalog import Channel
from notifications.models import InboundMessage, MailboxMessage, OutboxMessage
from workflows.choices import Visibility
from workflows.definition import ActorKind
from workflows.vocabulary import Role

_PERSON = ("name", "phone", "email", "id_number", "language", "is_minor", "guardian_phone")
_MATTER = (
    *("number", "type", "title", "content", "channel", "district", "street", "address", "accused"),
    *("latitude", "longitude"),
    *("is_anonymous", "is_confidential", "is_public", "callback_wanted", "created_at", "closed_at"),
)
_WORDS = ("text", "reason", "comment")


def read_own_data(session: Session, ticket: Ticket, shown: PublicStatus) -> dict[str, Any]:
    """Gather it in sections; `shown` is what the citizen's page says of the same ticket."""
    return {
        "person": _person(session, ticket),
        "request": {name: getattr(ticket, name) for name in _MATTER},
        "told": _told(session, ticket),
        "added": _added(session, ticket),
        "answers": [{"at": reply.at, "text": reply.text} for reply in shown.replies],
        "ratings": _ratings(session, ticket),
        "files": _files(session, ticket),
        "messages_to_you": _messages(session, ticket),
        "messages_from_you": _came(session, ticket),
        "data_requests": _asked(session, ticket),
    }


def _person(session: Session, ticket: Ticket) -> Mapping[str, Any]:
    citizen = None if ticket.citizen_id is None else session.get(Citizen, ticket.citizen_id)
    return {} if citizen is None else {name: getattr(citizen, name) for name in _PERSON}


def _told(session: Session, ticket: Ticket) -> Mapping[str, Any]:
    given = find_given(session, ticket.id)
    if given is None:
        return {}
    return {"by": given.kind.value, "version": given.number, "text": given.text, "text_en": given.text_en}


def _added(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    own = select(TicketEvent).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.actor_kind == ActorKind.CITIZEN.value
    )
    return [
        {
            "at": event.at,
            "act": StepKind.JOINED.value if is_claim(event) else event.action,
            "ip": event.ip,
            **_words_of(event),
        }
        for event in session.scalars(own.order_by(TicketEvent.number))
    ]


def _words_of(event: TicketEvent) -> dict[str, Any]:
    """What they wrote; the sentence that names a neighbour's ticket was written for them."""
    return {} if is_claim(event) else {name: event.data[name] for name in _WORDS if event.data.get(name)}


def _ratings(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    own = select(Rating).where(Rating.ticket_id == ticket.id, Rating.rated_by != Role.SYSTEM.value)
    return [
        {"at": row.rated_at, "solved": row.solved, "satisfaction": row.satisfaction, "comment": row.comment}
        for row in session.scalars(own.order_by(Rating.id))
    ]


def _files(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    own = select(Attachment).where(
        Attachment.ticket_id == ticket.id,
        Attachment.uploaded_by_id.is_(None),
        Attachment.visibility == Visibility.CITIZEN.value,
    )
    return [
        {"at": row.uploaded_at, "name": row.name, "type": row.content_type, "bytes": row.size}
        for row in session.scalars(own.order_by(Attachment.id))
    ]


def _messages(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    to_citizen = f"citizen:{ticket.citizen_id}"
    sent = select(OutboxMessage).where(
        OutboxMessage.subject == ticket.number, OutboxMessage.recipient == to_citizen
    )
    shown = select(MailboxMessage.message_id, MailboxMessage.body).where(
        MailboxMessage.subject == ticket.number, MailboxMessage.recipient == to_citizen
    )
    bodies = {row.message_id: row.body for row in session.execute(shown)}
    return [
        {
            "at": row.created_at,
            "kind": row.kind,
            "channel": row.channel,
            "address": row.address,
            "state": row.state,
            "text": bodies.get(row.id, ""),
        }
        for row in session.scalars(sent.order_by(OutboxMessage.created_at, OutboxMessage.id))
    ]


def _asked(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    return [
        {
            "at": each.asked_at,
            "kind": each.kind.value,
            "field": each.wanted.value if each.wanted else "",
            "value": each.value,
            "reason": each.reason,
            "state": each.state.value,
            "answer": each.answer,
            "answered_at": each.decided_at,
        }
        for each in list_wished(session, ticket.id)
    ]


def _came(session: Session, ticket: Ticket) -> list[dict[str, Any]]:
    """Texts from another telephone may name this ticket too; they are somebody else's."""
    citizen = None if ticket.citizen_id is None else session.get(Citizen, ticket.citizen_id)
    if citizen is None or citizen.phone is None:
        return []
    own = select(InboundMessage).where(
        InboundMessage.subject == ticket.number,
        InboundMessage.address_hash == address_hash(Channel.SMS, citizen.phone),
    )
    return [
        {"at": row.received_at, "text": row.body} for row in session.scalars(own.order_by(InboundMessage.id))
    ]
