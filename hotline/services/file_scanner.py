"""What does the virus scanner of the house say of a file? It is asked over clamd's INSTREAM protocol.

Where a scanner is configured and does not answer, nothing is kept: an unread file is not a clean one.
"""

import socket
import struct
from contextlib import closing
from dataclasses import dataclass

import structlog

from hotline.services.file_flaws import BadUploadError, Flaw

_TIMEOUT = 10.0
_CHUNK = 1 << 16
_LONGEST_ANSWER = 4096
_CLEAN = b"stream: OK"
_FOUND = b" FOUND"
_UNIX = "unix:"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd at `host:port` or `unix:/path`."""

    address: str

    def scan(self, name: str, content: bytes) -> None:
        """Raise BadUploadError for a file that is harmful, or that could not be scanned."""
        try:
            answer = self._ask(content)
        except OSError as error:
            _log.error("scanner_unreachable", fault=type(error).__name__)
            raise BadUploadError(Flaw.NOT_SCANNED, name) from error
        if answer.endswith(_FOUND):
            _log.warning("harmful_file_refused", found=answer.decode(errors="replace"), size=len(content))
            raise BadUploadError(Flaw.INFECTED, name)
        if answer != _CLEAN:
            _log.error("scanner_failed", answer=answer.decode(errors="replace"))
            raise BadUploadError(Flaw.NOT_SCANNED, name)

    def _ask(self, content: bytes) -> bytes:
        with closing(self._connect()) as line:
            line.settimeout(_TIMEOUT)
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _CHUNK):
                chunk = content[start : start + _CHUNK]
                line.sendall(struct.pack("!I", len(chunk)) + chunk)
            line.sendall(struct.pack("!I", 0))
            return _read_answer(line)

    def _connect(self) -> socket.socket:
        if not self.address.startswith(_UNIX):
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host, int(port)), _TIMEOUT)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(_TIMEOUT)
        try:
            line.connect(self.address.removeprefix(_UNIX))
        except OSError:
            line.close()
            raise
        return line


def _read_answer(line: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        more = line.recv(_LONGEST_ANSWER)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0\n ")
