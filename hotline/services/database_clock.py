"""What time is it for workers on several machines: the database's, so that leases mean the same to all."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

_LOG = structlog.get_logger(__name__)
_COMPARED_EVERY = 60.0
ALARM_FROM = timedelta(seconds=30)


class DatabaseClock:
    """Tells this machine's time, corrected by how far the database's is from it. Safe between threads.

    Compares once a minute and logs an error when they are half a minute apart. An SQLite database lives on
    this machine and has no time of its own. While the database is away the last correction holds.
    """

    def __init__(
        self, session_factory: Callable[[], Session], local: Callable[[], datetime] | None = None
    ) -> None:
        self._session_factory = session_factory
        self._local = local or (lambda: datetime.now(UTC))
        self._lock = threading.Lock()
        self._ahead = timedelta(0)
        self._compare_at = 0.0

    def __call__(self) -> datetime:
        with self._lock:
            is_due = time.monotonic() >= self._compare_at
            if is_due:
                self._compare_at = time.monotonic() + _COMPARED_EVERY
        if is_due:
            self._compare()
        return self._local() + self._ahead

    def _compare(self) -> None:
        with self._session_factory() as session:
            if session.get_bind().dialect.name != "postgresql":
                return
            before = self._local()
            theirs: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
            ours = before + (self._local() - before) / 2
        self._ahead = theirs - ours
        if abs(self._ahead) > ALARM_FROM:
            _LOG.error("clock_differs_from_the_databases", seconds=round(self._ahead.total_seconds()))
