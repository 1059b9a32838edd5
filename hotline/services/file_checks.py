"""Which files are taken: by what they hold, not by their names, and rid of what nobody meant to send.

Looking into a file takes a while, so it is done before a transaction begins.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype

from hotline.services.file_flaws import BadUploadError, Flaw
from hotline.services.packed_files import check_packed
from hotline.services.pictures import clean_picture
from workflows.choices import Visibility

LARGEST = 20 * 1000 * 1000
MOST_AT_ONCE = 5
LARGEST_TOGETHER = 50 * 1000 * 1000
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

# Raises BadUploadError for what must not be kept.
Scan = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """Who may see a file; one that tells who the citizen is only those who may know that."""

    visibility: Visibility = Visibility.INTERNAL
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came. The name is the person's and is only ever shown."""

    name: str
    content: bytes
    shown: Shown = Shown()


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: its name as shown, its type by content, its bytes as they will lie."""

    name: str
    content_type: str
    content: bytes
    shown: Shown = Shown()


def inspect(upload: Upload, scan: Scan | None = None) -> Checked:
    """Look a file over, write pictures anew and have the rest read by the scanner. Raises BadUploadError."""
    name = shown_name(upload.name)
    content_type = check(name, upload.content)
    if scan is not None:
        scan(name, upload.content)
    content = upload.content
    if content_type.startswith("image/"):
        content = clean_picture(name, content_type, content)
    return Checked(name, content_type, content, upload.shown)


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
    if expected is None:
        raise BadUploadError(Flaw.BAD_TYPE, name)
    if ending in _PARTS:  # office files are archives; only a look inside tells which
        check_packed(name, content, _PARTS[ending])
        return expected
    kind = filetype.guess(content)
    if kind is None or kind.mime != expected:
        raise BadUploadError(Flaw.BAD_TYPE, name)
    return expected
