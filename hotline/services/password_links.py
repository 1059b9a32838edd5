"""How does somebody set the password of their account without anybody else ever knowing it?

An administrator makes a link and hands it over. It works once and for some days; a newer one ends it, and so
does closing the account. What is stored of it finds it and cannot make it again.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hotline.models.directory import DirectoryAct, Listed
from hotline.models.people import PasswordLink, User
from hotline.services.accounts import set_password, unlock
from hotline.services.directory_changes import Noted, Signed, note
from hotline.services.known_devices import forget_devices
from workflows.definition import Actor, ActorKind
from workflows.errors import Code, Refused

LINK_LASTS = timedelta(hours=72)
_TOKEN_BYTES = 32


def make_link(session: Session, user_id: int, now: datetime) -> str:
    """Make a new link and end those before it; gives its secret, which is never told again."""
    end_links(session, user_id, now)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        PasswordLink(token_hash=_hash(token), user_id=user_id, created_at=now, expires_at=now + LINK_LASTS)
    )
    session.flush()
    return token


def end_links(session: Session, user_id: int, now: datetime) -> None:
    """Let no link of somebody work any longer."""
    unused = (PasswordLink.user_id == user_id, PasswordLink.used_at.is_(None))
    session.execute(update(PasswordLink).where(*unused).values(used_at=now))


def find_user_of_link(session: Session, token: str, now: datetime) -> User | None:
    """Find whose password a link sets, while it works."""
    works = (
        PasswordLink.token_hash == _hash(token),
        PasswordLink.used_at.is_(None),
        PasswordLink.expires_at > now,
    )
    return session.scalar(
        select(User).join(PasswordLink, PasswordLink.user_id == User.id).where(*works, User.is_active)
    )


def set_by_link(session: Session, token: str, password_hash: str, now: datetime) -> User:
    """Set the password a link is for and end every session of the account; uses the link up."""
    works = (
        PasswordLink.token_hash == _hash(token),
        PasswordLink.used_at.is_(None),
        PasswordLink.expires_at > now,
    )
    taken = update(PasswordLink).where(*works).values(used_at=now).returning(PasswordLink.user_id)
    user_id = session.scalar(taken.execution_options(synchronize_session=False))
    user = None if user_id is None else session.get(User, user_id)
    if user is None or not user.is_active:
        raise Refused(Code.NOT_FOUND)
    set_password(session, user.id, password_hash, now)
    unlock(session, user.id)
    forget_devices(session, user.id)
    owner = Actor(ActorKind.USER, user.display_name, frozenset(), user_id=user.id)
    noted = Noted(Listed.USER, user.id, user.version, DirectoryAct.PASSWORD_SET, [])
    note(session, noted, Signed(owner, now, "用一次性链接设置密码"))
    return user


def _hash(token: str) -> str:
    # A random 256-bit token needs no slow hash.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
