"""What does a tick cost with nothing due, over many open tickets, against the same over few?

Each ticket has a running clock and three timers that are still to come. A tick over a million must cost what
it costs over a thousand; the floor is a bare SELECT 1 in the same run.
"""

import os
import statistics
import sys
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

# The root in place of this folder, where our own name would hide the library of that name.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, timed  # noqa: E402 - needs the path
from database import Base  # noqa: E402 - needs the path
from hotline.scheduler import fire_all_due  # noqa: E402 - needs the path
from tests.stories.tale import Tale  # noqa: E402 - needs the path
from tests.stories.town import MONDAY, found_town  # noqa: E402 - needs the path

FEW = 1_000
MANY = int(os.environ.get("BENCH_TICKETS", "20000"))
TICKS = int(os.environ.get("BENCH_TICKS", "300"))
Factory = sessionmaker[Session]

# What of each table a copy has in place of the first ticket's own.
COPIED = {
    "tickets": {"id": "n", "number": "'COPY-' || n", "link_hash": "'copy-' || n"},
    "clocks": {"id": "n * 100 + model.id", "ticket_id": "n"},
    "timers": {"id": "n * 100 + model.id", "ticket_id": "n", "clock_id": "n * 100 + model.clock_id"},
}
NUMBERS = (
    "WITH RECURSIVE numbers (n) AS "
    "(SELECT CAST(:first AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)"
)
MODELS = {
    "tickets": "model.id = 1",
    "clocks": "model.ticket_id = 1 AND model.name = 'handle'",
    "timers": "model.ticket_id = 1 AND model.clock_id = "
    "(SELECT id FROM clocks WHERE ticket_id = 1 AND name = 'handle')",
}


def measure(name: str, engine: Engine) -> None:
    factory = sessionmaker(engine, expire_on_commit=False)
    with factory.begin() as session:
        Tale(session, found_town(session)).to_dispatch().dispatched("HOUSING")
    for count in (FEW, MANY):
        fill(engine, count)
        both = [(timed(lambda: bare_select(engine)), timed(lambda: tick(factory))) for _ in range(TICKS)]
        floor, cost = (statistics.median(spent) for spent in zip(*both, strict=True))
        print(
            f"{name}: over {count:,} open tickets a tick with nothing due costs {cost:.2f} ms "
            f"({cost / floor:.1f} floors of {floor:.2f} ms)"
        )


def tick(factory: Factory) -> None:
    assert fire_all_due(factory, lambda: MONDAY) == 0


def bare_select(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1")).one()


def fill(engine: Engine, count: int) -> None:
    """Copy the first ticket, with its clocks and timers, until there are `count`."""
    with engine.begin() as connection:
        have = connection.scalar(text("SELECT max(id) FROM tickets"))
        for table in ("tickets", "clocks", "timers"):
            connection.execute(text(copying(table)), {"first": have + 1, "last": count})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def copying(table: str) -> str:
    columns = [f'"{column.name}"' for column in Base.metadata.tables[table].columns]
    values = [COPIED[table].get(name.strip('"'), f"model.{name}") for name in columns]
    copies = f"SELECT {', '.join(values)} FROM {table} AS model, numbers WHERE {MODELS[table]}"  # noqa: S608 - our own names
    return f"{NUMBERS} INSERT INTO {table} ({', '.join(columns)}) {copies}"


if __name__ == "__main__":
    run_on_each(measure)
