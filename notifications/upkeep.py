"""What does somebody who looks after the outbox ask of it: what was told, what is stuck, send it again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, select, update
from sqlalchemy.orm import Session

from notifications.models import OutboxMessage, State


def count_by_state(session: Session) -> Mapping[str, int]:
    """Count the messages in each state; an operator watches `dead` and the age of `created`."""
    rows = session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    return {row[0]: row[1] for row in rows}


def revive(session: Session, message_id: str, now: datetime) -> bool:
    """Send a dead message again once its cause is mended; False when it is not dead."""
    return bool(redrive(session, Dead(message_id=message_id), now))


@dataclass(frozen=True, slots=True)
class Dead:
    """Which dead messages are meant: all conditions that are given must hold."""

    message_id: str | None = None
    message_ids: Collection[str] | None = None
    error: str | None = None
    provider: str | None = None
    kind: str | None = None
    since: datetime | None = None


def list_dead(session: Session, which: Dead) -> Sequence[tuple[str, str | None, int]]:
    """Count the dead messages meant, by kind and error."""
    rows = session.execute(
        select(OutboxMessage.kind, OutboxMessage.last_error, func.count())
        .where(*_conditions(which))
        .group_by(OutboxMessage.kind, OutboxMessage.last_error)
        .order_by(func.count().desc(), OutboxMessage.kind, OutboxMessage.last_error)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def redrive(session: Session, which: Dead, now: datetime) -> int:
    """Let dead messages wait again, with all their attempts before them, and tell how many. Never commits.

    One whose last attempt may have succeeded stays with its provider, as it would have without dying.
    """
    changed = session.scalars(
        update(OutboxMessage)
        .where(*_conditions(which))
        .values(
            state=State.CREATED,
            next_attempt_at=now,
            first_attempt_at=None,
            failures=0,
            crashes=0,
            is_unreachable=False,
        )
        .execution_options(synchronize_session=False)
        .returning(OutboxMessage.id)
    ).all()
    return len(changed)


def _conditions(which: Dead) -> list[ColumnElement[bool]]:
    wanted = {
        OutboxMessage.id: which.message_id,
        OutboxMessage.last_error: which.error,
        OutboxMessage.provider: which.provider,
        OutboxMessage.kind: which.kind,
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if which.message_ids is not None:
        conditions.append(OutboxMessage.id.in_(which.message_ids))
    if which.since is not None:
        conditions.append(OutboxMessage.created_at >= which.since)
    # Spelt out as the index has it: SQLite takes a partial index only for what it can read.
    return [OutboxMessage.state == literal(State.DEAD, literal_execute=True), *conditions]


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits to be sent, and since when the oldest of it is due; None when nothing is."""

    waiting: int
    oldest_due_at: datetime | None


def measure_backlog(session: Session, now: datetime) -> Backlog:
    """Count what should have gone out by now; what waits for the morning or duty hours is not among it."""
    row = session.execute(
        select(func.count(), func.min(OutboxMessage.next_attempt_at)).where(
            OutboxMessage.state == State.CREATED, OutboxMessage.next_attempt_at <= now
        )
    ).one()
    return Backlog(row[0], row[1])
