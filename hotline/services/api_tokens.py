"""Which bearer tokens open the API, for whom and for what? Nothing here commits."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from hotline.models.people import ApiToken, Scope, User
from hotline.services.accounts import token_hash

EVERYTHING = frozenset(Scope)
_TOKEN_PREFIX = "hl_"  # noqa: S105 - makes a leaked token recognisable, is none itself
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is called, what it is for and how long it works."""

    name: str
    scopes: frozenset[Scope] = EVERYTHING
    expires_at: datetime | None = None


def issue_token(session: Session, user_id: int, grant: Grant, now: datetime) -> str:
    """Add an API token and give back its text, which is never shown again; token_grants judges who may."""
    token = _TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    row = ApiToken(
        token_hash=token_hash(token),
        user_id=user_id,
        name=grant.name,
        scopes=" ".join(scope.value for scope in Scope if scope in grant.scopes),
        created_at=now,
        expires_at=grant.expires_at,
    )
    session.add(row)
    session.flush()
    return token


def scopes_of(row: ApiToken) -> frozenset[Scope]:
    """What a token is for."""
    return frozenset(Scope(word) for word in row.scopes.split())


def revoke_token(session: Session, token_id: int, now: datetime) -> None:
    """Stop a token from working; a second time changes nothing."""
    ours = (ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
    session.execute(update(ApiToken).where(*ours).values(revoked_at=now))


def find_user_by_token(session: Session, token: str, now: datetime) -> tuple[ApiToken, User] | None:
    """Find the active user behind a token that is neither revoked nor expired."""
    query = (
        select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.token_hash == token_hash(token), ApiToken.revoked_at.is_(None), User.is_active)
        .where(or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now))
    )
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def touch_token(session: Session, token_id: int, now: datetime) -> None:
    """Note that a token is in use."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))
