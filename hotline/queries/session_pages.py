"""Where is somebody signed in, since when, and when were they last at work there?"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.people import SESSION_IDLE, SESSION_LASTS, UserSession


def list_open_sessions(session: Session, user_id: int, now: datetime) -> Sequence[UserSession]:
    """List the sessions of somebody that are open, the one used last first."""
    is_open = (UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    fresh = (UserSession.last_seen_at > now - SESSION_IDLE, UserSession.created_at > now - SESSION_LASTS)
    query = select(UserSession).where(*is_open, *fresh)
    return session.scalars(query.order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())).all()
