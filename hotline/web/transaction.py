"""When does a request write: only inside transaction(), which commits once; all the rest reads.

On SQLite a transaction takes the only write lock as it begins. So requests read in a transaction that takes
none, and transaction() opens another one for the act itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, request
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from database import db

# Must answer even while the database does not.
_WITHOUT_DATABASE = frozenset({None, "static", "health.healthz"})
_WRITING = "hotline_is_writing"
_WATCHERS = "hotline_watchers"
# How long an act beside the page may wait for a lock: the page is worth more than the act.
_PATIENCE_MS = 300
_USUAL_PATIENCE_MS = 15_000


@contextmanager
def transaction() -> Iterator[Session]:
    """Everything inside commits together, or, when anything is raised, not at all.

    Rows that were read before are read again when they are next looked at: they may be stale by now.
    """
    session = db.session()
    if session.info.get(_WRITING) or session.new or session.dirty or session.deleted:
        message = "transactions do not nest, and nothing may be changed outside of one"
        raise RuntimeError(message)
    session.commit()  # ends the reading
    session.expire_all()
    session.info[_WRITING] = True
    try:
        with session.begin():
            yield session
            for watcher in current_app.extensions.get(_WATCHERS, ()):
                watcher(session)
    finally:
        session.info.pop(_WRITING, None)
        begin_reading(session)


def watch(app: Flask, watcher: Callable[[Session], None]) -> None:
    """Have `watcher` called in every transaction() as the last thing before it commits."""
    app.extensions.setdefault(_WATCHERS, []).append(watcher)


@contextmanager
def aside() -> Iterator[Session]:
    """A short transaction beside the request's own reading; what the caller does not commit is taken back.

    It gives up instead of waiting: raises OperationalError when a lock is not to be had at once.
    """
    with (
        db.engine.connect() as connection,
        _impatient(connection),
        Session(connection, expire_on_commit=False) as session,
    ):
        if connection.dialect.name == "postgresql":
            session.connection().exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE_MS}ms'")
        yield session


@contextmanager
def _impatient(connection: Connection) -> Iterator[None]:
    """Let SQLite wait less for its lock; past SQLAlchemy, which would begin a transaction for that."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    driver.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout={_USUAL_PATIENCE_MS}")


def begin_reading(session: Session) -> None:
    """Begin a transaction that takes no lock on SQLite; nothing to do when one is open."""
    if not session.in_transaction():
        session.connection(execution_options={"reads_only": True})


def register_transactions(app: Flask) -> None:
    """Let every request that may need the database begin by reading."""

    @app.before_request
    def start_reading() -> None:
        if request.endpoint not in _WITHOUT_DATABASE:
            begin_reading(db.session())
