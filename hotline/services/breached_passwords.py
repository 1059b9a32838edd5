"""Is a password among those that leaked somewhere? Looked up in a file of the city's own, no one is asked."""

import mmap
from bisect import bisect_left
from hashlib import sha1
from pathlib import Path

_HEX = 40


class BreachedPasswords:
    """A file of SHA-1 hashes, a line each as `HASH:COUNT`, ordered by hash, as Have I Been Pwned offers it.

    It stays open and is read where it is asked, so that its size (40 GB) does not matter.
    Raises OSError where it cannot be read, and ValueError where it is empty.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __contains__(self, password: object) -> bool:
        if not isinstance(password, str):
            return False
        # The list is hashed so; nothing is kept or proved by it.
        wanted = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        offset = bisect_left(range(len(self._lines)), wanted, key=self._hash_after)
        return offset < len(self._lines) and self._hash_after(offset) == wanted

    def _hash_after(self, offset: int) -> bytes:
        """Give the hash of the first line that begins there or later; after the last one, one above all."""
        before = -1 if offset == 0 else self._lines.find(b"\n", offset - 1)
        begins = before + 1
        is_over = (offset > 0 and before < 0) or begins >= len(self._lines)
        return b"~" if is_over else self._lines[begins : begins + _HEX].upper()
