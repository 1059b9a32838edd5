"""Could this mark have been given out by the worklist? A forged one must not reach the database."""

import base64
import json
from datetime import datetime
from typing import Any

from hotline.api.inputs import is_near
from hotline.api.words import ApiCode
from workflows.errors import FieldError, invalid

_LARGEST_ID = 2**63 - 1


def checked_mark(mark: str | None) -> str | None:
    """Give the mark back. Raises Refused naming `after` for one that no list gives out."""
    if mark is None:
        return None
    try:
        moment, row_id = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
        is_ours = _is_moment(moment) and type(row_id) is int and 0 < row_id <= _LARGEST_ID
    except (ValueError, TypeError, RecursionError):
        is_ours = False
    if not is_ours:
        raise invalid(FieldError("after", ApiCode.BAD_CURSOR))
    return mark


def _is_moment(value: Any) -> bool:
    if value is None:
        return True
    moment = datetime.fromisoformat(value)
    return moment.tzinfo is not None and is_near(moment)
