"""How does the sending of messages stand: what waits and for what, what went out, and what failed why?

Counted along indexes of what is open and of what ended; of a message that ended `next_attempt_at` says when.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, ColumnElement, case, cast, extract, func, select, text
from sqlalchemy.orm import Session

from hotline.queries.delivery_words import explain
from notifications.catalog import Channel
from notifications.models import OutboxMessage, State

# Both databases take a partial index only for the very words it was made with.
_IS_OPEN = text("state IN ('created', 'sending')")
_HAS_ENDED = text("state NOT IN ('created', 'sending')")
_HANDED_OVER = (State.ACCEPTED, State.DELIVERED, State.FAILED)
_CAPS = ("person_cap", "spend_cap")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_SECONDS = 60
_MINUTES = 60


class Waits(StrEnum):
    """What an open message waits for."""

    DUE = "due"  # nothing: it should have gone out
    IN_HAND = "in_hand"  # a worker has it
    RETRY = "retry"  # its next try
    MORNING = "morning"  # the end of the quiet hours
    TOMORROW = "tomorrow"  # a day whose caps are not reached
    DUTY = "duty"  # its recipient's duty hours


@dataclass(frozen=True, slots=True)
class QueueLine:
    """What waits of one channel and urgency. `oldest_at` is since when the oldest that is due is due."""

    channel: str
    is_urgent: bool
    counts: Mapping[Waits, int]
    oldest_at: datetime | None
    goes_on_at: datetime | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def read_queue(session: Session, now: datetime) -> list[QueueLine]:
    """Count what waits, urgent before the rest; `goes_on_at` is when the next of what is not due may go."""
    waits = _waits(now).label("waits")
    first_at = func.min(OutboxMessage.next_attempt_at)
    grouping = (OutboxMessage.channel, OutboxMessage.is_urgent, waits)
    rows = session.execute(
        select(*grouping, func.count(), first_at).where(_IS_OPEN).group_by(*grouping)
    ).all()
    found: dict[tuple[str, bool], dict[Waits, tuple[int, datetime]]] = {}
    for channel, is_urgent, word, number, at in rows:
        found.setdefault((channel, bool(is_urgent)), {})[Waits(word)] = (number, at)
    return [
        _line(channel, parts, is_urgent=is_urgent)
        for channel in Channel
        for is_urgent in (True, False)
        if (parts := found.get((channel, is_urgent)))
    ]


def _waits(now: datetime) -> ColumnElement[str]:
    """Workers order by `next_attempt_at` alone: so a lease that ran out is due as well."""
    return case(
        (OutboxMessage.next_attempt_at <= now, Waits.DUE),
        (OutboxMessage.state == State.SENDING, Waits.IN_HAND),
        (OutboxMessage.digest_key.is_not(None), Waits.DUTY),
        (OutboxMessage.last_error.in_(_CAPS), Waits.TOMORROW),
        (OutboxMessage.last_error.is_not(None), Waits.RETRY),
        else_=Waits.MORNING,
    )


def _line(channel: str, parts: Mapping[Waits, tuple[int, datetime]], *, is_urgent: bool) -> QueueLine:
    due = parts.get(Waits.DUE)
    later = [at for word, (_, at) in parts.items() if word not in (Waits.DUE, Waits.IN_HAND)]
    return QueueLine(
        channel,
        is_urgent,
        {word: number for word, (number, _) in parts.items()},
        None if due is None else due[1],
        min(later, default=None),
    )


def count_minutes(session: Session, now: datetime) -> list[int]:
    """Count what was handed over in each minute of the last hour, the present minute last."""
    last = int(now.timestamp()) // _SECONDS
    # A rounded second at most: PostgreSQL tells fractions, and a cast of theirs rounds.
    minute = cast(extract("epoch", OutboxMessage.next_attempt_at), BigInteger) // _SECONDS
    rows = session.execute(
        select(minute, func.count())
        .where(
            _HAS_ENDED,
            OutboxMessage.state.in_(_HANDED_OVER),
            OutboxMessage.next_attempt_at >= now - HOUR,
            OutboxMessage.next_attempt_at <= now,
        )
        .group_by(minute)
    )
    counts = {int(row[0]): row[1] for row in rows}
    return [counts.get(last - ago, 0) for ago in reversed(range(_MINUTES))]


@dataclass(frozen=True, slots=True)
class DayLine:
    """What became of the messages of one channel that ended in a stretch of time, by state."""

    channel: str
    counts: Mapping[str, int]

    @property
    def handed_over(self) -> int:
        return sum(self.counts.get(state, 0) for state in _HANDED_OVER)

    @property
    def delivered(self) -> int:
        return self.counts.get(State.DELIVERED, 0)


def count_ended(session: Session, since: datetime, now: datetime) -> list[DayLine]:
    """Count by channel and state what was handed over, given up or left out since a moment."""
    grouping = (OutboxMessage.channel, OutboxMessage.state)
    rows = session.execute(
        select(*grouping, func.count())
        .where(_HAS_ENDED, OutboxMessage.next_attempt_at >= since, OutboxMessage.next_attempt_at <= now)
        .group_by(*grouping)
    ).all()
    found: dict[str, dict[str, int]] = {channel: {} for channel in Channel}
    for channel, state, number in rows:
        found.setdefault(channel, {})[state] = number
    return [DayLine(channel, counts) for channel, counts in found.items()]


@dataclass(frozen=True, slots=True)
class Failing:
    """One reason why messages of a channel did not arrive: given up by us, or told so by the provider."""

    channel: str
    code: str
    words: str
    dead: int
    failed: int

    @property
    def total(self) -> int:
        return self.dead + self.failed


def list_failing(session: Session, now: datetime) -> list[Failing]:
    """List the reasons of the last 24 hours, the most frequent first."""
    grouping = (OutboxMessage.channel, OutboxMessage.last_error, OutboxMessage.state)
    rows = session.execute(
        select(*grouping, func.count())
        .where(
            _HAS_ENDED,
            OutboxMessage.state.in_((State.DEAD, State.FAILED)),
            OutboxMessage.next_attempt_at >= now - DAY,
            OutboxMessage.next_attempt_at <= now,
        )
        .group_by(*grouping)
    )
    found: dict[tuple[str, str], dict[str, int]] = {}
    for channel, code, state, number in rows:
        found.setdefault((channel, code or ""), {})[state] = number
    lines = [
        Failing(channel, code, explain(code), counts.get(State.DEAD, 0), counts.get(State.FAILED, 0))
        for (channel, code), counts in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.total, line.channel, line.code))


@dataclass(frozen=True, slots=True)
class Sending:
    """What the board tells of the sending at one moment."""

    queue: Sequence[QueueLine]
    minutes: Sequence[int]
    today: Sequence[DayLine]
    failing: Sequence[Failing] = field(default=())

    @property
    def due(self) -> int:
        return sum(line.counts.get(Waits.DUE, 0) for line in self.queue)

    @property
    def oldest_at(self) -> datetime | None:
        return min((line.oldest_at for line in self.queue if line.oldest_at), default=None)


def read_sending(session: Session, day_start: datetime, now: datetime) -> Sending:
    """Read the figures of the board; `day_start` is when the city's day began."""
    return Sending(
        read_queue(session, now),
        count_minutes(session, now),
        count_ended(session, day_start, now),
        list_failing(session, now),
    )
