"""Who hears of what a citizen asks about their own data: they, and the number that was theirs."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.ticket import Citizen, Ticket
from hotline.services.address_book import of_citizen
from hotline.services.identity import takes_sms
from hotline.services.reasons import because_words
from notifications.catalog import Channel, channels_for
from notifications.outbox import Message, put
from workflows.vocabulary import Audience

_MOVED = "neutral_phone_moved"
# What a ticket was registered under, told anew to the number that holds now.
NEW_CODE = "neutral_accepted"


def tell_citizen(session: Session, ticket: Ticket, kind: str, request_id: int, now: datetime) -> None:
    """Tell them by the first channel that reaches them now, if there is any. Never commits."""
    citizen = None if ticket.citizen_id is None else session.get(Citizen, ticket.citizen_id)
    if citizen is None:
        return
    addresses = of_citizen(citizen)
    channel = next((each for each in channels_for(kind) if addresses.get(each)), None)
    if channel is None:
        return
    words = because_words(Audience.CITIZEN, is_english=citizen.language == "en")
    reference = f"citizen:{citizen.id}"
    message = Message(
        key=f"data:{request_id}:{kind}:{reference}:{channel}",
        kind=kind,
        channel=channel,
        recipient=reference,
        address=addresses[channel],
        language=citizen.language,
        facts={"number": ticket.number, "link": "", "because": words, **_secrets(ticket, kind)},
        subject=ticket.number,
        order_key=f"{ticket.number}:{reference}",
        urgent=False,
        created_at=now,
        because=Audience.CITIZEN,
    )
    put(session, message)


def _secrets(ticket: Ticket, kind: str) -> dict[str, str]:
    return {"query_code": ticket.query_code} if kind == NEW_CODE else {}


def tell_former_number(session: Session, ticket: Ticket, phone: str, request_id: int, now: datetime) -> None:
    """Tell the number that hears no more, by SMS where it takes any. Never commits."""
    if not takes_sms(phone):
        return
    # No reference of the citizen's: that would lead it to the new number.
    reference = f"phone:data-{request_id}"
    message = Message(
        key=f"data:{request_id}:{_MOVED}:{reference}:{Channel.SMS}",
        kind=_MOVED,
        channel=Channel.SMS,
        recipient=reference,
        address=phone,
        language="zh",
        facts={"number": ticket.number},
        subject=ticket.number,
        order_key=f"{ticket.number}:{reference}",
        urgent=False,
        created_at=now,
        because=Audience.CITIZEN,
    )
    put(session, message)
