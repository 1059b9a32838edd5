"""Rows that the city of the matrix needs and no story makes."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.people import User, UserRole
from hotline.models.phrases import Phrase
from hotline.models.substitutions import Substitution

_LATER = timedelta(days=300)


def stood_in(session: Session, principal_id: int | None, substitute_id: int | None) -> int:
    """Let one stand in for the other from now on, in all the roles they have."""
    now = datetime.now(UTC)
    roles = session.scalars(select(UserRole.role).where(UserRole.user_id == principal_id))
    row = Substitution(
        principal_id=principal_id,
        substitute_id=substitute_id,
        unit_id=session.scalar(select(User.unit_id).where(User.id == principal_id)),
        roles=" ".join(sorted(roles)),
        starts_at=now,
        ends_at=now + _LATER,
        reason="年休假",
        made_by_id=principal_id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def phrase(session: Session, unit_id: int) -> int:
    now = datetime.now(UTC)
    row = Phrase(
        unit_id=unit_id,
        use="reply",
        title="已修复",
        text="已修复。",
        position=1,
        revision="1",
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    return row.id
