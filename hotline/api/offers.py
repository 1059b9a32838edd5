"""What may the caller do now, with which data, and whom would it tell: the tables, as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hotline.api.documents.parts import Field, OfferOut, Offers, WouldTell
from hotline.api.part_documents import text_id
from hotline.models.ticket import Ticket
from hotline.queries.api_parts import list_live_assignments, list_open_requests
from hotline.queries.order_parts import list_open_orders
from hotline.services import offering
from notifications.catalog import channels_for
from workflows.definition import Actor, Need, NeedKind, Notice, Offer
from workflows.request.parts import ASKS_OF_SHARE, KIND_OF_ASK
from workflows.vocabulary import Machine

_BASE = "/api/v1"
_REFERENCE = "id or code of a unit"


@dataclass(frozen=True, slots=True)
class _Place:
    """On what an offer acts and where it is posted."""

    machine: Machine
    subject: int | None
    path: str


def offers_document(session: Session, ticket: Ticket, viewer: Actor, now: datetime, language: str) -> Offers:
    """List the moves on the ticket, on its live assignments and on its open requests."""
    number = ticket.number
    place = _Place(Machine.TICKET, None, f"/tickets/{number}/actions")
    found = [(place, offer) for offer in offering.offers(session, ticket, viewer, now)]
    for share in list_live_assignments(session, ticket.id):
        place = _Place(Machine.ASSIGNMENT, share.id, f"/assignments/{share.id}/actions")
        for offer in offering.assignment_offers(session, ticket, share, viewer, now):
            asking = _Place(Machine.REQUEST, share.id, f"/tickets/{number}/requests")
            found.append((asking if offer.action in ASKS_OF_SHARE else place, offer))
    for asked in list_open_requests(session, ticket.id):
        place = _Place(Machine.REQUEST, asked.id, f"/requests/{asked.id}/actions")
        found += [(place, offer) for offer in offering.request_offers(session, ticket, asked, viewer, now)]
    place = _Place(Machine.REQUEST, None, f"/tickets/{number}/requests")
    found += [(place, offer) for offer in offering.ask_offers(session, ticket, viewer, now)]
    for order in list_open_orders(session, ticket.id):
        place = _Place(Machine.ORDER, order.id, f"/orders/{order.id}/actions")
        found += [(place, offer) for offer in offering.order_offers(session, ticket, order, viewer, now)]
    place = _Place(Machine.ORDER, None, f"/tickets/{number}/orders")
    found += [(place, offer) for offer in offering.new_order_offers(session, ticket, viewer, now)]
    items = [_offer(place, offer, language) for place, offer in found]
    return Offers(version=ticket.version, items=items)


def _offer(place: _Place, offer: Offer, language: str) -> OfferOut:
    is_new = offer.action in KIND_OF_ASK or offer.action == "issue"
    return OfferOut(
        machine=place.machine.value,
        subject=text_id(place.subject),
        action=offer.action,
        label=offer.label_en if language == "en" else offer.label_zh,
        href=_BASE + place.path + ("" if is_new else f"/{offer.action}"),
        needs=[_field(need, language) for need in offer.needs],
        messages=list(_messages(offer.notices, language)),
    )


def _field(need: Need, language: str) -> Field:
    words = [*need.choices] if need.choices is not None else []
    return Field(
        name=need.name,
        is_required=need.is_required,
        definition=_definition(need, [word.value for word in words]),
        choices=[
            {"value": word.value, "label": word.label_en if language == "en" else word.label_zh}
            for word in words
        ],
    )


def _definition(need: Need, words: list[str]) -> dict[str, Any]:
    kinds: dict[NeedKind, dict[str, Any]] = {
        NeedKind.TEXT: {"type": "string", "maxLength": need.max_length},
        NeedKind.CHOICE: {"type": "string", "enum": words},
        NeedKind.CHOICES: {"type": "array", "items": {"type": "string", "enum": words}},
        NeedKind.FLAG: {"type": "boolean"},
        NeedKind.ANSWER: {"type": "boolean"},
        NeedKind.NUMBER: {"type": "integer", "minimum": 0},
        NeedKind.INSTANT: {"type": "string", "format": "date-time"},
        NeedKind.UNIT: {"type": "string", "description": _REFERENCE},
        NeedKind.UNITS: {"type": "array", "items": {"type": "string", "description": _REFERENCE}},
        NeedKind.CATEGORY: {"type": "string", "description": "id, code or path of a leaf category"},
        NeedKind.DATE: {"type": "string", "format": "date"},
        NeedKind.TICKET: {"type": "string", "description": "number of a ticket"},
        NeedKind.PERSON: {
            "type": "string",
            "description": "id or user name of a handler of the unit that holds the assignment",
        },
        NeedKind.ASSIGNMENT: {"type": "string", "description": "id of an assignment of this ticket"},
    }
    return kinds[need.kind]


def _messages(notices: Iterable[Notice], language: str) -> Iterable[WouldTell]:
    for notice in notices:
        yield WouldTell(
            kind=notice.kind,
            audience=notice.audience.value,
            audience_label=notice.audience.label_en if language == "en" else notice.audience.label_zh,
            channels=[channel.value for channel in channels_for(notice.kind)],
        )
