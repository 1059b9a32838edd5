"""How do the databases mean to run the statements of a test?"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def explained(engine: Engine, beginning: str) -> Iterator[list[str]]:
    """Collect the plan lines of every statement that begins so while the block runs.

    PostgreSQL reads small tables whole; whoever asks for an index tells it not to.
    """
    plans: list[str] = []
    is_sqlite = engine.dialect.name == "sqlite"
    ask, column = ("EXPLAIN QUERY PLAN", 3) if is_sqlite else ("EXPLAIN", 0)

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith(beginning):
            found = connection.connection.driver_connection.execute(f"{ask} {statement}", parameters)
            plans.extend(row[column] for row in found.fetchall())

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", explain)


@contextmanager
def explained_by_postgresql(engine: Engine, beginning: str) -> Iterator[dict[str, str]]:
    """Collect PostgreSQL's plan of every statement that begins so, by statement, while the block runs.

    A table of a few rows is read whole whatever its indexes, so that way is closed: what is left is the index
    that a large table would be read by, if there is one for these very conditions.
    """
    plans: dict[str, str] = {}

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith(beginning):
            driver = connection.connection.driver_connection
            driver.execute("SET LOCAL enable_seqscan = off")
            rows = driver.execute(f"EXPLAIN {statement}", parameters).fetchall()
            plans[statement] = "\n".join(row[0] for row in rows)

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(engine, "before_cursor_execute", explain)
