"""Where do rows live: the declarative base, the engine's settings and the column types every model uses.

Imports nothing of ours, so that any package may use it.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

import pysqlite3.dbapi2 as sqlite
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Dialect, Engine, Integer, MetaData, String, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

_NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only and gives back aware UTC ones.

    SQLite forgets zones, so they are put back here; a naive value is a bug and raises ValueError.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant needs a time zone"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite gives automatic row ids to INTEGER keys only.
BigInt = BigInteger().with_variant(Integer(), "sqlite")
BigIntPk = Annotated[int, mapped_column(BigInt, primary_key=True)]
BigIntRef = Annotated[int, mapped_column(BigInt)]


class Base(DeclarativeBase):
    """The base of every model; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map = {str: String(255), datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy's own class attribute


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


def engine_options(url: str) -> dict[str, Any]:
    """Engine arguments for a database URL: the bundled SQLite, or a checked PostgreSQL pool."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        # The bundled library has the WAL fix of 3.51.3, which matters once a command runs beside the server.
        return {"module": sqlite, "connect_args": {"timeout": 15, "isolation_level": None}}
    pool = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 4, "pool_recycle": 1800}
    # The counts of a page are one statement, whose planned cost would have PostgreSQL compile it each time.
    return pool if "options" in address.query else {**pool, "connect_args": {"options": "-c jit=off"}}


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite.Connection):
        return
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    # Without IMMEDIATE a read followed by a write loses updates under concurrency (measured: 1,032 of 1,200).
    if connection.dialect.name == "sqlite":
        reads_only = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
