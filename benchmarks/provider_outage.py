"""Is an outage of providers survived: of one, and of both for half an hour?

With one of two providers down the other must take 99.9 % of 1,000 messages within 60 seconds; that is
measured by the real clock, with a worker that comes round every two seconds as in an installation. With both
down for half an hour nothing may be lost, and everything must be sent within ten minutes of their return.
That is played on a clock of its own, two seconds at a time, by the same worker; messages come in meanwhile.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

# The root in place of this folder, where our own name would hide the library of that name.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each  # noqa: E402 - needs the path
from notifications import outbox  # noqa: E402 - needs the path
from notifications.catalog import Channel  # noqa: E402 - needs the path
from notifications.models import OutboxMessage, State  # noqa: E402 - needs the path
from notifications.providers.base import (  # noqa: E402 - needs the path
    Accepted,
    Outgoing,
    TemporaryFailure,
    Watched,
)
from notifications.providers.routing import Route  # noqa: E402 - needs the path
from notifications.worker import Options, send_due  # noqa: E402 - needs the path
from tests.databases import empty_tables  # noqa: E402 - needs the path
from tests.notifications.samples import message  # noqa: E402 - needs the path

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "1000"))
LANES, BATCH, EVERY = 8, 100, timedelta(seconds=2)
OUTAGE, TO_RETURN = timedelta(minutes=30), timedelta(minutes=10)
ENOUGH, IN_TIME = 0.999, timedelta(seconds=60)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
Factory = sessionmaker[Session]


@dataclass
class Carrier:
    """Takes everything at once, except while it is down."""

    name: str
    is_down: Callable[[], bool]

    def send(self, outgoing: Outgoing) -> Accepted:
        if self.is_down():
            raise TemporaryFailure(code="refused")
        return Accepted(reference=outgoing.id)


def measure(name: str, engine: Engine) -> None:
    factory = sessionmaker(engine, expire_on_commit=False)
    print(f"{name}: {_with_one_down(factory)}")
    empty_tables(engine)
    print(f"{name}: {_with_both_down(factory)}")
    empty_tables(engine)


def _with_one_down(factory: Factory) -> str:
    """Send 1,000 messages that wait already, by the real clock."""
    _put(factory, range(MESSAGES), NOON)
    started = time.perf_counter()

    def now() -> datetime:
        return NOON + timedelta(seconds=time.perf_counter() - started)

    route = Route([(Carrier("down", lambda: True), 1.0), (Carrier("well", lambda: False), 1.0)])
    while now() - NOON < IN_TIME and _count(factory) < MESSAGES:
        if send_due(factory, {Channel.SMS: route}, now, BATCH, Options(parallel=LANES)) == 0:
            time.sleep(EVERY.total_seconds())
    seconds, taken = time.perf_counter() - started, _count(factory)
    verdict = "reached" if taken >= ENOUGH * MESSAGES and seconds <= IN_TIME.total_seconds() else "missed"
    return f"one of two down: {taken} of {MESSAGES} with the other in {seconds:.1f} s (goal {verdict})"


def _with_both_down(factory: Factory) -> str:
    """Play an outage: half of the messages wait when it begins, the others come in while it lasts."""
    at = NOON

    def now() -> datetime:
        return at

    def is_down() -> bool:
        return at - NOON < OUTAGE

    def seconds() -> float:
        return at.timestamp()

    route = Route([(Watched(Carrier(name, is_down), seconds), 1.0) for name in ("one", "other")])
    _put(factory, range(MESSAGES // 2), NOON)
    coming = _coming(range(MESSAGES // 2, MESSAGES))
    while at < NOON + OUTAGE + TO_RETURN and _count(factory) < MESSAGES:
        _put(factory, next(coming, range(0)), at)
        while send_due(factory, {Channel.SMS: route}, now, BATCH, Options(parallel=LANES)):
            continue
        at += EVERY
    taken, after = _count(factory), at - NOON - OUTAGE
    verdict = "reached" if taken == MESSAGES else "missed"
    return (
        f"both down for {OUTAGE}: {taken} of {MESSAGES} sent {after} after their return, "
        f"{_count(factory, State.DEAD)} given up (goal {verdict})"
    )


def _coming(numbers: range) -> Iterator[range]:
    """Spread messages over the outage."""
    rounds = int(OUTAGE / EVERY)
    for turn in range(rounds):
        yield numbers[len(numbers) * turn // rounds : len(numbers) * (turn + 1) // rounds]


def _put(factory: Factory, numbers: range, at: datetime) -> None:
    with factory.begin() as session:
        outbox.put_all(
            session,
            [
                message(key=str(each), order_key=str(each), address=f"138{each:08}", created_at=at)
                for each in numbers
            ],
        )


def _count(factory: Factory, state: State = State.ACCEPTED) -> int:
    with factory() as session:
        return session.scalar(select(func.count()).where(OutboxMessage.state == state)) or 0


if __name__ == "__main__":
    run_on_each(measure)
