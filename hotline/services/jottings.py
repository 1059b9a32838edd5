"""How is kept what a citizen has typed on the web before it is sent: a day long, for one browser, sealed.

Nothing here commits. A file is removed from the shelf once the transaction that forgets its row is committed.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline.models.jottings import Jotting, JottingFile
from hotline.services.attachments import Laid, Shelf
from hotline.services.file_checks import MOST_AT_ONCE, Checked
from hotline.services.file_flaws import BadUploadError, Flaw
from sealing import keyed_hash

KEPT_FOR = timedelta(hours=24)
MOST_FILES = MOST_AT_ONCE
# Nobody has to say who they are to leave files here, so all of them together must not fill the disk.
ROOM = 20 * 1000**3
_TOKEN_BYTES = 16
_FORGOTTEN_AT_ONCE = 200


def begin(session: Session, now: datetime) -> tuple[Jotting, str]:
    """Begin a jotting; gives it with the token that only its browser may know."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    jotting = Jotting(token_hash=_hash(token), typed={}, ticket_number="", kept_until=now + KEPT_FOR)
    session.add(jotting)
    session.flush()
    return jotting, token


def find_jotting(session: Session, token: str, now: datetime) -> Jotting | None:
    """Find what the browser with this token has typed, unless its day is over."""
    return session.scalar(select(Jotting).where(Jotting.token_hash == _hash(token), Jotting.kept_until > now))


def lock_jotting(session: Session, token: str, now: datetime) -> Jotting | None:
    """Find it for writing: of two presses at once, the second sees what the first one did."""
    wanted = select(Jotting).where(Jotting.token_hash == _hash(token), Jotting.kept_until > now)
    return session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def write(jotting: Jotting, typed: Mapping[str, Any], now: datetime) -> None:
    """Keep what a step was filled in with, for another day."""
    jotting.typed = {**jotting.typed, **typed}
    jotting.kept_until = now + KEPT_FOR


def list_files(session: Session, jotting: Jotting) -> Sequence[JottingFile]:
    return session.scalars(
        select(JottingFile).where(JottingFile.jotting_id == jotting.id).order_by(JottingFile.id)
    ).all()


def add_file(session: Session, shelf: Shelf, jotting: Jotting, upload: Checked, room: int = ROOM) -> None:
    """Keep one file more; the very same file twice is one. Raises BadUploadError, and nothing changed."""
    known = list_files(session, jotting)
    if len(known) >= MOST_FILES:
        raise BadUploadError(Flaw.TOO_MANY, upload.name)
    if (session.scalar(select(func.sum(JottingFile.size))) or 0) + len(upload.content) > room:
        raise BadUploadError(Flaw.NO_ROOM, upload.name)
    laid = shelf.lay(session, upload)
    if laid.digest in {file.digest for file in known}:
        shelf.drop(session, laid.storage_name)
        return
    session.add(JottingFile(jotting_id=jotting.id, **asdict(laid)))
    session.flush()


def take_file_out(session: Session, shelf: Shelf, jotting: Jotting, file_id: int) -> None:
    """Forget a file of this very jotting; one that is gone already is nothing to refuse."""
    for file in list_files(session, jotting):
        if file.id == file_id:
            shelf.drop(session, file.storage_name)
            session.delete(file)
    session.flush()


def hand_over_files(session: Session, jotting: Jotting) -> list[Laid]:
    """Give the files away; they stay on the shelf for whoever keeps a row of them now."""
    files = list_files(session, jotting)
    laid = [Laid(each.name, each.content_type, each.size, each.digest, each.storage_name) for each in files]
    for file in files:
        session.delete(file)
    session.flush()
    return laid


def discard(session: Session, shelf: Shelf, jotting: Jotting) -> None:
    """Forget a jotting with all its files."""
    for file in list_files(session, jotting):
        shelf.drop(session, file.storage_name)
    session.execute(delete(JottingFile).where(JottingFile.jotting_id == jotting.id))
    session.execute(delete(Jotting).where(Jotting.id == jotting.id))


def forget_old(session: Session, shelf: Shelf, now: datetime) -> int:
    """Forget the jottings whose day is over, some at a time; tells how many."""
    over = select(Jotting).where(Jotting.kept_until <= now).order_by(Jotting.kept_until)
    some = over.limit(_FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)
    jottings = session.scalars(some).all()
    for jotting in jottings:
        discard(session, shelf, jotting)
    return len(jottings)


def _hash(token: str) -> str:
    return keyed_hash(f"jotting:{token}")
