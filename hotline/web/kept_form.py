"""What happens to a form sent after its session ended? It is sealed into the sign-in page and handed back.

Only to whom the session belonged: desks are shared, and what somebody typed is nobody else's.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from flask import request, session

from database import db
from hotline.services import accounts
from sealing import seal, unseal

_LASTS = timedelta(hours=1)
_LARGEST = 200_000
_PLACE = "the sign-in page"
_NOT_SHOWN = frozenset({"csrf_token", "version", "request_key", "next"})
# A form that asks for one of these is typed anew: a secret is neither written into a page nor shown on one.
_SECRET = frozenset({"password", "code"})
# Words, against codes and switches, which say nothing without the form around them.
_SHORTEST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class KeptForm:
    """Where the form goes, what was in it, and whose it is."""

    path: str
    fields: Sequence[tuple[str, str]]
    user_id: int
    sent_at: str

    @property
    def texts(self) -> list[str]:
        """List what somebody wrote, to be read before it is sent again."""
        return [
            value for name, value in self.fields if name not in _NOT_SHOWN and len(value) >= _SHORTEST_SHOWN
        ]


def keep_form() -> str | None:
    """Seal the form of this request; None when there is nothing to keep or nobody it could belong to."""
    if _SECRET & request.form.keys():
        return None
    owner = accounts.find_owner_of_session(db.session(), session.get("_user_id", ""))
    fields = [each for each in request.form.items(multi=True) if each[0] != "csrf_token"]
    if owner is None or not fields or sum(len(value) for _, value in fields) > _LARGEST:
        return None
    kept = KeptForm(request.full_path.rstrip("?"), fields, owner, datetime.now(UTC).isoformat())
    return seal(json.dumps(asdict(kept)), _PLACE)


def open_form(sealed: str, user_id: int) -> KeptForm | None:
    """Give the form back to whose it is, within the hour."""
    try:
        kept = KeptForm(**json.loads(unseal(sealed, _PLACE)))
    except (InvalidTag, ValueError, TypeError):
        return None
    is_fresh = datetime.now(UTC) - datetime.fromisoformat(kept.sent_at) < _LASTS
    return kept if is_fresh and kept.user_id == user_id else None
