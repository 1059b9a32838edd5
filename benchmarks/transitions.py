"""What does one transition cost, against a bare INSERT and commit on the same disk in the same run?

Tickets go from register to close, one commit per step, on SQLite and, when BENCH_DATABASE_URL names an empty
database, on PostgreSQL. The floor is measured between the rounds, since a shared disk changes its mind.
"""

import os
import sys
import time
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

# The root in place of this folder, where our own name would hide the library of that name.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, timed, told  # noqa: E402 - needs the path
from tests.stories.checker import find_faults  # noqa: E402 - needs the path
from tests.stories.journey_child import JOURNEY  # noqa: E402 - needs the path
from tests.stories.tale import Tale  # noqa: E402 - needs the path
from tests.stories.town import MONDAY, Town, found_town  # noqa: E402 - needs the path

TICKETS = int(os.environ.get("BENCH_TICKETS", "40"))
Factory = sessionmaker[Session]


def measure(name: str, engine: Engine) -> None:
    factory = sessionmaker(engine, expire_on_commit=False)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bench_floor (id INTEGER PRIMARY KEY, line VARCHAR(200))"))
    with factory.begin() as session:
        town = found_town(session)
    floor: list[float] = []
    steps: list[float] = []
    for ticket in range(TICKETS):
        floor += [timed(lambda n=n: bare_insert(factory, n)) for n in range(ticket * 10, ticket * 10 + 10)]
        steps += journey(factory, town)
    with factory() as session:
        assert find_faults(session) == []
    print(f"{name}: {told('step', floor, steps)}")


def journey(factory: Factory, town: Town) -> list[float]:
    number, now, spent = "", MONDAY, []
    for step in JOURNEY:
        started = time.perf_counter()
        with factory.begin() as session:
            tale = Tale(session, town, now, number)
            step(tale)
            number, now = tale.number, tale.now
        spent.append((time.perf_counter() - started) * 1000)
    return spent


def bare_insert(factory: Factory, number: int) -> None:
    with factory.begin() as session:
        session.execute(
            text("INSERT INTO bench_floor VALUES (:id, :line)"), {"id": number, "line": "x" * 200}
        )


if __name__ == "__main__":
    run_on_each(measure)
