"""How are files kept with a ticket: what may come in, and under which name does it lie?

A file is written before its row is committed and removed when the transaction is rolled back: a row never
points at nothing; at worst a crash leaves a file no row knows.
"""

import hashlib
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from hotline.models.access import Attachment
from hotline.models.ticket import Assignment, Ticket
from hotline.services.file_checks import Checked, Scan, Shown, Upload, inspect
from hotline.services.file_flaws import BadUploadError, Flaw
from workflows.definition import Actor, ActorKind

# Of one person's in a day, and of what those nobody knows by name send for one ticket.
MOST_A_DAY = 500 * 1000 * 1000
MOST_OF_A_TICKET = 100 * 1000 * 1000
_DAY = timedelta(days=1)
_MODE = 0o640
_WRITTEN, _DROPPED = "attachments_written", "attachments_dropped"


@dataclass(frozen=True, slots=True)
class Laid:
    """A checked file that lies on the shelf: what a row says of it, whoever's it is."""

    name: str
    content_type: str
    size: int
    digest: str
    storage_name: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder that holds the files of all tickets, and what reads them for harm before they get there."""

    folder: Path
    scan: Scan | None = None

    def inspect(self, upload: Upload) -> Checked:
        """Look a file over before a transaction begins. Raises BadUploadError."""
        return inspect(upload, self.scan)

    def store(
        self, session: Session, ticket: Ticket, file: Checked, actor: Actor, now: datetime
    ) -> Attachment:
        """Keep one file in the caller's transaction. Raises BadUploadError past the quota; never commits."""
        if not _has_room(session, ticket, file, actor, now):
            raise BadUploadError(Flaw.USED_UP, file.name)
        return self.attach(session, ticket, (self.lay(session, file), file.shown), actor, now)

    def lay(self, session: Session, file: Checked) -> Laid:
        """Write one file; the caller keeps a row of it. Never commits."""
        digest = hashlib.sha256(file.content).hexdigest()
        laid = Laid(file.name, file.content_type, len(file.content), digest, secrets.token_hex(16))
        _at_the_end(session, _WRITTEN, self.path_of(laid))
        self._write(laid, file.content)
        return laid

    def attach(
        self, session: Session, ticket: Ticket, file: tuple[Laid, Shown], actor: Actor, now: datetime
    ) -> Attachment:
        """Make what lies here a file of the ticket. Never commits.

        What the citizen of a confidential matter sends may tell who they are, whatever they say of it.
        """
        laid, shown = file
        is_telling = ticket.is_confidential and actor.kind is ActorKind.CITIZEN
        row = Attachment(
            **asdict(laid),
            ticket_id=ticket.id,
            assignment_id=_share_of(session, ticket, actor),
            visibility=str(shown.visibility),
            is_personal=shown.is_personal or is_telling,
            uploaded_by_id=actor.user_id,
            uploaded_at=now,
        )
        session.add(row)
        session.flush()
        return row

    def drop(self, session: Session, storage_name: str) -> None:
        """Remove a file once the caller's transaction, which forgets its row, is committed."""
        _at_the_end(session, _DROPPED, self.folder / storage_name)

    def path_of(self, row: Attachment | Laid) -> Path:
        """Where the bytes of an attachment lie."""
        return self.folder / row.storage_name

    def _write(self, laid: Laid, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        descriptor = os.open(self.path_of(laid), os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def find_attachment(session: Session, ticket: Ticket, file_id: int) -> Attachment | None:
    """Find a file of this very ticket."""
    of_ticket = select(Attachment).where(Attachment.ticket_id == ticket.id, Attachment.id == file_id)
    return session.scalar(of_ticket)


def _has_room(session: Session, ticket: Ticket, file: Checked, actor: Actor, now: datetime) -> bool:
    sent, most = select(func.sum(Attachment.size)), MOST_A_DAY
    if actor.user_id is None:
        sent, most = sent.where(Attachment.ticket_id == ticket.id), MOST_OF_A_TICKET
        sent = sent.where(Attachment.uploaded_by_id.is_(None))
    else:
        sent = sent.where(Attachment.uploaded_by_id == actor.user_id, Attachment.uploaded_at > now - _DAY)
    return (session.scalar(sent) or 0) + len(file.content) <= most


def _share_of(session: Session, ticket: Ticket, actor: Actor) -> int | None:
    if not actor.subtree_unit_ids:
        return None
    own = (
        select(Assignment.id)
        .where(Assignment.ticket_id == ticket.id, Assignment.unit_id.in_(actor.subtree_unit_ids))
        .order_by(Assignment.id.desc())
    )
    return session.scalar(own.limit(1))


def _at_the_end(session: Session, what: str, path: Path) -> None:
    """Remove what was written if the transaction is rolled back, and what was dropped if it is not."""
    if _WRITTEN not in session.info:
        session.info[_WRITTEN], session.info[_DROPPED] = [], []
        event.listen(session, "after_commit", lambda ended: _settle(ended, _DROPPED))
        event.listen(session, "after_rollback", lambda ended: _settle(ended, _WRITTEN))
    session.info[what].append(path)


def _settle(session: Session, gone: str) -> None:
    for path in session.info[gone]:
        path.unlink(missing_ok=True)
    session.info[_WRITTEN].clear()
    session.info[_DROPPED].clear()
