"""Who has a waiting message in hand: taken under a lease, begun and held on to.

Every write a worker makes names its lease (owner and attempt): one that comes too late changes nothing. Each
function is one step of the caller's transaction and takes many messages at once; none commits.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session, aliased

from notifications.models import OPEN_STATES, Delivery, OutboxMessage, State
from notifications.once import insert_all_once
from notifications.words import SHIPPED, Words
from sealing import unseal

_MESSAGES: Table = OutboxMessage.__table__  # type: ignore[assignment]  # declared as a wider type


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
    """A message a worker holds. `owner` and `attempts` together name the lease.

    One that cannot be unsealed has neither address nor facts. Without `words` it is written as shipped.
    """

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
    provider: str | None
    unclear_since: datetime | None
    template_number: int | None = None
    words: Words | None = None
    is_readable: bool = True


def claim(session: Session, limit: int, lease: Lease, without: Collection[str] = ()) -> Sequence[Claimed]:
    """Take up to `limit` due messages under a lease, none by a channel in `without`; commit before you send.

    A message whose lease ran out is due again; one that is held waits until digest.fold() lets it go.
    Locks the rows on PostgreSQL and skips those that others hold; SQLite has one writer at a time.
    """
    which = (OutboxMessage.channel.not_in(without),) if without else ()
    return _claim(session, limit, lease, which)


def claim_one(session: Session, channel: str, lease: Lease) -> Sequence[Claimed]:
    """Take the first due message of one channel, if there is one: see claim()."""
    return _claim(session, 1, lease, (OutboxMessage.channel == channel,))


def _claim(
    session: Session, limit: int, lease: Lease, which: tuple[ColumnElement[bool], ...]
) -> Sequence[Claimed]:
    ids = _due_ids(session, limit, lease, (*which, OutboxMessage.is_urgent.is_(True)))
    ids += _due_ids(session, limit - len(ids), lease, (*which, OutboxMessage.is_urgent.is_(False)))
    if not ids:
        return ()
    values = {"state": State.SENDING, "owner": lease.owner, "attempts": OutboxMessage.attempts + 1}
    _update(session, OutboxMessage.id.in_(ids), {**values, **_held_until(lease)})
    columns = [_MESSAGES.c[name] for name in Claimed.__dataclass_fields__ if name not in _NOT_STORED]
    sealed = [type_coerce(_MESSAGES.c[name], Text).label(name) for name in _SEALED]
    rows = session.execute(
        select(*columns, *sealed)
        .where(OutboxMessage.id.in_(ids))
        .order_by(OutboxMessage.is_urgent.desc(), OutboxMessage.created_at, OutboxMessage.id)
    )
    return [_unsealed(row._asdict()) for row in rows]


def _due_ids(session: Session, limit: int, lease: Lease, which: tuple[ColumnElement[bool], ...]) -> list[str]:
    """Lock the first due messages of one urgency: that way the index gives them in their order."""
    if limit <= 0:
        return []
    due = (
        _is_open(OutboxMessage),
        OutboxMessage.next_attempt_at <= lease.at,
        OutboxMessage.digest_key.is_(None),
        ~_must_wait(),
    )
    query = select(OutboxMessage.id).where(*due, *which)
    ordered = query.order_by(OutboxMessage.next_attempt_at, OutboxMessage.id).limit(limit)
    return [*session.scalars(ordered.with_for_update(skip_locked=True))]


def as_claimed(row: OutboxMessage) -> Claimed:
    """Look at a waiting message the way a worker has it in hand, without taking it."""
    names = Claimed.__dataclass_fields__.keys() - {"words", "is_readable"}
    return Claimed(**{name: getattr(row, name) for name in names})


def list_held_up(session: Session, message_ids: Collection[str]) -> Mapping[str, datetime]:
    """Tell which of these wait for earlier ones to the same recipient, and when the last of those is due."""
    earlier = aliased(OutboxMessage)
    due = (
        select(OutboxMessage.id, func.max(earlier.next_attempt_at))
        .join(earlier, _goes_before(earlier))
        .where(OutboxMessage.id.in_(message_ids))
        .group_by(OutboxMessage.id)
    )
    return {row[0]: row[1] for row in session.execute(due)}


_SEALED = ("address", "facts")
_NOT_STORED = frozenset({*_SEALED, "words", "is_readable"})


def _unsealed(row: dict[str, Any]) -> Claimed:
    """Open one row by itself: one that was damaged must not keep the others from being claimed."""
    try:
        address, facts = (unseal(row[name], f"outbox_messages.{name}") for name in _SEALED)
        opened = {"address": address, "facts": json.loads(facts)}
    except (ValueError, InvalidTag):
        opened = {"address": "", "facts": {}, "is_readable": False}
    return Claimed(**{**row, **opened})


def begin_all(session: Session, begun: Sequence[tuple[Claimed, str]], lease: Lease) -> frozenset[str]:
    """Note that these sends by these providers begin now, and renew their leases; gives the ids still ours.

    Each is counted as a crash and as unclear until it is settled: only what was under way when a worker
    died is suspected, never the rest of its batch. Said twice, after a commit of unknown end, it is the same.
    """
    ours: set[str] = set()
    for (provider, crashes, number), messages in _alike(begun).items():
        values = {
            "crashes": crashes + 1,
            "provider": provider,
            "template_number": number,
            "unclear_since": func.coalesce(OutboxMessage.unclear_since, lease.at),
            "first_attempt_at": func.coalesce(OutboxMessage.first_attempt_at, lease.at),
        }
        mine = _update(session, is_held(messages), {**values, **_held_until(lease)})
        rows = [_delivery(message, provider, lease.at) for message in messages if message.id in mine]
        insert_all_once(session, Delivery, rows)
        ours |= mine
    return frozenset(ours)


def renew_all(session: Session, held: Collection[Claimed], lease: Lease) -> frozenset[str]:
    """Hold on to messages for another lease; gives the ids still ours."""
    return _update(session, is_held(held), _held_until(lease)) if held else frozenset()


def is_held(messages: Collection[Claimed]) -> ColumnElement[bool]:
    """The condition that rows are still in the hands that claimed them."""
    leases = [(message.id, message.owner, message.attempts) for message in messages]
    return and_(
        OutboxMessage.state == State.SENDING,
        tuple_(OutboxMessage.id, OutboxMessage.owner, OutboxMessage.attempts).in_(leases),
    )


def _must_wait() -> ColumnElement[bool]:
    """An earlier message to the same recipient is still on its way. Urgent ones wait for urgent ones only.

    Each channel keeps its own order: a phone that must not ring at night holds up no mail. A reminder that
    is held for somebody's duty hours holds up nothing.
    """
    earlier = aliased(OutboxMessage)
    return exists().where(_goes_before(earlier))


def _goes_before(earlier: type[OutboxMessage]) -> ColumnElement[bool]:
    return and_(
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


def _held_until(lease: Lease) -> Mapping[str, datetime]:
    return {"lease_until": lease.until, "next_attempt_at": lease.until}


def _update(session: Session, which: ColumnElement[bool], values: Mapping[str, Any]) -> frozenset[str]:
    """On the table itself: what a mapper adds to each statement is half of what a message costs."""
    rows = update(_MESSAGES).where(which).values(**values).returning(_MESSAGES.c.id)
    return frozenset(session.connection().execute(rows).scalars())


def _alike(begun: Sequence[tuple[Claimed, str]]) -> Mapping[tuple[str, int, int], Sequence[Claimed]]:
    """Group what can be written in one statement: nearly always all that go to one provider."""
    groups: dict[tuple[str, int, int], list[Claimed]] = defaultdict(list)
    for message, provider in begun:
        number = SHIPPED if message.words is None else message.words.number
        groups[provider, message.crashes, number].append(message)
    return groups


def _delivery(message: Claimed, provider: str, at: datetime) -> Mapping[str, Any]:
    return {"message_id": message.id, "attempt": message.attempts, "provider": provider, "started_at": at}
