"""What does whoever watches over people's data look at first? Numbers, in one statement."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.audit import AuditKind, AuditRecord, AuditResult
from hotline.models.people import ApiToken, User
from hotline.models.reveals import IdentityReveal
from hotline.queries.counting import count_lists
from hotline.queries.requests import ids_to_decide
from hotline.queries.substitutions import ids_running
from workflows.definition import Actor

MOST = 999
SOON = timedelta(days=30)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


def count_watched(session: Session, viewer: Actor, now: datetime) -> Mapping[str, int]:
    """Count each by name, no further than one more than MOST."""
    today, looks = AuditRecord.at >= now - _DAY, select(IdentityReveal.id)
    of_week = looks.where(IdentityReveal.at >= now - _WEEK)
    unended = (ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
    lists = {
        "to_decide": ids_to_decide(viewer),
        "looks": of_week,
        "unusual": of_week.where(IdentityReveal.marks != ""),
        "denied": select(AuditRecord.id).where(today, AuditRecord.result == AuditResult.DENIED.value),
        "not_signed_in": select(AuditRecord.id).where(
            today,
            AuditRecord.kind == AuditKind.SIGN_IN.value,
            AuditRecord.result == AuditResult.REFUSED.value,
        ),
        "locked": select(User.id).where(User.is_active, User.locked_until > now),
        "ending": select(ApiToken.id).where(*unended, ApiToken.expires_at <= now + SOON),
        "standing_in": ids_running(now),
    }
    return dict(zip(lists, count_lists(session, list(lists.values()), MOST), strict=True))
