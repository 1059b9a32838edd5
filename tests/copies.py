"""How is the same small city there for thousands of tests? It is founded once; after that its rows are copied.

What is copied is every row of every table that was empty when the city was founded first, and what is returned
with it must not change: all tests of a process are given the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.orm import Session, sessionmaker

from database import Base
from hotline.models.calendars import Calendar
from hotline.models.organisation import Unit

_T = TypeVar("_T")
# A table's rows: as JSON text on PostgreSQL, which takes them back in one statement, else as values.
_Rows = dict[Table, Any]


@dataclass(frozen=True, slots=True)
class _Founded:
    rows: _Rows
    result: Any


_founded: dict[tuple[str, str], _Founded] = {}


def copied(session: Session, name: str, found: Callable[[Session], _T]) -> _T:
    """Found a city of that name, or copy it; founded by hand where the database is not empty. Flushes."""
    connection = session.connection()
    if any(session.scalar(select(model.id).limit(1)) is not None for model in (Unit, Calendar)):
        return found(session)
    known = _founded.get((connection.dialect.name, name))
    if known is None:
        before = _read(connection)
        result = found(session)
        session.flush()
        made = {table: rows for table, rows in _read(connection).items() if table not in before}
        _founded[connection.dialect.name, name] = _Founded(made, result)
        return result
    _write(connection, known.rows)
    return cast("_T", known.result)


def copied_by(factory: sessionmaker[Session], name: str, found: Callable[[], _T]) -> _T:
    """Found a city that commits by itself, in a database that is empty, or copy and commit it."""
    with factory.begin() as session:
        connection = session.connection()
        known = _founded.get((connection.dialect.name, name))
        if known is not None:
            _write(connection, known.rows)
            return cast("_T", known.result)
    result = found()
    with factory() as session:
        connection = session.connection()
        _founded[connection.dialect.name, name] = _Founded(_read(connection), result)
    return result


def _read(connection: Connection) -> _Rows:
    """Read every row of every table, those of tables that others point at first."""
    if connection.dialect.name == "postgresql":
        read = {
            table: connection.exec_driver_sql(f"SELECT json_agg(t)::text FROM {table.name} t").scalar()  # noqa: S608 - our own table names
            for table in Base.metadata.sorted_tables
        }
        return {table: rows for table, rows in read.items() if rows}
    tables = {
        table: connection.execute(select(table)).mappings().all() for table in Base.metadata.sorted_tables
    }
    return {table: [dict(row) for row in rows] for table, rows in tables.items() if rows}


def _write(connection: Connection, rows: _Rows) -> None:
    if connection.dialect.name != "postgresql":
        for table, records in rows.items():
            connection.execute(insert(table), records)
        return
    # In one statement, so that references are checked at its end; ids given from now on come after the copied.
    parts = ", ".join(
        f"of_{table.name} AS (INSERT INTO {table.name}"  # noqa: S608 - our own table names
        f" SELECT * FROM json_populate_recordset(NULL::{table.name}, %s) RETURNING 1)"
        for table in rows
    )
    connection.exec_driver_sql(f"WITH {parts} SELECT 1", tuple(rows.values()))
    counted = [table.name for table in rows if "id" in table.c and table.c.id.type.python_type is int]
    ids = ", ".join(
        f"setval(s{place}, greatest((SELECT max(id) FROM {name}), nextval(s{place})))"  # noqa: S608 - same
        for place, name in enumerate(counted)
    )
    names = ", ".join(
        f"pg_get_serial_sequence('{name}', 'id') AS s{place}" for place, name in enumerate(counted)
    )
    connection.exec_driver_sql(f"SELECT {ids} FROM (SELECT {names}) AS sequences")  # noqa: S608 - same
