"""Which browsers has somebody signed in with? Their failures are counted apart from those of strangers.

Anybody can lock an account by failing five times at it; its owner goes on where they signed in before. Such a
browser has five failures of its own, so a stolen cookie is worth no more guesses than none.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ColumnElement, case, delete, or_, select, update
from sqlalchemy.orm import Session

from hotline.models.people import KnownDevice, User

if TYPE_CHECKING:
    from sqlalchemy import CursorResult

FAILURES_BEFORE_LOCK = 5
LOCK_LASTS = timedelta(minutes=15)
DEVICE_LASTS = timedelta(days=180)


def count_try(
    session: Session, is_it: ColumnElement[bool], device: str, now: datetime
) -> tuple[int | None, str] | None:
    """Count a try on a device the account knows: its id and hash, (None, "") while the device is locked.

    None for a device the account does not know: the try is then the account's.
    """
    known = (KnownDevice.token_hash == device, KnownDevice.last_used_at > now - DEVICE_LASTS)
    query = select(KnownDevice.id, User.id, User.password_hash).join(User, User.id == KnownDevice.user_id)
    row = session.execute(query.where(is_it, User.is_active, User.password_hash != "", *known)).first()
    if row is None:
        return None
    device_id, user_id, password_hash = row
    is_over = KnownDevice.locked_until <= now
    counted = case((is_over, 1), else_=KnownDevice.failed_attempts + 1)
    reserved = session.execute(
        update(KnownDevice)
        .where(KnownDevice.id == device_id, or_(KnownDevice.locked_until.is_(None), is_over))
        .values(
            failed_attempts=counted,
            locked_until=case((counted >= FAILURES_BEFORE_LOCK, now + LOCK_LASTS), else_=None),
        ),
        execution_options={"synchronize_session": False},
    )
    return (user_id, password_hash) if _is_one(reserved) else (None, "")


def take_back(session: Session, user_id: int, device: str) -> bool:
    """Take one try off a device's count; False for a device the account does not know."""
    left = case((KnownDevice.failed_attempts > 0, KnownDevice.failed_attempts - 1), else_=0)
    until = case((left >= FAILURES_BEFORE_LOCK, KnownDevice.locked_until), else_=None)
    return _write(session, user_id, device, {"failed_attempts": left, "locked_until": until})


def forgive(session: Session, user_id: int, device: str) -> bool:
    """Clear a device's count after a right password; False for a device the account does not know."""
    return _write(session, user_id, device, {"failed_attempts": 0, "locked_until": None})


def remember(session: Session, user_id: int, device: str, now: datetime) -> None:
    """Know a device from now on, or note that it was used again."""
    if device and not _write(session, user_id, device, {"last_used_at": now}):
        row = KnownDevice(user_id=user_id, token_hash=device, last_used_at=now, failed_attempts=0)
        session.add(row)
        session.flush()


def forget_devices(session: Session, user_id: int) -> None:
    """Know no device of somebody any longer."""
    session.execute(delete(KnownDevice).where(KnownDevice.user_id == user_id))


def _write(session: Session, user_id: int, device: str, values: dict[str, Any]) -> bool:
    ours = (KnownDevice.user_id == user_id, KnownDevice.token_hash == device)
    written = session.execute(
        update(KnownDevice).where(*ours).values(values),
        execution_options={"synchronize_session": False},
    )
    return _is_one(written)


def _is_one(result: object) -> bool:
    return cast("CursorResult[tuple[()]]", result).rowcount == 1
