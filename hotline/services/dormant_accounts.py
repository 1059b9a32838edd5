"""Which accounts does nobody use any more?

They are closed, as GB/T 22239-2019 8.1.4.2 asks, and may be reopened.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.audit import AuditKind
from hotline.models.directory import DirectoryAct, DirectoryChange, Listed
from hotline.models.people import ApiToken, User, UserKind
from hotline.services import audit
from hotline.services.audit import Asked, Deed
from hotline.services.directory_changes import Signed
from hotline.services.people import deactivate
from workflows.definition import SYSTEM
from workflows.errors import Refused

DORMANT_AFTER = timedelta(days=90)


def list_dormant(session: Session, now: datetime) -> Sequence[int]:
    """List the open accounts of people who neither signed in nor used a token for 90 days."""
    since = now - DORMANT_AFTER
    reopened = select(DirectoryChange.subject_id).where(
        DirectoryChange.listed == Listed.USER.value,
        DirectoryChange.act == DirectoryAct.REACTIVATED.value,
        DirectoryChange.at > since,
    )
    by_token = select(ApiToken.user_id).where(ApiToken.last_used_at > since)
    query = select(User.id).where(
        User.is_active,
        User.kind == UserKind.PERSON.value,
        func.coalesce(User.last_signed_in_at, User.created_at) <= since,
        User.id.not_in(reopened),
        User.id.not_in(by_token),
    )
    return session.scalars(query.order_by(User.id)).all()


def close_dormant(session: Session, user_id: int, now: datetime) -> bool:
    """Close one that still is dormant, on record and in the trail; the last administrator stays."""
    if user_id not in list_dormant(session, now):
        return False
    signed = Signed(SYSTEM, now, f"{DORMANT_AFTER.days} 天没有登录，自动停用")
    try:
        deactivate(session, user_id, None, signed)
    except Refused:
        return False
    deed = Deed(AuditKind.SET_UP, facts={"account": user_id, "why": "dormant"})
    audit.record(session, deed, SYSTEM, Asked("metronome"), now)
    return True
