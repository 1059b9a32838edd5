"""How fast do due timers fire, with two worker processes, against bare inserts and commits by the same two?

Copies of a ticket that two units have, of four ages: the signing, the first warning, the second one or the
end of the handling is due, one timer a ticket; then as many timers of a tenth of the tickets after forty days
of downtime, when everything else of theirs is due at once. The goal is 10,000 timers in 30 seconds on
PostgreSQL. Processor time is that of the two workers; the database's own comes on top.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

# The root in place of this folder, where our own name would hide the library of that name.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each  # noqa: E402 - needs the path
from database import engine_options  # noqa: E402 - needs the path
from hotline.models.clocks import Clock, Timer  # noqa: E402 - needs the path
from hotline.models.ticket import TicketEvent  # noqa: E402 - needs the path
from hotline.scheduler import fire_all_due  # noqa: E402 - needs the path
from tests.stories.checker import find_faults  # noqa: E402 - needs the path
from tests.stories.crowd import multiply  # noqa: E402 - needs the path
from tests.stories.tale import Tale  # noqa: E402 - needs the path
from tests.stories.town import MONDAY, found_town  # noqa: E402 - needs the path
from workflows.vocabulary import ClockName, TimerKind  # noqa: E402 - needs the path

TIMERS = int(os.environ.get("BENCH_TIMERS", "400"))
WORKERS = 2
_CHECKED_WHOLE = 1000
AGES = (
    (ClockName.SIGN, TimerKind.RED),
    (ClockName.HANDLE, TimerKind.YELLOW),
    (ClockName.HANDLE, TimerKind.ORANGE),
    (ClockName.HANDLE, TimerKind.RED),
)
FORK = multiprocessing.get_context("fork")
Factory = sessionmaker[Session]
Spent = tuple[float, float]


def measure(name: str, engine: Engine) -> None:
    factory = sessionmaker(engine, expire_on_commit=False)
    now = populate(factory)
    floor = by_two(engine, partial(bare_inserts, TIMERS // 4))
    one_each = by_two(engine, partial(work, now))
    told(name, "timers of as many tickets", (fired(factory), one_each), floor)
    before = fired(factory)
    with factory.begin() as session:
        others = update(Timer).where(Timer.ticket_id % 10 > 0, Timer.state == "pending")
        session.execute(others.values(due_at=MONDAY + timedelta(days=4000)))
    backlog = by_two(engine, partial(work, now + timedelta(days=40)))
    told(name, "timers after 40 days", (fired(factory) - before, backlog), floor)
    check(factory)


def populate(factory: Factory) -> datetime:
    """Make tickets of each age with one timer due; returns a moment at which all of these are."""
    with factory.begin() as session:
        session.execute(text("CREATE TABLE bench_floor (line VARCHAR(200))"))
        number = Tale(session, found_town(session)).to_dispatch().dispatched("HOUSING", "ROADS").number
        multiply(session, number, TIMERS)
        # The ticket that was copied keeps out of it.
        session.execute(update(Timer).where(Timer.ticket_id == 1).values(state="cancelled"))
        for place, (clock, kind) in enumerate(AGES):
            of_age = Timer.ticket_id % len(AGES) == place
            clocks = select(Clock.id).where(Clock.name == clock)
            # Of two shares one is signed late; the other's unit has signed in time.
            chosen = select(func.min(Timer.id)).where(Timer.clock_id.in_(clocks), Timer.kind == kind, of_age)
            due = select(chosen.group_by(Timer.ticket_id).subquery())
            session.execute(update(Timer).where(Timer.id.in_(due)).values(due_at=MONDAY))
    with factory.begin() as session:
        if session.connection().dialect.name == "postgresql":
            session.execute(text("ANALYZE"))
    return MONDAY + timedelta(minutes=30)


def by_two(engine: Engine, act: Callable[[Factory], None]) -> Spent:
    """Let two processes act at once; returns the seconds that went by and those of their processors."""
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()  # a child must not inherit a connection
    queue = FORK.SimpleQueue()
    workers = [FORK.Process(target=live, args=(url, act, queue)) for _ in range(WORKERS)]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    spent = time.perf_counter() - started
    return spent, sum(queue.get() for _ in workers)


def live(url: str, act: Callable[[Factory], None], queue: "multiprocessing.SimpleQueue[float]") -> None:
    engine = create_engine(url, **engine_options(url))
    started = time.process_time()
    act(sessionmaker(engine, expire_on_commit=False))
    queue.put(time.process_time() - started)
    engine.dispose()


def work(now: datetime, factory: Factory) -> None:
    while fire_all_due(factory, lambda: now):
        continue


def bare_inserts(count: int, factory: Factory) -> None:
    for _ in range(count):
        with factory.begin() as session:
            session.execute(text("INSERT INTO bench_floor VALUES (:line)"), {"line": "x" * 200})


def fired(factory: Factory) -> int:
    with factory() as session:
        return session.scalars(select(func.count(Timer.id)).where(Timer.state == "fired")).one()


def told(name: str, what: str, measured: tuple[int, Spent], floor: Spent) -> None:
    count, (seconds, processor) = measured
    each, bare = 1000 * seconds / count, 1000 * floor[0] / (TIMERS // 4 * WORKERS)
    print(
        f"{name}: {count} {what} in {seconds:.1f} s ({count / seconds:.0f} a second; processor "
        f"{1000 * processor / count:.1f} ms each); floor {bare:.2f} ms, a timer {each:.2f} ms "
        f"({each / bare:.1f} floors)"
    )


def check(factory: Factory) -> None:
    with factory() as session:
        timers: Sequence[Timer] = session.scalars(select(Timer).where(Timer.state == "fired")).all()
        events = session.scalar(select(func.count(TicketEvent.id)).where(TicketEvent.role == "system"))
        assert events is not None
        assert events >= len(timers)
        if TIMERS <= _CHECKED_WHOLE:
            assert find_faults(session) == []


if __name__ == "__main__":
    run_on_each(measure)
