"""Which messages were given up, and of what did they die?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, load_only

from hotline.queries.delivery_words import explain, name_capacity, name_provider
from hotline.queries.wording import MESSAGE_CHANNELS, MESSAGE_KINDS
from notifications.models import OutboxMessage

PAGE_SIZE = 20
_IS_DEAD = text("state = 'dead'")
_RECIPIENTS = {"citizen": "诉求人", "phone": "来信号码", "unit": "承办单位", "user": "工作人员"}
_SHOWN = load_only(
    OutboxMessage.kind,
    OutboxMessage.channel,
    OutboxMessage.recipient,
    OutboxMessage.subject,
    OutboxMessage.because,
    OutboxMessage.attempts,
    OutboxMessage.provider,
    OutboxMessage.last_error,
    OutboxMessage.created_at,
    OutboxMessage.next_attempt_at,
)


@dataclass(frozen=True, slots=True)
class Cause:
    """What messages died of, how many of them, and when the first and the last did."""

    code: str
    words: str
    number: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One message we have given up. `subject` is a ticket's number where it speaks of one."""

    id: str
    kind: str
    channel: str
    recipient: str
    subject: str
    attempts: int
    provider: str
    code: str
    words: str
    created_at: datetime
    died_at: datetime


@dataclass(frozen=True, slots=True)
class DeadPage:
    """One page of dead letters, the newest first; `older` is the mark of the page after it."""

    rows: Sequence[DeadLetter]
    older: str | None


def list_causes(session: Session) -> list[Cause]:
    """List what messages died of, the most frequent first."""
    number = func.count()
    rows = session.execute(
        select(
            OutboxMessage.last_error,
            number,
            func.min(OutboxMessage.next_attempt_at),
            func.max(OutboxMessage.next_attempt_at),
        )
        .where(_IS_DEAD)
        .group_by(OutboxMessage.last_error)
        .order_by(number.desc(), OutboxMessage.last_error)
    )
    return [Cause(row[0] or "", explain(row[0]), row[1], row[2], row[3]) for row in rows]


def list_dead_letters(session: Session, code: str, before: str) -> DeadPage:
    """Read one page, of one cause or of all; addresses and words stay sealed."""
    query = select(OutboxMessage).options(_SHOWN).where(_IS_DEAD)
    if code:
        query = query.where(OutboxMessage.last_error == code)
    if before:
        query = query.where(OutboxMessage.id < before)
    found = session.scalars(query.order_by(OutboxMessage.id.desc()).limit(PAGE_SIZE + 1)).all()
    shown = found[:PAGE_SIZE]
    return DeadPage([_letter(row) for row in shown], shown[-1].id if len(found) > PAGE_SIZE else None)


def _letter(row: OutboxMessage) -> DeadLetter:
    sort = _RECIPIENTS.get(row.recipient.partition(":")[0], "")
    return DeadLetter(
        id=row.id,
        kind=MESSAGE_KINDS.get(row.kind, row.kind),
        channel=MESSAGE_CHANNELS.get(row.channel, row.channel),
        recipient=name_capacity(row.because) or sort,
        subject=row.subject,
        attempts=row.attempts,
        provider=name_provider(row.provider),
        code=row.last_error or "",
        words=explain(row.last_error),
        created_at=row.created_at,
        died_at=row.next_attempt_at,
    )
