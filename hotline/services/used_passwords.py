"""Which passwords had somebody before, so that none of the last few is taken again?"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from hotline.models.people import UsedPassword, User
from hotline.services.password_rules import current_profile


def remember_password(session: Session, user_id: int, password_hash: str, now: datetime) -> None:
    """Keep the hash of a password that was just set; those older than the rules look at are forgotten."""
    session.add(UsedPassword(user_id=user_id, password_hash=password_hash, set_at=now))
    session.flush()
    older = _youngest_first(user_id).offset(current_profile().remembered)
    forgotten = session.scalars(older).all()
    session.execute(delete(UsedPassword).where(UsedPassword.id.in_([row.id for row in forgotten])))


def list_used_hashes(session: Session, user_id: int) -> Sequence[str]:
    """List the hashes a new password may not match, the present one's first."""
    present = session.scalar(select(User.password_hash).where(User.id == user_id))
    rows = session.scalars(_youngest_first(user_id).limit(current_profile().remembered))
    kept = [row.password_hash for row in rows]
    return list(dict.fromkeys([*([present] if present else []), *kept]))[: current_profile().remembered]


def _youngest_first(user_id: int) -> Select[UsedPassword]:
    return select(UsedPassword).where(UsedPassword.user_id == user_id).order_by(UsedPassword.id.desc())
