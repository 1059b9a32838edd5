"""How do days of work pass in seconds: one clock for people's steps, timers and messages, in order of time.

Nothing waits and nothing is skipped: the next thing to happen, whichever of the three it is, happens at its
very moment, through the same door as in life.
"""

import gc
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from hotline.models.clocks import Timer, TimerState
from hotline.services.timers import fire_due
from notifications.catalog import Channel
from notifications.models import OPEN_STATES, OutboxMessage
from notifications.providers.base import Provider
from notifications.providers.mailbox import MailboxProvider
from notifications.worker import send_due

SessionFactory = Callable[[], Session]
Step = Callable[[Session, datetime], "Iterable[Planned]"]

_BATCH = 50
# Spelled out in the statement: SQLite takes a partial index only for a condition it can read.
_WAITING = OutboxMessage.state.in_(
    bindparam("waiting", list(OPEN_STATES), expanding=True, literal_execute=True)
)
_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of somebody at a moment; steps planned for one moment keep their order."""

    at: datetime
    step: Step


@dataclass(slots=True)
class Simulation:
    """A simulated stretch of time over one database; each step and each timer commits by itself.

    Messages go to the in-app mailbox whatever their channel. `now` never goes back: a step planned for the
    past is taken at once.
    """

    session_factory: SessionFactory
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)
    _queue: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _serial: "count[int]" = field(default_factory=count)
    _sent_until: datetime | None = None
    _carriers: dict[Channel, Provider] = field(init=False)

    def __post_init__(self) -> None:
        mailbox = MailboxProvider(self.session_factory, lambda: self.now)
        self._carriers = dict.fromkeys(Channel, mailbox)

    def plan(self, *planned: Planned) -> None:
        """Put steps into the queue."""
        for each in planned:
            heapq.heappush(self._queue, (each.at, next(self._serial), each.step))

    def run(self, until: datetime = _EVER) -> None:
        """Let time pass until `until`, or until nothing more is planned, due or waiting to be sent."""
        with _rare_collection():
            self._pass(until)
        if until != _EVER:
            self.now = max(self.now, until)

    def _pass(self, until: datetime) -> None:
        while True:
            timer_at, message_at = self._next_due()
            step_at = self._queue[0][0] if self._queue else _EVER
            moment = min(timer_at, message_at, step_at)
            if moment > until or moment == _EVER:
                break
            self.now = max(self.now, moment)
            if moment == timer_at:
                self._fire()
            elif moment == message_at:
                self._send()
            else:
                self._take_step()

    def _fire(self) -> None:
        self.counts["timers"] += fire_due(self.session_factory, self.now, _BATCH)
        self._sent_until = None

    def _take_step(self) -> None:
        _, _, step = heapq.heappop(self._queue)
        with self.session_factory() as session, session.begin():
            following = list(step(session, self.now))
        self.plan(*following)
        self.counts["steps"] += 1
        self._sent_until = None

    def _next_due(self) -> tuple[datetime, datetime]:
        timer = select(func.min(Timer.due_at)).where(Timer.state == TimerState.PENDING.value)
        message = select(func.min(OutboxMessage.next_attempt_at)).where(_WAITING)
        if self._sent_until is not None:
            # What is older waits behind a message that is still to come, and is looked at with it.
            message = message.where(OutboxMessage.next_attempt_at > self._sent_until)
        with self.session_factory() as session, session.begin():
            session.connection(execution_options={"reads_only": True})
            both = select(timer.scalar_subquery(), message.scalar_subquery())
            timer_at, message_at = session.execute(both).one()
        return timer_at or _EVER, message_at or _EVER

    def _send(self) -> None:
        sent = send_due(self.session_factory, self._carriers, lambda: self.now, _BATCH)
        self.counts["sendings"] += sent
        self._sent_until = None if sent else self.now


@contextmanager
def _rare_collection() -> Iterator[None]:
    """Look for garbage seldom: the run makes hundreds of thousands of short-lived rows and few cycles."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
