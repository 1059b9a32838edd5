"""What becomes of a message that its channel did not bring: the next channel is tried, and each only once.

Looked for in the transaction that claims, whoever it was that gave the message up: a receipt, a provider's
refusal, a rule. The key of a message ends with its channel, so what was told by the next channel anyway is
there already and nothing is told twice.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from notifications.catalog import KINDS, Channel
from notifications.models import OutboxMessage
from notifications.outbox import Message, put

Addresses = Mapping[str, Mapping[Channel, str]]
# Tells where each of these recipients is reached now; whoever is not in the answer is left as they are.
AddressBook = Callable[[Session, Collection[str]], Addresses]
_AT_ONCE = 50
# Spelt out as the index has it: SQLite takes a partial index only for what it can read.
_IS_LOST = text(
    "passed_on_at IS NULL AND (state IN ('failed', 'dead') OR (state = 'skipped' AND skip_reason IN "
    "('no_address', 'opted_out', 'person_cap', 'spend_cap')))"
)


def no_addresses(_session: Session, _recipients: Collection[str]) -> Addresses:
    """Know nobody: messages go where they were addressed, and nowhere else."""
    return {}


def pass_on(session: Session, book: AddressBook, now: datetime) -> int:
    """Put what was lost on its next channel; tells how many messages were looked at. Never commits."""
    lost = select(OutboxMessage.id, OutboxMessage.recipient).where(_IS_LOST).order_by(OutboxMessage.id)
    rows = session.execute(lost.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    ids = [row.id for row in rows]
    addresses = book(session, {row.recipient for row in rows}) if rows else {}
    looked_at = update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(passed_on_at=now)
    session.execute(looked_at.execution_options(synchronize_session=False))
    for row in rows:
        message = _read(session, row.id)
        if message is not None:
            _put_next(session, message, addresses.get(row.recipient, {}))
    return len(rows)


def _read(session: Session, message_id: str) -> OutboxMessage | None:
    """One by one: a row that was damaged is given up here, and the others are passed on all the same."""
    try:
        return session.get(OutboxMessage, message_id, populate_existing=True)
    except (ValueError, InvalidTag):
        return None


def has_other_channel(kind: str, failed: Channel, addresses: Mapping[Channel, str]) -> bool:
    """Tell whether a recipient can be told in another way than by this channel."""
    return next_channel(kind, failed, addresses) is not None


def next_channel(kind: str, failed: Channel, addresses: Mapping[Channel, str]) -> Channel | None:
    """Choose by what a recipient is told when this channel did not bring it."""
    left = KINDS[kind].channels_after(failed) if kind in KINDS else ()
    return next((each for each in left if addresses.get(each)), None)


def _put_next(session: Session, row: OutboxMessage, addresses: Mapping[Channel, str]) -> None:
    channel = next_channel(row.kind, Channel(row.channel), addresses)
    if channel is None:
        return
    message = Message(
        key=f"{row.key.removesuffix(f':{row.channel}')}:{channel}",
        kind=row.kind,
        channel=channel,
        recipient=row.recipient,
        address=addresses[channel],
        language=row.language,
        facts=row.facts,
        subject=row.subject,
        order_key=row.order_key,
        urgent=row.is_urgent,
        created_at=row.created_at,
        topic=row.topic or "",
        because=row.because,
    )
    put(session, message)
