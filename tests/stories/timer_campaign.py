"""Clocks that jump, processes that die, a city that was down for forty days: do timers keep their promise?

    python -m tests.stories.timer_campaign --timers 3000 --database-url postgresql://…/an_empty_database

The tests run the same three campaigns with fewer timers.
"""

import argparse
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from database import Base, engine_options
from hotline.models.clocks import Timer
from sealing import configure_sealing
from tests.databases import empty_tables
from tests.stories.crowd import multiply
from tests.stories.tale import Tale
from tests.stories.timer_child import Worker, tick_when_told, work
from tests.stories.timer_figures import TimerFigures, read_figures
from tests.stories.town import MONDAY, found_town

FORK = multiprocessing.get_context("fork")
FAR = MONDAY + timedelta(days=40)
# Of a ticket with two units: both signings with a warning, the contact, the handling with two, and its ladder.
TIMERS_OF_A_TICKET = 10
_HOUR, _DAY, _SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
# How far the clock runs on in between, and by how much it jumps then.
_RUNS = (timedelta(hours=5), timedelta(hours=30), timedelta(days=4), timedelta(days=3), timedelta(hours=2))
JUMPS = (-_HOUR, _HOUR, -2 * _DAY, 40 * _DAY, -_SECOND)
_STEPS = 4
_WORKERS, _SCHEDULERS = 3, 2
Factory = sessionmaker[Session]


def populate(factory: Factory, timers: int) -> None:
    """Make so many tickets with two units each that they have `timers` timers until `FAR`."""
    with factory.begin() as session:
        tale = Tale(session, found_town(session)).to_dispatch().dispatched("HOUSING", "ROADS")
        multiply(session, tale.number, timers // TIMERS_OF_A_TICKET - 1)


def populate_signed(factory: Factory, tickets: int) -> None:
    """Make tickets whose only unit has signed: contact, two warnings and the end, and the ladder to come."""
    with factory.begin() as session:
        tale = Tale(session, found_town(session)).to_dispatch().dispatched("HOUSING")
        tale.on_share("handler_housing", "sign", "HOUSING")
        multiply(session, tale.number, tickets - 1)


def jumping_clock(jumps: Sequence[timedelta] = JUMPS) -> Iterator[tuple[datetime, datetime]]:
    """The moments two machines see whose clocks run on and jump, and never agree by more than a second."""
    now = MONDAY
    for place, jump in enumerate(jumps):
        run = _RUNS[place % len(_RUNS)]
        for _ in range(_STEPS):
            now += run / _STEPS
            yield now - _SECOND, now + _SECOND
        now += jump
        yield now + _SECOND, now - _SECOND


def run_with_jumping_clocks(engine: Engine, moments: Iterator[tuple[datetime, datetime]]) -> datetime:
    """Let two processes tick at each pair of moments, both at once; returns the latest moment there was."""
    latest = MONDAY
    with _told_processes(engine, 2) as lines:
        for pair in [*moments, (FAR + 40 * _DAY,) * 2]:
            for line, moment in zip(lines, pair, strict=True):
                line.send(moment)
            for line in lines:
                line.recv()
            latest = max(latest, *pair)
    return latest


def run_after_downtime(engine: Engine) -> datetime:
    """Let one process tick after forty days in which nothing ran; returns that moment."""
    with _told_processes(engine, 1) as (line,):
        line.send(FAR)
        line.recv()
    return FAR


def run_with_kills(engine: Engine, lives: int) -> int:
    """Keep three workers and two schedulers at work until nothing is due; returns how many were killed.

    The first `lives` processes are killed at a point of their own, if they get there; whoever dies is
    replaced.
    """
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()  # a child must not inherit a connection
    serials = iter(range(sys.maxsize))
    at_work: dict[int, tuple[BaseProcess, bool]] = {}

    def start(*, has_scheduler: bool) -> None:
        serial = next(serials)
        worker = Worker(url, FAR, serial, is_mortal=serial < lives, has_scheduler=has_scheduler)
        child = FORK.Process(target=work, args=(worker,))
        child.start()
        at_work[child.sentinel] = (child, has_scheduler)

    for place in range(_WORKERS + _SCHEDULERS):
        start(has_scheduler=place >= _WORKERS)
    kills = 0
    while at_work:
        for sentinel in wait(list(at_work)):
            child, has_scheduler = at_work.pop(int(str(sentinel)))
            child.join()
            if child.exitcode == -signal.SIGKILL:
                kills += 1
                start(has_scheduler=has_scheduler)
            elif child.exitcode != 0:
                message = f"a process ended with {child.exitcode}"
                raise RuntimeError(message)
    return kills


@contextmanager
def _told_processes(engine: Engine, count: int) -> Iterator[list[Connection]]:
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()  # a child must not inherit a connection
    pipes = [FORK.Pipe() for _ in range(count)]
    children = [FORK.Process(target=tick_when_told, args=(url, far)) for _, far in pipes]
    for child in children:
        child.start()
    lines = [near for near, _ in pipes]
    try:
        yield lines
    finally:
        for line, child in zip(lines, children, strict=True):
            line.send(None)
            child.join()


def figures(factory: Factory, now: datetime) -> TimerFigures:
    with factory() as session:
        return read_figures(session, now)


_CAMPAIGNS: Mapping[str, Callable[[Engine, int], tuple[datetime, int]]] = {
    "50 jumps of the clock": lambda engine, _: (
        run_with_jumping_clocks(engine, jumping_clock(JUMPS * 10)),
        0,
    ),
    "40 days of downtime": lambda engine, _: (run_after_downtime(engine), 0),
    "kills": lambda engine, lives: (FAR, run_with_kills(engine, lives)),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--timers", type=int, default=3000)
    parser.add_argument("--lives", type=int, default=60, help="how many processes are to be killed")
    parser.add_argument(
        "--database-url", required=True, help="an empty database; everything in it is deleted"
    )
    given = parser.parse_args(arguments)
    configure_sealing([("aes", b"a key for the campaign only.....")])
    engine = create_engine(given.database_url, **engine_options(given.database_url))
    Base.metadata.create_all(engine)
    factory = sessionmaker(engine, expire_on_commit=False)
    for name, campaign in _CAMPAIGNS.items():
        populate(factory, given.timers)
        until, killed = campaign(engine, given.lives)
        with factory() as session:
            known = session.scalar(select(func.count(Timer.id)))
        said = f"{name}: {known} timers, {killed} processes killed, {figures(factory, until)}\n"
        sys.stdout.write(said)
        empty_tables(engine)
    engine.dispose()


if __name__ == "__main__":
    main()
