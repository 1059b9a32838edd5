"""What editions of calendars and policies does this process remember?

They change a few times a year and are read at nearly every transition, so what was read is kept in the
process under the row's revision, a value no other edition ever has.
"""

from typing import TypeVar

_EDITIONS_KEPT = 32

_Edition = TypeVar("_Edition")


def keep_edition(editions: dict[str, _Edition], revision: str, value: _Edition) -> None:
    """Remember an edition; when too many were seen, the others are forgotten and read again."""
    if len(editions) >= _EDITIONS_KEPT:
        editions.clear()
    editions[revision] = value
