"""Is this database still the one that sent, or a copy of it, or an older state of it brought back?

What waits in a copy may have gone out long ago, so a worker that finds itself on one pauses the sending.

PostgreSQL can tell by itself: a dump that is restored becomes a table with another identity, and a point in
the past that is recovered begins another timeline; so does a standby that takes over, which is no older than
its last heartbeat and goes on. An SQLite file knows nothing of the kind: a token in it must be the one in a
file beside it, and both change whenever something was sent.
"""

import os
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from notifications import switch
from notifications.models import SendingSwitch

_LOG = structlog.get_logger(__name__)
_BY = "hotline"
_HEARTBEAT = timedelta(minutes=1)
# A standby takes over within this; what was recovered is older, or nothing ran that could have sent.
_TAKEOVER = timedelta(minutes=5)
_IDENTITY = text(
    "SELECT s.system_identifier || '.' || d.oid || '.' || 'sending_switches'::regclass::oid, "
    "c.timeline_id FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d "
    "WHERE d.datname = current_database()"
)


def pause_if_copied(session: Session, now: datetime) -> bool:
    """Pause the sending when this is not the database that sent last; tells whether it was paused now.

    A database without a mark gets one: it is new, or an operator has just released it.
    """
    row = session.execute(select(SendingSwitch.mark, SendingSwitch.seen_at, SendingSwitch.is_paused)).first()
    mark, seen_at, is_paused = row or (None, None, False)
    if mark is None:
        _leave_mark(session, now)
        return False
    if is_paused:
        return False
    if not _is_same(session, mark, seen_at, now):
        switch.pause(session, _BY, now, switch.Reason.RESTORED)
        _LOG.error("sending_paused_on_a_restored_database")
        return True
    if seen_at is None or now - seen_at >= _HEARTBEAT:
        _see(session, now)
    return False


def note_sent(session_factory: Callable[[], Session], now: datetime) -> None:
    """Change the token of an SQLite database, so that a copy made before is known as one. Commits."""
    with session_factory() as session, session.begin():
        path = _token_file(session)
        if path is None or not path.exists():
            return
        known, token = session.scalar(select(SendingSwitch.mark)), secrets.token_hex(16)
        # Both are good until the commit is known to have happened; a crash leaves the pair.
        _write_tokens(path, [known or token, token])
        switch.write(session, mark=token, seen_at=now)
    with session_factory() as session, session.begin():
        # Under SQLite's only write lock, so that nobody changes the token between the two lines.
        _write_tokens(path, [session.scalar(select(SendingSwitch.mark)) or token])


def _is_same(session: Session, mark: str, seen_at: datetime | None, now: datetime) -> bool:
    path = _token_file(session)
    if path is not None:
        return path.exists() and mark in path.read_text(encoding="utf-8").split()
    if not _is_postgresql(session):
        return True
    identity, _, timeline = mark.rpartition("/")
    own_identity, own_timeline = _identify(session)
    if identity != own_identity:
        return False
    return timeline == own_timeline or (seen_at is not None and now - seen_at < _TAKEOVER)


def _leave_mark(session: Session, now: datetime) -> None:
    path = _token_file(session)
    if path is None:
        _see(session, now)
        return
    token = secrets.token_hex(16)
    _write_tokens(path, [token])
    switch.write(session, mark=token, seen_at=now)


def _see(session: Session, now: datetime) -> None:
    values: dict[str, object] = {"seen_at": now}
    if _is_postgresql(session):
        values["mark"] = "/".join(_identify(session))
    switch.write(session, **values)


def _identify(session: Session) -> tuple[str, str]:
    identity, timeline = session.execute(_IDENTITY).one()
    return str(identity), str(timeline)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _token_file(session: Session) -> Path | None:
    """The file beside an SQLite database; None on PostgreSQL and in memory."""
    database = session.connection().engine.url.database
    if _is_postgresql(session) or not database or database == ":memory:":
        return None
    return Path(database).with_name(Path(database).name + ".sender")


def _write_tokens(path: Path, tokens: list[str]) -> None:
    """Replace the file in one step that a power failure cannot halve."""
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.write("\n".join(tokens))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
