"""How does a message wait, who may send it, and how is the end of an attempt written down.

put() runs in the caller's transaction. A worker claims rows under a lease, and every later write names it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import uuid_utils
from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from notifications.addresses import address_hash
from notifications.catalog import Channel, Kind, get_kind
from notifications.models import OPEN_STATES, Delivery, OutboxMessage, State
from notifications.once import insert_all_once

LANGUAGES = ("zh", "en")
_KEPT_AS_GIVEN = ["key", "kind", "recipient", "address", "language", "subject", "order_key", "created_at"]


@dataclass(frozen=True, slots=True)
class Message:
    """What a caller wants told. One with an equal `key` is the same message and is written once.

    Messages of one channel with the same `order_key` go out in the order they were created. One that is
    `not_before` a later moment is held until then, and joined with what its recipient is owed by that time.
    `topic` names what it reminds of, so that it can be withdrawn; `because` is in what capacity they hear it.
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


class BadMessageError(ValueError):
    """A message the catalogue cannot send: a mistake of the caller, found before anything is written."""

    def __init__(self, kind: str, field: str, value: str) -> None:
        super().__init__(f"{kind}: wrong {field}: {value}")


@dataclass(frozen=True, slots=True)
class Lease:
    """Who claims, from when and for how long."""

    owner: str
    at: datetime
    length: timedelta

    @property
    def until(self) -> datetime:
        return self.at + self.length


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message a worker holds. `owner` and `attempts` together name the lease."""

    id: str
    kind: str
    channel: str
    recipient: str
    address: str
    address_hash: str
    language: str
    facts: Mapping[str, str]
    subject: str
    is_urgent: bool
    owner: str
    attempts: int
    failures: int
    crashes: int
    first_attempt_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt ended, with the new counts and an SMS's parts. Open states need `next_attempt_at`."""

    state: State
    at: datetime
    failures: int
    crashes: int
    next_attempt_at: datetime | None = None
    provider_reference: str | None = None
    error: str | None = None
    skip_reason: str | None = None
    segments: int = 0


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
        "next_attempt_at": moment,
        "digest_key": digest_key,
    }


def hold(
    recipient: str, channel: str, opening: datetime | None, now: datetime
) -> tuple[datetime, str | None]:
    """Say from when a message may go, and the key it shares with those that wait for the same moment."""
    if opening is None or opening <= now:
        return now, None
    return opening, f"{recipient}:{channel}:{opening.astimezone(UTC):%Y%m%d%H%M%S}"


def claim(session: Session, limit: int, lease: Lease) -> Sequence[Claimed]:
    """Take up to `limit` due messages under a lease; commit before sending.

    A message whose lease ran out is due again; one that is held waits until digest.fold() lets it go.
    Locks the rows on PostgreSQL and skips those that others hold; SQLite has one writer at a time.
    """
    ids = session.scalars(
        select(OutboxMessage.id)
        .where(
            _is_open(OutboxMessage),
            OutboxMessage.next_attempt_at <= lease.at,
            OutboxMessage.digest_key.is_(None),
            ~_must_wait(),
        )
        .order_by(OutboxMessage.is_urgent.desc(), OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not ids:
        return ()
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids))
        .values(
            state=State.SENDING,
            owner=lease.owner,
            lease_until=lease.until,
            next_attempt_at=lease.until,
            attempts=OutboxMessage.attempts + 1,
        )
        .execution_options(synchronize_session=False)
    )
    return _read_claimed(session, ids)


def begin_attempt(session: Session, claimed: Claimed, provider: str, lease: Lease) -> bool:
    """Note that the send begins now and renew the lease; False when another worker has the message since.

    Counted as a crash until settle() says otherwise: only what was under way when a worker died is suspected,
    never the rest of its batch.
    """
    changed = session.execute(
        update(OutboxMessage)
        .where(_is_held(claimed))
        .values(
            lease_until=lease.until,
            next_attempt_at=lease.until,
            crashes=OutboxMessage.crashes + 1,
            first_attempt_at=func.coalesce(OutboxMessage.first_attempt_at, lease.at),
            provider=provider,
        )
        .execution_options(synchronize_session=False)
        .returning(OutboxMessage.id)
    ).first()
    if changed is not None:
        about = {"message_id": claimed.id, "attempt": claimed.attempts}
        session.add(Delivery(**about, provider=provider, started_at=lease.at))
    return changed is not None


def settle(session: Session, claimed: Claimed, settlement: Settlement) -> bool:
    """Write how the attempt ended; False, and nothing written, when the lease is no longer ours."""
    changed = session.execute(
        update(OutboxMessage)
        .where(_is_held(claimed))
        .values(
            state=settlement.state,
            owner=None,
            lease_until=None,
            next_attempt_at=settlement.next_attempt_at or settlement.at,
            failures=settlement.failures,
            crashes=settlement.crashes,
            accepted_at=settlement.at if settlement.state is State.ACCEPTED else None,
            provider_reference=settlement.provider_reference,
            last_error=settlement.error,
            skip_reason=settlement.skip_reason,
        )
        .execution_options(synchronize_session=False)
        .returning(OutboxMessage.id)
    ).first()
    if changed is not None:
        _end_delivery(session, claimed, settlement)
    return changed is not None


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


def _must_wait() -> ColumnElement[bool]:
    """An earlier message to the same recipient is still on its way. Urgent ones wait for urgent ones only.

    Each channel keeps its own order: a phone that must not ring at night holds up no mail. A reminder that
    is held for somebody's duty hours holds up nothing.
    """
    earlier = aliased(OutboxMessage)
    return exists().where(
        earlier.order_key == OutboxMessage.order_key,
        earlier.channel == OutboxMessage.channel,
        _is_open(earlier),
        earlier.digest_key.is_(None),
        or_(earlier.is_urgent, ~OutboxMessage.is_urgent),
        or_(
            earlier.created_at < OutboxMessage.created_at,
            and_(earlier.created_at == OutboxMessage.created_at, earlier.id < OutboxMessage.id),
        ),
    )


def _is_open(message: type[OutboxMessage]) -> ColumnElement[bool]:
    """Spell the states out in the statement: SQLite takes a partial index only for what it can read."""
    states: BindParameter[list[State]] = bindparam(
        "open_states", list(OPEN_STATES), expanding=True, literal_execute=True, unique=True
    )
    return message.state.in_(states)


def _is_held(claimed: Claimed) -> ColumnElement[bool]:
    return and_(
        OutboxMessage.id == claimed.id,
        OutboxMessage.state == State.SENDING,
        OutboxMessage.owner == claimed.owner,
        OutboxMessage.attempts == claimed.attempts,
    )


def _read_claimed(session: Session, ids: Sequence[str]) -> Sequence[Claimed]:
    columns = [getattr(OutboxMessage, name) for name in Claimed.__dataclass_fields__]
    rows = session.execute(
        select(*columns)
        .where(OutboxMessage.id.in_(ids))
        .order_by(OutboxMessage.is_urgent.desc(), OutboxMessage.created_at, OutboxMessage.id)
    )
    return [Claimed(**row._asdict()) for row in rows]


def _end_delivery(session: Session, claimed: Claimed, settlement: Settlement) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.message_id == claimed.id, Delivery.attempt == claimed.attempts)
        .values(
            ended_at=settlement.at,
            outcome=settlement.state,
            error_code=settlement.error,
            provider_reference=settlement.provider_reference,
        )
        .execution_options(synchronize_session=False)
    )
