"""What a provider says afterwards: each receipt counts once, in any order, and never moves a message back.

A receipt of a higher rank moves its message up and any other changes nothing. "delivered" outranks "failed":
a handset's confirmation is proof, a failure may be a guess after a timeout. So every order ends in one state.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from notifications.models import OutboxMessage, ReceivedReceipt, State
from notifications.once import insert_once

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
    "undelivered": State.FAILED,
    "failed": State.FAILED,
}


def apply(session: Session, provider: str, reference: str, status: str, at: datetime) -> None:
    """Take one receipt in, locking the message's row; an unknown one is kept: our commit may be late."""
    state = _WORDS.get(status.strip().lower())
    if state is None:
        return
    message = session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.provider == provider, OutboxMessage.provider_reference == reference)
        .with_for_update()
    )
    if message is None:
        values = {"provider": provider, "reference": reference, "status": str(state), "at": at}
        insert_once(session, ReceivedReceipt, values)
        return
    _advance(message, state, at)


def apply_kept(session: Session, now: datetime) -> None:
    """Apply the kept receipts whose message is known by now, and forget those that stayed unknown."""
    is_same = and_(
        OutboxMessage.provider == ReceivedReceipt.provider,
        OutboxMessage.provider_reference == ReceivedReceipt.reference,
    )
    for receipt in session.scalars(select(ReceivedReceipt).join(OutboxMessage, is_same)).all():
        apply(session, receipt.provider, receipt.reference, receipt.status, receipt.at)
        session.delete(receipt)
    session.execute(
        delete(ReceivedReceipt)
        .where(ReceivedReceipt.at < now - _KEPT_FOR)
        .execution_options(synchronize_session=False)
    )


def _advance(message: OutboxMessage, state: State, at: datetime) -> None:
    if _RANK[state] > _RANK.get(message.state, 0):
        message.state = state
        message.receipt_at = at
