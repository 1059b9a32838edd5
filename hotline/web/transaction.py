"""When does a request write: only inside transaction(), which commits once; all the rest reads.

On SQLite a transaction takes the only write lock as it begins. So requests read in a transaction that takes
none, and transaction() opens another one for the act itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, request
from sqlalchemy.orm import Session

from database import db

# Must answer even while the database does not.
_WITHOUT_DATABASE = frozenset({None, "static", "health.healthz"})
_WRITING = "hotline_is_writing"


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
    finally:
        session.info.pop(_WRITING, None)
        begin_reading(session)


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
