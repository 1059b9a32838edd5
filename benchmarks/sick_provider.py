"""How many healthy messages a second go out while one provider, or a few recipients, are sick?

The goal is 95 % of what goes out while all are well. Two providers share the messages and take a fiftieth of
a second for each; one worker sends by eight lanes, in batches of 100. Sick are in turn: one message in fifty,
at which the provider's package breaks; a provider that refuses every connection; one that takes a second to
give no answer. What was handed to that one last of all is unclear and waits by rule, so it does not count as
healthy; all others do. Each is measured beside a run with all well, in rounds, and the medians are compared.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
from notifications.policy import Caps  # noqa: E402 - needs the path
from notifications.providers.base import (  # noqa: E402 - needs the path
    Accepted,
    Outgoing,
    TemporaryFailure,
    UnclearOutcome,
)
from notifications.providers.routing import Route  # noqa: E402 - needs the path
from notifications.spending import choose_caps  # noqa: E402 - needs the path
from notifications.worker import Options, send_due  # noqa: E402 - needs the path
from tests.databases import empty_tables  # noqa: E402 - needs the path
from tests.notifications.samples import message  # noqa: E402 - needs the path

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "2000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2"))
GOAL = 0.95
LANES, BATCH = 8, 100
ANSWER_AFTER, NO_ANSWER_AFTER = 0.02, 1.0
POISON_IN = 50
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
Factory = sessionmaker[Session]


@dataclass
class Carrier:
    """Takes its time and the message, unless `fails` does something worse first; notes when it took what."""

    name: str
    fails: Callable[[Outgoing], None] = lambda _outgoing: None
    taken: dict[str, float] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def send(self, outgoing: Outgoing) -> Accepted:
        self.asked.add(outgoing.id)
        self.fails(outgoing)
        time.sleep(ANSWER_AFTER)
        self.taken[outgoing.id] = time.perf_counter()
        return Accepted(reference=outgoing.id)


def break_at_poison(outgoing: Outgoing) -> None:
    """Some recipients' messages break whoever sends them."""
    if not int(outgoing.address[-8:]) % POISON_IN:
        raise ValueError(outgoing.id)


def refuse(_outgoing: Outgoing) -> None:
    """Nobody listens."""
    raise TemporaryFailure(code="refused")


def say_nothing(_outgoing: Outgoing) -> None:
    """The message may have been taken."""
    time.sleep(NO_ANSWER_AFTER)
    raise UnclearOutcome(code="timeout")


SICK: Mapping[str, Callable[[], tuple[Carrier, Carrier]]] = {
    "1 message in 50 breaks its sender": lambda: (
        Carrier("one", break_at_poison),
        Carrier("other", break_at_poison),
    ),
    "one provider refuses connections": lambda: (Carrier("one", refuse), Carrier("other")),
    "one provider gives no answer": lambda: (Carrier("one", say_nothing), Carrier("other")),
}


def measure(name: str, engine: Engine) -> None:
    factory = sessionmaker(engine, expire_on_commit=False)
    for what, make in SICK.items():
        rounds = [(_rate(engine, factory, _well()), _rate(engine, factory, make())) for _ in range(ROUNDS)]
        well, sick = (statistics.median(rates) for rates in zip(*rounds, strict=True))
        verdict = "reached" if sick >= GOAL * well else "missed"
        print(
            f"{name}: {what}: {sick:.0f} healthy messages a second of {well:.0f} ({sick / well:.1%}; "
            f"the goal of {GOAL:.0%} is {verdict})"
        )


def _well() -> tuple[Carrier, Carrier]:
    return Carrier("one"), Carrier("other")


def _rate(engine: Engine, factory: Factory, carriers: tuple[Carrier, Carrier]) -> float:
    """Send all that can be sent now; tells how many a second until the last healthy one was taken."""
    _fill(factory)
    started = time.perf_counter()

    def now() -> datetime:
        return NOON + timedelta(seconds=time.perf_counter() - started)

    route = Route([(carrier, 1.0) for carrier in carriers])
    while send_due(factory, {Channel.SMS: route}, now, BATCH, Options(parallel=LANES)):
        continue
    taken = carriers[0].taken | carriers[1].taken
    _check(factory, taken, carriers)
    empty_tables(engine)
    return len(taken) / (max(taken.values()) - started)


def _fill(factory: Factory) -> None:
    with factory.begin() as session:
        choose_caps(session, Caps(per_person=10, segments_per_day=20_000))
        outbox.put_all(
            session,
            [
                message(key=str(each), order_key=str(each), address=f"138{each:08}", created_at=NOON)
                for each in range(MESSAGES)
            ],
        )


def _check(factory: Factory, taken: Mapping[str, float], carriers: tuple[Carrier, Carrier]) -> None:
    """Whatever is not taken was tried in vain: no healthy message was left behind."""
    tried = carriers[0].asked | carriers[1].asked
    assert len(tried) == MESSAGES
    with factory() as session:
        accepted = select(func.count()).where(OutboxMessage.state == State.ACCEPTED)
        assert session.scalar(accepted) == len(taken)


if __name__ == "__main__":
    run_on_each(measure)
