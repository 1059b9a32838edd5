"""Which tokens of the API are there, whose are they, what are they for and when were they last used?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.people import ApiToken, Scope, User, UserKind

_MOST = 500


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One token as administrators see it; `standing` is `works`, `expired`, `revoked` or `closed`."""

    id: int
    name: str
    username: str
    display_name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    standing: str


def list_token_lines(session: Session, now: datetime) -> list[TokenLine]:
    """List the tokens, those that work first and among them those that end first; 500 at most."""
    query = select(ApiToken, User).join(User, User.id == ApiToken.user_id).order_by(ApiToken.id.desc())
    lines = [_line(token, user, now) for token, user in session.execute(query.limit(_MOST))]
    for_ever = now.replace(year=now.year + 1_000)
    return sorted(lines, key=lambda line: (line.standing != "works", line.expires_at or for_ever))


def list_systems(session: Session) -> Sequence[User]:
    """List the open accounts of systems, to which tokens are given."""
    systems = (User.kind == UserKind.SYSTEM.value, User.is_active)
    return session.scalars(select(User).where(*systems).order_by(User.username)).all()


def _line(token: ApiToken, user: User, now: datetime) -> TokenLine:
    return TokenLine(
        id=token.id,
        name=token.name,
        username=user.username,
        display_name=user.display_name,
        scopes=tuple(Scope(word) for word in token.scopes.split()),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        standing=_standing(token, user, now),
    )


def _standing(token: ApiToken, user: User, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at is not None and token.expires_at <= now:
        return "expired"
    return "works" if user.is_active else "closed"
