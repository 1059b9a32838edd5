"""Which accounts does nobody use any more?

They are closed, as GB/T 22239-2019 8.1.4.2 asks, and may be reopened.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hotline.models.audit import AuditKind
from hotline.models.directory import DirectoryAct, DirectoryChange, Listed
from hotline.models.people import ApiToken, User, UserKind
from hotline.queries.directory import list_users_with_role
from hotline.services import audit
from hotline.services.audit import Asked, Deed
from hotline.services.directory_changes import Signed
from hotline.services.people import deactivate
from hotline.services.site import current_site
from hotline.services.staff_letters import Letter, write_to
from workflows.definition import SYSTEM
from workflows.errors import Refused
from workflows.vocabulary import Role

KIND = "accounts_closed"
DORMANT_AFTER = timedelta(days=90)


def list_dormant(session: Session, now: datetime) -> Sequence[int]:
    """List the open accounts of people who neither signed in nor used a token for 90 days."""
    return session.scalars(_dormant(now).order_by(User.id)).all()


def tell_of_closed(session: Session, user_ids: Sequence[int], now: datetime) -> None:
    """Put a letter to every administrator into the outbox: how many accounts were closed. Never commits."""
    if not user_ids:
        return
    day = now.astimezone(current_site().zone).date().isoformat()
    facts = {"number": f"ZH-{day}", "count": str(len(user_ids))}
    letter = Letter(KIND, facts["number"], f"dormant:{day}:{user_ids[0]}", facts, now)
    for user in list_users_with_role(session, Role.ADMINISTRATOR):
        write_to(session, user, letter)


def close_dormant(session: Session, user_id: int, now: datetime) -> bool:
    """Close one that still is dormant, on record and in the trail; the last administrator stays."""
    if session.scalar(_dormant(now).where(User.id == user_id)) is None:
        return False
    signed = Signed(SYSTEM, now, f"{DORMANT_AFTER.days} 天没有登录，自动停用")
    try:
        deactivate(session, user_id, None, signed)
    except Refused:
        return False
    deed = Deed(AuditKind.SET_UP, facts={"account": user_id, "why": "dormant"})
    audit.record(session, deed, SYSTEM, Asked("metronome"), now)
    return True


def _dormant(now: datetime) -> Select[int]:
    since = now - DORMANT_AFTER
    reopened = select(DirectoryChange.subject_id).where(
        DirectoryChange.listed == Listed.USER.value,
        DirectoryChange.act == DirectoryAct.REACTIVATED.value,
        DirectoryChange.at > since,
    )
    by_token = select(ApiToken.user_id).where(ApiToken.last_used_at > since)
    return select(User.id).where(
        User.is_active,
        User.kind == UserKind.PERSON.value,
        func.coalesce(User.last_signed_in_at, User.created_at) <= since,
        User.id.not_in(reopened),
        User.id.not_in(by_token),
    )
