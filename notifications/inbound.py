"""What does a person's SMS mean: a rating, a stop, a return after a stop, or words for their ticket."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from notifications.addresses import address_hash
from notifications.catalog import KINDS, Channel
from notifications.models import InboundMessage, OptOut, OutboxMessage, State
from notifications.once import insert_once


class Meaning(StrEnum):
    """What an inbound SMS asks for."""

    SATISFIED = "satisfied"
    FAIRLY_SATISFIED = "fairly_satisfied"
    DISSATISFIED = "dissatisfied"
    STOP = "stop"
    RESUME = "resume"
    SUPPLEMENT = "supplement"

    @property
    def rating(self) -> int | None:
        """1 satisfied, 2 fairly, 3 not; None when the message is no rating."""
        return _RATINGS.get(self)


_RATINGS = {Meaning.SATISFIED: 1, Meaning.FAIRLY_SATISFIED: 2, Meaning.DISSATISFIED: 3}

# Whole messages only: "1 楼漏水" is a supplement, not praise.
_PHRASES = {
    **dict.fromkeys(("1", "一", "满意", "非常满意", "satisfied"), Meaning.SATISFIED),
    **dict.fromkeys(("2", "二", "基本满意", "fair"), Meaning.FAIRLY_SATISFIED),
    **dict.fromkeys(("3", "三", "不满意", "dissatisfied"), Meaning.DISSATISFIED),
    **dict.fromkeys(("stop", "td", "t", "n", "退订", "unsubscribe"), Meaning.STOP),
    **dict.fromkeys(("start", "恢复", "恢复订阅"), Meaning.RESUME),
}
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True)
class Inbound:
    """An SMS as the provider handed it over."""

    provider: str
    reference: str
    address: str
    body: str
    at: datetime


def understand(text: str) -> Meaning:
    """Read one message; full-width digits, spaces, brackets and closing marks do not matter."""
    words = _EDGES.sub("", unicodedata.normalize("NFKC", text)).lower()
    return _PHRASES.get(words, Meaning.SUPPLEMENT)


def receive(session: Session, inbound: Inbound) -> Meaning | None:
    """Store an SMS and follow a stop or resume; None when this one was received before."""
    meaning = understand(inbound.body)
    hashed = address_hash(Channel.SMS, inbound.address)
    is_new = insert_once(
        session,
        InboundMessage,
        {
            "provider": inbound.provider,
            "provider_reference": inbound.reference,
            "address": inbound.address,
            "address_hash": hashed,
            "body": inbound.body,
            "received_at": inbound.at,
            "meaning": str(meaning),
        },
    )
    if not is_new:
        return None
    if meaning is Meaning.STOP:
        insert_once(session, OptOut, {"address_hash": hashed, "channel": str(Channel.SMS), "at": inbound.at})
    if meaning is Meaning.RESUME:
        session.execute(delete(OptOut).where(OptOut.address_hash == hashed, OptOut.channel == Channel.SMS))
    return meaning


def find_rated_subject(session: Session, address: str) -> str | None:
    """Find the ticket a rating by SMS speaks of: the last one this phone was invited to rate."""
    inviting = [kind.name for kind in KINDS.values() if kind.invites_rating]
    return _find_subject(session, address, OutboxMessage.kind.in_(inviting))


def find_subject(session: Session, address: str) -> str | None:
    """Find the ticket other words by SMS speak of: the last one this phone heard about."""
    return _find_subject(session, address, OutboxMessage.channel == Channel.SMS)


def _find_subject(session: Session, address: str, condition: ColumnElement[bool]) -> str | None:
    return session.scalar(
        select(OutboxMessage.subject)
        .where(
            OutboxMessage.address_hash == address_hash(Channel.SMS, address),
            OutboxMessage.state.in_((State.ACCEPTED, State.DELIVERED)),
            condition,
        )
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )
