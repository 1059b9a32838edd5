"""How does somebody prove a second time who they are: by an authenticator (RFC 6238), or a recovery code.

Nothing here counts failures: services.accounts does, for passwords and codes together.
"""

import re
import secrets
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, cast

import pyotp
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from hotline.models.second_factors import RecoveryCode, SecondFactor
from sealing import keyed_hash

if TYPE_CHECKING:
    from sqlalchemy import CursorResult

ISSUER = "Hotline 12345"
RECOVERY_CODES = 10
# Clocks of telephones go wrong by less than half a minute.
_STEPS_OFF = 1
_CODE = re.compile(r"[0-9]{6}")
_SPACES = re.compile(r"[\s-]+")
# No letter or digit that is read for another one.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_RECOVERY_LENGTH = 12
_GROUP = 4


def begin(session: Session, user_id: int, now: datetime) -> str:
    """Give an account a secret, or the one that waits for its first right code; a confirmed one stays."""
    known = session.get(SecondFactor, user_id)
    if known is not None:
        return known.secret
    secret = pyotp.random_base32()
    session.add(SecondFactor(user_id=user_id, secret=secret, last_step=0, made_at=now))
    session.flush()
    return secret


def confirm(session: Session, user_id: int, typed: str, now: datetime) -> tuple[str, ...] | None:
    """Take the first right code: from now on the account asks for one. Gives the recovery codes, shown once.

    None for a wrong code, and where there is nothing to confirm.
    """
    factor = session.get(SecondFactor, user_id)
    if factor is None or factor.confirmed_at is not None or not _take_step(session, factor, typed, now):
        return None
    session.execute(
        update(SecondFactor).where(SecondFactor.user_id == user_id).values(confirmed_at=now),
        execution_options={"synchronize_session": False},
    )
    return renew_recovery_codes(session, user_id)


def accept(session: Session, user_id: int, typed: str, now: datetime) -> bool:
    """Tell whether a code counts, and make sure that it never counts again: of two at once one is refused."""
    factor = session.get(SecondFactor, user_id)
    if factor is None or factor.confirmed_at is None:
        return False
    if _CODE.fullmatch(_plain(typed)):
        return _take_step(session, factor, typed, now)
    unused = (
        RecoveryCode.user_id == user_id,
        RecoveryCode.code_hash == _hash(user_id, typed),
        RecoveryCode.used_at.is_(None),
    )
    used = session.execute(update(RecoveryCode).where(*unused).values(used_at=now))
    return cast("CursorResult[tuple[()]]", used).rowcount == 1


def renew_recovery_codes(session: Session, user_id: int) -> tuple[str, ...]:
    """Replace the recovery codes; the old ones count no more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
    rows = [{"user_id": user_id, "code_hash": _hash(user_id, code)} for code in codes]
    session.execute(insert(RecoveryCode), rows)
    return codes


def remove(session: Session, user_id: int) -> None:
    """Take the second factor off an account, for a telephone that was lost; harmless where there is none."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))


def is_confirmed(session: Session, user_id: int) -> bool:
    """Tell whether the account asks for a code."""
    confirmed = select(SecondFactor.confirmed_at).where(SecondFactor.user_id == user_id)
    return session.scalar(confirmed) is not None


def find_unconfirmed(session: Session, user_id: int) -> str | None:
    """Find the secret that waits for its first right code."""
    waiting = (SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_(None))
    row = session.scalar(select(SecondFactor).where(*waiting))
    return None if row is None else row.secret


def count_recovery_codes(session: Session, user_id: int) -> int:
    """Count the recovery codes that still count."""
    unused = (RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).where(*unused)) or 0


def address_of(secret: str, username: str) -> str:
    """The otpauth address that an authenticator reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def _take_step(session: Session, factor: SecondFactor, typed: str, now: datetime) -> bool:
    """Find the time step whose code was typed and use it up."""
    maker = pyotp.TOTP(factor.secret)
    current = maker.timecode(now)
    near = range(current - _STEPS_OFF, current + _STEPS_OFF + 1)
    step = next(
        (each for each in near if secrets.compare_digest(maker.generate_otp(each), _plain(typed))), None
    )
    if step is None:
        return False
    later = (SecondFactor.user_id == factor.user_id, SecondFactor.last_step < step)
    taken = session.execute(
        update(SecondFactor).where(*later).values(last_step=step),
        execution_options={"synchronize_session": False},
    )
    return cast("CursorResult[tuple[()]]", taken).rowcount == 1


def _plain(typed: str) -> str:
    """What was meant: full-width digits, blanks and hyphens as input methods and eyes put them."""
    folded = _SPACES.sub("", unicodedata.normalize("NFKC", typed)).lower()
    return folded if folded.isascii() else ""


def _new_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _RECOVERY_LENGTH, _GROUP))


def _hash(user_id: int, code: str) -> str:
    return keyed_hash(f"recovery:{user_id}:{_plain(code)}")
