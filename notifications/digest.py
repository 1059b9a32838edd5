"""What becomes of reminders that waited until their recipient is on duty: one goes as it is, several as one.

All in the transaction that claims: a worker that dies before its commit has changed nothing.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, TextClause, func, select, text, update
from sqlalchemy.orm import Session

from notifications.catalog import GRAVEST, KINDS, Channel, Reminder
from notifications.models import OutboxMessage, State
from notifications.outbox import Message, put

KIND = "opening_digest"
DIGESTED = "digested"
_AT_ONCE = 50
_NAMED = 5
_GRAVEST_FIRST = tuple(Reminder)
_WORDS: Mapping[Reminder, tuple[str, str]] = {
    Reminder.ESCALATED: ("已提级", "escalated"),
    Reminder.OVERDUE: ("已超期", "overdue"),
    Reminder.ORDER_OVERDUE: ("督办反馈超期", "with an order overdue"),
    Reminder.URGED: ("被催办", "urged"),
    Reminder.SIGNED_LATE: ("超时未签收", "signed late"),
    Reminder.DUE_SOON: ("即将到期", "due soon"),
    Reminder.ORDER_DUE_SOON: ("督办反馈即将到期", "with an order due soon"),
}


def _no_fault(_point: str) -> None:
    """Nothing breaks."""


def fold(session: Session, now: datetime, fault: Callable[[str], None] = _no_fault) -> None:
    """Let go what was held until now: alone as it is, with others as one message. Never commits.

    Whoever locks the first message of a group has the group; what somebody else holds is left for the next
    look, so nobody waits here. `fault` is called between marking and writing, where a test may break it.
    """
    held = select(func.min(OutboxMessage.id)).where(*_held(now)).group_by(OutboxMessage.digest_key)
    for first_id in session.scalars(held.limit(_AT_ONCE)).all():
        first = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.id == first_id, *_held(now))
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).first()
        if first is not None:
            _let_go(session, _group(session, first, now), (now, fault))


def _let_go(
    session: Session, group: Sequence[OutboxMessage], step: tuple[datetime, Callable[[str], None]]
) -> None:
    """Send what is no reminder, and the reminders of one ticket, as they are; fold those of several."""
    now, fault = step
    reminders = [message for message in group if _reminds(message) is not None]
    gravest = _gravest_by_topic(reminders)
    is_one = len(_subjects(gravest)) == 1
    kept = {message.id for message in group if message not in reminders or (is_one and message in gravest)}
    folded = {message.id for message in group} - kept
    _set(session, kept, {"digest_key": None})
    _set(session, folded, {"state": State.SKIPPED, "skip_reason": DIGESTED})
    fault("between_marking_and_writing")
    if gravest and not is_one:
        put(session, _digest_of(gravest, now))


def _held(now: datetime) -> tuple[ColumnElement[bool] | TextClause, ...]:
    """Spelt out as the index has it: SQLite takes a partial index only for what it can read."""
    return (text("digest_key IS NOT NULL AND state = 'created'"), OutboxMessage.next_attempt_at <= now)


def _group(session: Session, first: OutboxMessage, now: datetime) -> Sequence[OutboxMessage]:
    alike = select(OutboxMessage).where(OutboxMessage.digest_key == first.digest_key, *_held(now))
    locked = alike.order_by(OutboxMessage.created_at, OutboxMessage.id).with_for_update(skip_locked=True)
    return session.scalars(locked.execution_options(populate_existing=True)).all()


def _reminds(message: OutboxMessage) -> Reminder | None:
    kind = KINDS.get(message.kind)
    if kind is None or kind.reminds is None:
        return None
    gravest = message.facts.get(GRAVEST)
    return next((reminds for reminds in Reminder if reminds == gravest), kind.reminds)


def _gravity(message: OutboxMessage) -> int:
    reminds = _reminds(message)
    return len(_GRAVEST_FIRST) if reminds is None else _GRAVEST_FIRST.index(reminds)


def _gravest_by_topic(reminders: Iterable[OutboxMessage]) -> list[OutboxMessage]:
    """Choose one reminder for each promise of a ticket: the gravest, of two alike the later.

    The gravest of all comes first.
    """
    chosen: dict[tuple[str, str | None], OutboxMessage] = {}
    for message in reminders:
        about = (message.subject, message.topic)
        known = chosen.get(about)
        if known is None or _gravity(message) <= _gravity(known):
            chosen[about] = message
    return sorted(chosen.values(), key=lambda message: (_gravity(message), message.subject))


def _subjects(messages: Iterable[OutboxMessage]) -> list[str]:
    """List the tickets, each once."""
    return list(dict.fromkeys(message.subject for message in messages))


def _digest_of(gravest: Sequence[OutboxMessage], now: datetime) -> Message:
    latest = max(gravest, key=lambda message: (message.created_at, message.id))
    return Message(
        key=f"digest:{min(message.id for message in gravest)}",
        kind=KIND,
        channel=Channel(latest.channel),
        recipient=latest.recipient,
        address=latest.address,
        language=latest.language,
        facts={
            **_facts(gravest, is_english=latest.language == "en"),
            "because": latest.facts.get("because", ""),
        },
        subject="",
        order_key=f"digest:{latest.recipient}",
        urgent=False,
        created_at=now,
        because=latest.because,
    )


def _facts(gravest: Sequence[OutboxMessage], *, is_english: bool) -> Mapping[str, str]:
    counts = Counter(_reminds(message) for message in gravest)
    comma = ", " if is_english else "、"
    parts = [
        f"{counts[reminds]} {english}" if is_english else f"{chinese}{counts[reminds]}项"
        for reminds, (chinese, english) in _WORDS.items()
        if counts[reminds]
    ]
    subjects = _subjects(gravest)
    more = (" and others" if is_english else "等") if len(subjects) > _NAMED else ""
    named = comma.join(subjects[:_NAMED])
    return {"total": str(len(subjects)), "parts": comma.join(parts), "number": named + more}


def _set(session: Session, ids: Collection[str], values: Mapping[str, str | None]) -> None:
    if ids:
        rows = update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(**values)
        session.execute(rows.execution_options(synchronize_session=False))
