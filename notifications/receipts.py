"""What a provider says afterwards: each receipt counts once, in any order, and never moves a message back.

A receipt of a higher rank moves its message up and any other changes nothing. "delivered" outranks "failed":
a handset's confirmation is proof, a failure may be a guess after a timeout. So every order ends in one state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session, defer

from notifications.models import OPEN_STATES, UNCLEAR, Delivery, OutboxMessage, ReceivedReceipt, State
from notifications.once import insert_once

_LOG = structlog.get_logger(__name__)
_KEPT = ("provider", "reference", "status", "at", "error_code")
_RANK: Mapping[str, int] = {State.ACCEPTED: 1, State.FAILED: 2, State.DELIVERED: 3}

# No provider we know reports later than this.
_KEPT_FOR = timedelta(days=3)

# The providers' words, lower case, in ours. Words that are not here tell nothing new.
_WORDS: Mapping[str, State] = {
    "accepted": State.ACCEPTED,
    "queued": State.ACCEPTED,
    "sending": State.ACCEPTED,
    "sent": State.ACCEPTED,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "success": State.DELIVERED,
    "fail": State.FAILED,
    "undelivered": State.FAILED,
    "failed": State.FAILED,
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider said of a message that it calls `reference`, in its own word `status`.

    `message_id` when it knows ours too; `error_code` is short and holds nothing personal.
    """

    provider: str
    reference: str
    status: str
    at: datetime
    message_id: str | None = None
    error_code: str | None = None


def apply(session: Session, receipt: Receipt) -> None:
    """Take one receipt in, locking the message's row; an unknown one is kept: our commit may be late.

    One that names a message we do not know to have gone out tells us that it has.
    """
    state = _WORDS.get(receipt.status.strip().lower())
    if state is None:
        return
    message = _find(session, receipt)
    if message is None:
        kept = {"provider": receipt.provider, "reference": receipt.reference, "status": str(state)}
        error = {"error_code": receipt.error_code, "at": receipt.at}
        insert_once(session, ReceivedReceipt, {**kept, **error})
        return
    if message.unclear_since is not None and message.state in OPEN_STATES:
        _adopt(session, message, receipt)
    _advance(message, state, receipt)


def _find(session: Session, receipt: Receipt) -> OutboxMessage | None:
    """By the provider's reference, or by our id when that provider was the last to be asked."""
    is_same = OutboxMessage.provider_reference == receipt.reference
    locked = (
        select(OutboxMessage)
        .where(OutboxMessage.provider == receipt.provider)
        # Whom it went to and what it said are sealed and none of a receipt's business.
        .options(defer(OutboxMessage.address), defer(OutboxMessage.facts))
        .with_for_update()
    )
    found = session.scalars(locked.where(is_same)).first()
    if found is None and receipt.message_id is not None:
        found = session.scalars(locked.where(OutboxMessage.id == receipt.message_id)).first()
    return found


def _adopt(session: Session, message: OutboxMessage, receipt: Receipt) -> None:
    """The provider has what we sent without hearing its answer: whoever holds the message comes too late."""
    message.state, message.accepted_at = State.ACCEPTED, receipt.at
    message.provider_reference, message.next_attempt_at = receipt.reference, receipt.at
    message.unclear_since = message.last_error = None
    message.owner = message.lease_until = None
    session.execute(
        update(Delivery)
        .where(
            Delivery.message_id == message.id,
            Delivery.provider == receipt.provider,
            or_(Delivery.ended_at.is_(None), Delivery.outcome == UNCLEAR),
        )
        .values(ended_at=receipt.at, outcome=State.ACCEPTED, provider_reference=receipt.reference)
        .execution_options(synchronize_session=False)
    )


def apply_kept(session: Session, now: datetime) -> None:
    """Apply the kept receipts whose message is known by now, and forget those that stayed unknown."""
    is_same = and_(
        OutboxMessage.provider == ReceivedReceipt.provider,
        OutboxMessage.provider_reference == ReceivedReceipt.reference,
    )
    for receipt in session.scalars(select(ReceivedReceipt).join(OutboxMessage, is_same)).all():
        said = {name: getattr(receipt, name) for name in _KEPT}
        apply(session, Receipt(**said))
        session.delete(receipt)
    session.execute(
        delete(ReceivedReceipt)
        .where(ReceivedReceipt.at < now - _KEPT_FOR)
        .execution_options(synchronize_session=False)
    )


def _advance(message: OutboxMessage, state: State, receipt: Receipt) -> None:
    if _RANK[state] <= _RANK.get(message.state, 0):
        return
    message.state = state
    message.receipt_at = receipt.at
    is_lost = state is State.FAILED
    message.is_unreachable = is_lost
    message.last_error = (receipt.error_code or "undelivered") if is_lost else None
    if is_lost:
        _LOG.warning("message_not_delivered", message_id=message.id, error=message.last_error)
