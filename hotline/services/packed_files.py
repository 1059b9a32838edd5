"""Is an office file, which is an archive, what it says, and harmless to whoever opens it?

An archive's list of contents may lie, so every part is read through once, never more of it than is declared.
"""

import io
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import PurePosixPath

from hotline.services.file_flaws import BadUploadError, Flaw

MOST_UNPACKED = 100 * 1000 * 1000
HIGHEST_RATIO = 100
MOST_PARTS = 1000
_CHUNK = 1 << 16
_LIST = "[Content_Types].xml"
_ENCRYPTED = 0x1
# Archives, office files with archives' content, and what runs.
_ARCHIVES = {"zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "tar", "jar"}
_OFFICE = {"docx", "docm", "xlsx", "xlsm", "xlsb", "pptx", "pptm"}
_NESTED = _ARCHIVES | _OFFICE | {"exe", "dll", "com", "bat", "cmd", "ps1", "vbs", "js", "hta"}
_MACROS = "vbaproject.bin"


def check_packed(name: str, content: bytes, part: str) -> None:
    """Raise BadUploadError unless the archive holds `part`, is whole, and stays within its bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if not {_LIST, part} <= {each.filename for each in parts}:
                raise BadUploadError(Flaw.BAD_TYPE, name)
            if not _is_within_bounds(parts, len(content)) or not all(map(_is_plain, parts)):
                raise BadUploadError(Flaw.BAD_ARCHIVE, name)
            _read_through(archive, parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError, OSError) as error:
        raise BadUploadError(Flaw.BAD_TYPE, name) from error


def _is_within_bounds(parts: Sequence[zipfile.ZipInfo], packed: int) -> bool:
    unpacked = sum(each.file_size for each in parts)
    names = {each.filename for each in parts}
    is_small = len(parts) <= MOST_PARTS and unpacked <= MOST_UNPACKED and unpacked <= HIGHEST_RATIO * packed
    return is_small and len(names) == len(parts)


def _is_plain(part: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(part.filename.replace("\\", "/"))
    leads_out = path.is_absolute() or ".." in path.parts or ":" in part.filename
    is_link = stat.S_ISLNK(part.external_attr >> 16)
    ending = path.suffix.lower().removeprefix(".")
    is_nested = ending in _NESTED or path.name.lower() == _MACROS
    return not (leads_out or is_link or is_nested or part.flag_bits & _ENCRYPTED)


def _read_through(archive: zipfile.ZipFile, parts: Sequence[zipfile.ZipInfo]) -> None:
    """Read every part to its end, where its checksum tells whether it is what was declared."""
    for each in parts:
        with archive.open(each) as unpacked:
            while unpacked.read(_CHUNK):
                pass
