"""How are files kept with a ticket: what may come in, and under which name does it lie?

A file is written before its row is committed and removed when the transaction is rolled back: a row never
points at nothing; at worst a crash leaves a file no row knows.
"""

import hashlib
import io
import os
import secrets
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

import filetype
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hotline.models.access import Attachment
from hotline.models.ticket import Assignment, Ticket
from workflows.choices import Visibility
from workflows.definition import Actor
from workflows.vocabulary import Word

LARGEST = 20 * 1000 * 1000
MOST_AT_ONCE = 5
# What a file's content must be for each ending we take.
TYPES: Mapping[str, str] = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
}
_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_LONGEST_NAME = 200
_MODE = 0o640
_WRITTEN, _DROPPED = "attachments_written", "attachments_dropped"


class Flaw(Word):
    """Why a file is not taken."""

    EMPTY = "empty", "文件是空的。", "The file is empty."
    TOO_LARGE = "too_large", "文件超过 20 MB。", "The file is larger than 20 MB."
    TOO_MANY = "too_many", "一次最多上传 5 个文件。", "At most 5 files at a time."
    BAD_TYPE = (
        "bad_type",
        "不是 jpg、png、webp、pdf、docx、xlsx、mp4、mp3，或者文件已损坏。请换一个。",
        "Only jpg, png, webp, pdf, docx, xlsx, mp4 and mp3, whose content matches the name.",
    )
    NO_ROOM = (
        "no_room",
        "暂时没有地方存放文件，请先提交文字，过后再补充。",
        "There is no room for files just now; send your words and add files later.",
    )


class BadUploadError(ValueError):
    """A file that is not taken, and why."""

    def __init__(self, flaw: Flaw, name: str = "") -> None:
        super().__init__(f"{flaw}: {name}")
        self.name = name
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came. The name is the person's and is only ever shown."""

    name: str
    content: bytes
    visibility: Visibility = Visibility.INTERNAL


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
    """The folder that holds the files of all tickets."""

    folder: Path

    def store(
        self, session: Session, ticket: Ticket, upload: Upload, actor: Actor, now: datetime
    ) -> Attachment:
        """Check and keep one file in the caller's transaction. Raises BadUploadError; never commits."""
        return self.attach(session, ticket, (self.lay(session, upload), upload.visibility), actor, now)

    def lay(self, session: Session, upload: Upload) -> Laid:
        """Check and write one file; the caller keeps a row of it. Raises BadUploadError; never commits."""
        name = shown_name(upload.name)
        content_type = check(name, upload.content)
        digest = hashlib.sha256(upload.content).hexdigest()
        laid = Laid(name, content_type, len(upload.content), digest, secrets.token_hex(16))
        _at_the_end(session, _WRITTEN, self.path_of(laid))
        self._write(laid, upload.content)
        return laid

    def attach(
        self, session: Session, ticket: Ticket, file: tuple[Laid, Visibility], actor: Actor, now: datetime
    ) -> Attachment:
        """Make what lies here, seen by whom it says, a file of the ticket. Never commits."""
        laid, visibility = file
        row = Attachment(
            **asdict(laid),
            ticket_id=ticket.id,
            assignment_id=_share_of(session, ticket, actor),
            visibility=str(visibility),
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


def shown_name(raw: str) -> str:
    """Reduce what a browser sent to a plain file name: no folders, no hidden characters, its ending kept."""
    base = raw.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in base if unicodedata.category(sign)[0] != "C").strip(" .") or "file"
    ending = PurePosixPath(plain).suffix
    return plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - len(ending)] + ending


def check(name: str, content: bytes) -> str:
    """Return the type of a file we take, whatever the browser claims. Raises BadUploadError."""
    if not content:
        raise BadUploadError(Flaw.EMPTY, name)
    if len(content) > LARGEST:
        raise BadUploadError(Flaw.TOO_LARGE, name)
    ending = PurePosixPath(name).suffix.lower().removeprefix(".")
    expected = TYPES.get(ending)
    if expected is None or not _is_of_type(ending, expected, content):
        raise BadUploadError(Flaw.BAD_TYPE, name)
    return expected


def _is_of_type(ending: str, expected: str, content: bytes) -> bool:
    if ending in _PARTS:  # office files are archives; only a look inside tells which
        return _has_part(content, _PARTS[ending])
    kind = filetype.guess(content)
    return kind is not None and kind.mime == expected


def _has_part(content: bytes, part: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {"[Content_Types].xml", part} <= set(archive.namelist())
    except zipfile.BadZipFile:
        return False


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
