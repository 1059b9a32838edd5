"""How does a message come to wait? By put() in the caller's transaction: it exists when its cause does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import uuid_utils
from sqlalchemy.orm import Session

from notifications.addresses import address_hash
from notifications.catalog import Channel, Kind, get_kind
from notifications.kind import LANGUAGES
from notifications.models import OutboxMessage
from notifications.once import insert_all_once

Hold = tuple[datetime, str | None]
_KEPT_AS_GIVEN = ["key", "kind", "recipient", "address", "language", "subject", "order_key", "created_at"]


@dataclass(frozen=True, slots=True)
class Message:
    """What a caller wants told. One with an equal `key` is the same message and is written once.

    Messages of one channel with the same `order_key` go out in the order they were created. One that is
    `not_before` a later moment is held until then, and joined with what its recipient is owed by that time.
    `topic` names what it reminds of, so that it can be withdrawn once that is over; `because` tells in what
    capacity the recipient hears of it. One that may still be taken back goes out `after` a moment, alone.
    `template_number` chooses a version of the words other than the one that will be in force.
    """

    key: str
    kind: str
    channel: Channel
    recipient: str
    address: str
    language: str
    facts: Mapping[str, str]
    subject: str
    order_key: str
    urgent: bool
    created_at: datetime
    topic: str = ""
    not_before: datetime | None = None
    because: str = ""
    template_number: int | None = None
    after: datetime | None = None


class BadMessageError(ValueError):
    """A message the catalogue cannot send: a mistake of the caller, found before anything is written."""

    def __init__(self, kind: str, field: str, value: str) -> None:
        super().__init__(f"{kind}: wrong {field}: {value}")


def hold_back(message: Message, topic: str, until: datetime) -> Message:
    """Let a message wait until its cause can no longer be undone, under the cause's name.

    One that reminds of something keeps that name.
    """
    return replace(message, topic=message.topic or topic, after=until)


def put(session: Session, message: Message) -> None:
    """Add one message to the caller's transaction; see put_all()."""
    put_all(session, [message])


def put_all(session: Session, messages: Iterable[Message]) -> None:
    """Add messages in their order; a key that is there already adds nothing. Facts nobody needs are dropped.

    Raises UnknownKindError, and BadMessageError for a channel or language the kind lacks or a fact it misses.
    """
    insert_all_once(session, OutboxMessage, [_values(message) for message in messages])


def _values(message: Message) -> dict[str, Any]:
    kind = _require_sendable(message)
    moment, digest_key = hold(message.recipient, message.channel, message.not_before, message.created_at)
    return {
        **{name: getattr(message, name) for name in _KEPT_AS_GIVEN},
        "id": str(uuid_utils.uuid7()),
        "channel": str(message.channel),
        "address_hash": address_hash(message.channel, message.address),
        "facts": {name: value for name, value in message.facts.items() if name in kind.kept},
        "is_urgent": message.urgent or kind.is_urgent,
        "topic": message.topic or None,
        "because": message.because,
        "template_number": message.template_number,
        "next_attempt_at": moment if message.after is None else max(moment, message.after),
        "digest_key": digest_key,
    }


def hold(recipient: str, channel: str, opening: datetime | None, now: datetime) -> Hold:
    """Say from when a message may go, and the key it shares with those that wait for the same moment."""
    if opening is None or opening <= now:
        return now, None
    return opening, f"{recipient}:{channel}:{opening.astimezone(UTC):%Y%m%d%H%M%S}"


def _require_sendable(message: Message) -> Kind:
    kind = get_kind(message.kind)
    if message.channel not in kind.channels:
        raise BadMessageError(message.kind, "channel", message.channel)
    if message.language not in LANGUAGES:
        raise BadMessageError(message.kind, "language", message.language)
    missing = kind.needs - message.facts.keys()
    if missing:
        raise BadMessageError(message.kind, "facts", ", ".join(sorted(missing)))
    return kind
