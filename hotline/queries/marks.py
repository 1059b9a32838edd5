"""Where did a keyset page end: a mark in the address that leads to the page after it."""

import base64
import binascii
import json
from datetime import UTC, datetime

_LONGEST_MARK = 200
_BEYOND_ANY_ID = 2**63


class BadCursorError(ValueError):
    """A page mark that this list never gave out."""


def write_mark(value: datetime | None, row_id: int) -> str:
    """Mark the row a page ended with: what it is sorted by, and its id."""
    text = json.dumps([None if value is None else value.isoformat(), row_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_mark(mark: str) -> tuple[datetime | None, int]:
    """Read a mark; raises BadCursorError for one that we never wrote."""
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(mark[:_LONGEST_MARK] + "=" * (-len(mark) % 4)))
        moment = None if value is None else datetime.fromisoformat(value)
        has_zone = moment is None or moment.astimezone(UTC) == moment
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise BadCursorError(mark) from error
    if not (has_zone and isinstance(row_id, int) and abs(row_id) < _BEYOND_ANY_ID):
        raise BadCursorError(mark)
    return moment, row_id
