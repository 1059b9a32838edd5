"""What becomes of reminders that have not gone out yet once what they remind of is over, or stands still?

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


class Why(StrEnum):
    """Why a reminder is withdrawn."""

    MOOT = "moot"  # what it reminded of is over
    PAUSED = "paused"  # what it reminded of stands still, and may go on


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


def renew(
    session: Session, topics: Collection[str], opening_of: Callable[[str], datetime], now: datetime
) -> None:
    """Let what was withdrawn for a pause wait again; `opening_of` tells when a recipient is on duty next."""
    if not topics:
        return
    paused = select(OutboxMessage).where(OutboxMessage.topic.in_(topics), _is_paused()).with_for_update()
    for message in session.scalars(paused.execution_options(populate_existing=True)):
        message.state, message.skip_reason = State.CREATED, None
        message.next_attempt_at, message.digest_key = hold(
            message.recipient, message.channel, opening_of(message.recipient), now
        )


def _is_paused() -> ColumnElement[bool]:
    return (OutboxMessage.state == State.SKIPPED) & (OutboxMessage.skip_reason == Why.PAUSED)
