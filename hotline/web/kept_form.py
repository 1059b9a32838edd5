"""What happens to a form sent after its session ended? It is sealed into the page that asks to come in again.

Only for whom the session belonged to, or who opened the ticket: desks and telephones are shared, and what
somebody typed is nobody else's.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from flask import Response, current_app, g, make_response, request, session
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from database import db
from hotline.services import accounts, jottings
from hotline.web.auth import LEFT, LEFT_FORMS, signed_in
from hotline.web.security import came_from
from hotline.web.transaction import transaction
from sealing import seal, unseal

_LASTS = timedelta(hours=1)
# So many that the sealed text still goes through a form again.
_LARGEST = 200_000
_PLACE = "the sign-in page"
_NOT_SHOWN = frozenset({"csrf_token", "version", "request_key", "next"})
# Where somebody was is sent again and not read out: it is no text of theirs.
_NOT_READ = _NOT_SHOWN | {"here"}
# A form that asks for one of these is typed anew: a secret is neither written into a page nor shown on one.
_SECRET = frozenset({"password", "code"})
# These alone are typed anew, beside the rest of their form.
_TYPED_ANEW = frozenset({"id_number"})
# Words, against codes and switches, which say nothing without the form around them.
_SHORTEST_SHOWN = 8
_CHOICE = re.compile("[a-z_]+")
_BEGINNING = 20

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class KeptForm:
    """Where the form goes, what was in it, and whose it is; `page` is where it was filled in.

    `files` could not be kept, nor `lost`, texts told by their beginning and length; `anew` names the fields
    that are to be typed again.
    """

    path: str
    fields: Fields
    owner: str
    sent_at: str
    page: str = ""
    files: Sequence[str] = ()
    lost: Sequence[tuple[str, int]] = ()
    anew: Sequence[str] = ()

    @property
    def texts(self) -> list[str]:
        """List what somebody wrote, to be read before it is sent again."""
        return [value for name, value in self.fields if name not in _NOT_READ and _is_words(value)]

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to send again."""
        return any(name not in _NOT_SHOWN for name, _value in self.fields)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A kept form as it goes through a page, and what may be said of it to whoever sits there."""

    text: str
    files: int
    lost: int


def keep_form() -> Sealed | None:
    """Seal the form of this request; None when there is nothing to keep or nobody it could belong to."""
    token = session.get("_user_id") or session.get(LEFT) or ""
    owner = accounts.find_owner_of_session(db.session(), token)
    return None if owner is None else _keep(owner_of_account(owner))


def was_theirs() -> bool:
    """Whether this form is of the session before, and that was of whoever is signed in."""
    user = signed_in()
    try:
        validate_csrf(request.form.get("csrf_token"), token_key=LEFT_FORMS)
    except ValidationError:
        return False
    before = accounts.find_owner_of_session(db.session(), session.get(LEFT) or "")
    return user is not None and user.user_id == before


def keep_form_of_citizen(number: str) -> Sealed | None:
    """Seal the form of a citizen for whoever opens this ticket with its code; a button alone is not kept."""
    is_typed = any(value for name, value in request.form.items() if name not in _NOT_SHOWN)
    is_sent = request.method == "POST" and "HX-Request" not in request.headers
    return _keep(owner_of_ticket(number)) if is_sent and (is_typed or request.files) else None


def open_form(sealed: str, owner: str) -> KeptForm | None:
    """Give the form back to whose it is, within the hour."""
    try:
        kept = KeptForm(**json.loads(unseal(sealed, _PLACE)))
    except (InvalidTag, ValueError, TypeError):
        return None
    is_fresh = datetime.now(UTC) - datetime.fromisoformat(kept.sent_at) < _LASTS
    return kept if is_fresh and kept.owner == owner else None


def owner_of_account(user_id: int) -> str:
    return f"user:{user_id}"


def owner_of_ticket(number: str) -> str:
    return f"ticket:{number}"


def lay_aside(kept: Sealed) -> str:
    """Keep a sealed form for whoever leaves this site to sign in; gives the token that leads back to it."""
    with transaction() as rows:
        jotting, token = jottings.begin(rows, datetime.now(UTC))
        jottings.write(jotting, {"kept": kept.text}, datetime.now(UTC))
    return token


def take_up(token: str) -> str:
    """Give the sealed form that was laid aside; empty when there is none."""
    jotting = jottings.find_jotting(db.session(), token, datetime.now(UTC)) if token else None
    return "" if jotting is None else str(jotting.typed.get("kept", ""))


def show_with(endpoint: str, kept: str) -> Response:
    """Show a page that carries a kept form through."""
    g.kept_form = kept
    return make_response(current_app.view_functions[endpoint]())


def carried_form() -> str:
    """The kept form that this page carries, from wherever it comes."""
    return str(g.get("kept_form") or request.form.get("kept", ""))


def _keep(owner: str) -> Sealed | None:
    if _SECRET & request.form.keys():
        return None
    typed = [each for each in request.form.items(multi=True) if each[0] != "csrf_token"]
    files = [file.filename for file in request.files.values() if file.filename]
    if not typed and not files:
        return None
    fields, lost = _that_fit([each for each in typed if each[0] not in _TYPED_ANEW])
    kept = KeptForm(
        path=request.full_path.rstrip("?"),
        fields=fields,
        owner=owner,
        sent_at=datetime.now(UTC).isoformat(),
        page=came_from() or "",
        files=files,
        lost=lost,
        anew=[name for name, value in typed if name in _TYPED_ANEW and value],
    )
    # Chinese as it is: escaped it would not go through a form again.
    return Sealed(seal(json.dumps(asdict(kept), ensure_ascii=False), _PLACE), len(files), len(lost))


def _that_fit(typed: Fields) -> tuple[Fields, list[tuple[str, int]]]:
    """Leave out the longest texts until the others fit, and name each by how it begins."""
    fields, lost = list(typed), list[tuple[str, int]]()
    while sum(len(value) for _name, value in fields) > _LARGEST:
        longest = max(fields, key=lambda each: len(each[1]))
        fields.remove(longest)
        lost.append((longest[1][:_BEGINNING], len(longest[1])))
    return fields, lost


def _is_words(value: str) -> bool:
    is_choice = _CHOICE.fullmatch(value) is not None
    return not value.isascii() or (len(value) >= _SHORTEST_SHOWN and not is_choice)
