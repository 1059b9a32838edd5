"""What becomes of messages that wait once what they are about is over, stands still or is undone?

A caller names a topic when it puts a reminder and speaks of it by that name later; which topics there are is
its own business.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from notifications.models import OutboxMessage, State
from notifications.outbox import hold

_STAFF = ("user:%", "unit:%")


class Why(StrEnum):
    """Why what waits is withdrawn."""

    MOOT = "moot"  # what it reminded of is over
    PAUSED = "paused"  # what it reminded of stands still, and may go on
    UNDONE = "undone"  # what it told of was taken back
    ERASED = "erased"  # whom it was for had everything of theirs erased


def withdraw(session: Session, topics: Collection[str], why: Why) -> None:
    """Skip what still waits to remind of these topics; what a worker has in hand goes out. Never commits."""
    if not topics:
        return
    is_waiting = OutboxMessage.state == State.CREATED
    which = is_waiting if why is Why.PAUSED else or_(is_waiting, _is_paused())
    rows = update(OutboxMessage).where(OutboxMessage.topic.in_(topics), which)
    session.execute(
        rows.values(state=State.SKIPPED, skip_reason=why).execution_options(synchronize_session=False)
    )


def call_off(session: Session, subject: str) -> None:
    """Send nothing more to the public about a subject, so that forgetting it leaves nothing. Never commits.

    What a worker has in hand goes out; where it is put back, the next one finds no address.
    """
    to_public = [OutboxMessage.recipient.not_like(pattern) for pattern in _STAFF]
    about = update(OutboxMessage).where(OutboxMessage.subject == subject, *to_public)
    waiting = about.where(OutboxMessage.state == State.CREATED)
    session.execute(waiting.values(state=State.SKIPPED, skip_reason=Why.ERASED))
    in_hand = about.where(OutboxMessage.state == State.SENDING)
    session.execute(in_hand.values(address="", address_hash="", facts={}))


def is_told(session: Session, topic: str) -> bool:
    """Tell whether a message under this name went out or is going out."""
    gone = select(OutboxMessage.id).where(OutboxMessage.topic == topic, OutboxMessage.state != State.SKIPPED)
    return session.scalars(gone.limit(1)).first() is not None


def renew(
    session: Session, topics: Collection[str], opening_of: Callable[[str], datetime], now: datetime
) -> None:
    """Let what was withdrawn for a pause wait again; `opening_of` tells when a recipient is on duty next."""
    _renew(session, (OutboxMessage.topic.in_(topics), _is_paused()), opening_of, now)


def restore(
    session: Session, topics: Collection[str], opening_of: Callable[[str], datetime], now: datetime
) -> None:
    """Let what waited for somebody's duty hours wait again: it turned out not to be over."""
    is_moot = (OutboxMessage.state == State.SKIPPED) & (OutboxMessage.skip_reason == Why.MOOT)
    is_to_come = (OutboxMessage.digest_key.is_not(None)) & (OutboxMessage.next_attempt_at > now)
    _renew(session, (OutboxMessage.topic.in_(topics), is_moot, is_to_come), opening_of, now)


def _renew(
    session: Session,
    which: tuple[ColumnElement[bool], ...],
    opening_of: Callable[[str], datetime],
    now: datetime,
) -> None:
    withdrawn = select(OutboxMessage).where(*which).with_for_update()
    for message in session.scalars(withdrawn.execution_options(populate_existing=True)):
        message.state, message.skip_reason = State.CREATED, None
        message.next_attempt_at, message.digest_key = hold(
            message.recipient, message.channel, opening_of(message.recipient), now
        )


def _is_paused() -> ColumnElement[bool]:
    return (OutboxMessage.state == State.SKIPPED) & (OutboxMessage.skip_reason == Why.PAUSED)
