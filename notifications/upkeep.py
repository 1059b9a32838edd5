"""What does somebody who looks after the outbox ask of it: what was told, what is stuck, send it again."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from notifications.models import OutboxMessage, State


def list_for_subject(session: Session, number: str) -> Sequence[OutboxMessage]:
    """List a ticket's messages, oldest first."""
    return session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.subject == number)
        .order_by(OutboxMessage.created_at, OutboxMessage.id)
    ).all()


def count_by_state(session: Session) -> Mapping[str, int]:
    """Count the messages in each state; an operator watches `dead` and the age of `created`."""
    rows = session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    return {row[0]: row[1] for row in rows}


def revive(session: Session, message_id: str, now: datetime) -> bool:
    """Send a dead message again once its cause is mended; False when it is not dead."""
    changed = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.state == State.DEAD)
        .values(state=State.CREATED, next_attempt_at=now, first_attempt_at=None, failures=0, crashes=0)
        .execution_options(synchronize_session=False)
        .returning(OutboxMessage.id)
    ).first()
    return changed is not None
