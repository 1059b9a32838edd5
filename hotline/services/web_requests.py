"""How does what a citizen typed on the web become a ticket: through the same door as an SMS, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.hashes import phone_hash
from hotline.models.jottings import Jotting
from hotline.models.ticket import Citizen, Ticket
from hotline.queries.nearby import find_chosen
from hotline.queries.said_same import CLAIM
from hotline.services.attachments import Shelf
from hotline.services.file_checks import Shown
from hotline.services.identity import normal_phone
from hotline.services.intake import register
from hotline.services.jottings import hand_over_files
from hotline.services.lifecycle import Command, advance
from hotline.services.likely_category import likely_category
from workflows.choices import StatementKind, Visibility
from workflows.definition import citizen_actor
from workflows.vocabulary import IntakeChannel, TicketType, Word

# How long the browser that sent a request is shown its number and code without being asked for them.
SHOWN_FOR = timedelta(hours=2)
_DAY = timedelta(days=1)
_REQUESTS_A_DAY = 5
_MATTER = ("type", "content", "accused", "district", "street", "address")
_PERSON = ("citizen_name", "phone", "email")


class Privacy(Word):
    """What may be known of whoever asks."""

    OPEN = "open", "一般", "Ordinary"
    CONFIDENTIAL = "confidential", "保密", "Confidential"
    ANONYMOUS = "anonymous", "匿名", "Anonymous"


class AskedEnoughError(Exception):
    """Raised for a telephone that has sent as many requests today as one person needs."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The browser that sends: where it is, and the language its reader gets messages in."""

    ip: str
    language: str


def send(session: Session, shelf: Shelf, jotting: Jotting, sender: Sender, now: datetime) -> Ticket:
    """Register and submit what was typed; the workflow tells number and code. Never commits.

    The caller has locked the jotting and seen that it was not sent yet. Raises Refused or AskedEnoughError.
    """
    record = _record(session, jotting.typed)
    if "phone" in record and _has_asked_enough(session, record["phone"], now):
        raise AskedEnoughError
    ticket = register(session, record, citizen_actor("", sender.ip), now)
    ticket.latitude, ticket.longitude = jotting.typed.get("latitude"), jotting.typed.get("longitude")
    citizen = session.get(Citizen, ticket.citizen_id) if ticket.citizen_id else None
    if citizen is not None:
        citizen.language = sender.language
    actor = citizen_actor(ticket.number, sender.ip)
    advance(session, Command(ticket.number, "submit"), actor, now)
    if same := find_chosen(session, jotting.typed, now):
        claim = {"text": CLAIM.format(number=same.number)}
        advance(session, Command(ticket.number, "add_details", claim), actor, now)
    for laid in hand_over_files(session, jotting):
        shelf.attach(session, ticket, (laid, Shown(Visibility.CITIZEN)), actor, now)
    jotting.typed, jotting.ticket_number, jotting.kept_until = {}, ticket.number, now + SHOWN_FOR
    return ticket


def _record(session: Session, typed: Mapping[str, Any]) -> dict[str, Any]:
    privacy = Privacy(typed["privacy"])
    is_report = typed["type"] == TicketType.REPORT
    names = _MATTER if privacy is Privacy.ANONYMOUS else _MATTER + _PERSON
    return {
        **{name: typed[name] for name in names if typed.get(name)},
        "category": likely_category(session, typed["content"]),
        "channel": IntakeChannel.WEB.value,
        "is_anonymous": privacy is Privacy.ANONYMOUS,
        "is_confidential": is_report or privacy is Privacy.CONFIDENTIAL,
        "callback_wanted": typed.get("callback_wanted") != "no",
        **_told(typed),
    }


def _told(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Which words the page showed them; a page from before there were any showed none."""
    number = typed.get("statement")
    return {"statement": StatementKind.WEB.value, "statement_number": number} if number else {}


def _has_asked_enough(session: Session, phone: str, now: datetime) -> bool:
    asked = (
        select(func.count(Ticket.id))
        .join(Citizen, Citizen.id == Ticket.citizen_id)
        .where(
            Citizen.phone_hash == phone_hash(normal_phone(phone)),
            Ticket.channel == IntakeChannel.WEB.value,
            Ticket.created_at > now - _DAY,
        )
    )
    return (session.scalar(asked) or 0) >= _REQUESTS_A_DAY
