"""Which accounts, passwords, sessions and tokens are there, and when does each of them stop working.

Nothing here commits. Hashing takes about 0.1 s and 64 MiB, so it is kept apart from what holds rows.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, and_, case, delete, or_, select, update
from sqlalchemy.orm import Session

from hotline.models.people import SESSION_IDLE, SESSION_LASTS, User, UserKind, UserRole, UserSession
from hotline.services import known_devices
from hotline.services.known_devices import FAILURES_BEFORE_LOCK, LOCK_LASTS
from hotline.services.password_rules import list_faults
from hotline.services.separation import require_apart
from hotline.services.used_passwords import remember_password
from workflows.definition import Actor, ActorKind
from workflows.errors import invalid
from workflows.vocabulary import Role

TRUSTED_INTAKE = "trusted_intake"

_TOUCH_EVERY = timedelta(minutes=1)
_TOKEN_BYTES = 32
_AGENT_LENGTH = 255
# Hashes at a time in this process: each takes 64 MiB, and a login storm must not take the machine.
_HASHING = BoundedSemaphore(4)

HASHER = PasswordHasher()
# For tests and throw-away data only.
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True, slots=True)
class NewUser:
    """What a new account is made of; without a password it can only use tokens."""

    username: str
    display_name: str
    password: str = ""
    roles: frozenset[Role] = frozenset()
    unit_id: int | None = None
    staff_number: str = ""
    phone: str = ""
    email: str = ""
    kind: UserKind = UserKind.PERSON
    has_trusted_intake: bool = False
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One counted try to sign in. An unknown or locked account has neither id nor hash."""

    user_id: int | None
    password_hash: str


@dataclass(frozen=True, slots=True)
class Client:
    """Where a browser signs in from, and the hash of the mark it holds from then on."""

    ip: str = ""
    user_agent: str = ""
    device: str = ""
    is_sso: bool = False


def create_user(session: Session, new: NewUser, now: datetime, hasher: PasswordHasher = HASHER) -> User:
    """Add an account and its roles. Raises Refused for a weak password; a taken name fails at the flush."""
    password_hash = hash_password(new.username, new.password, hasher) if new.password else ""
    user = User(
        username=new.username,
        display_name=new.display_name,
        password_hash=password_hash,
        unit_id=new.unit_id,
        staff_number=new.staff_number,
        phone=new.phone,
        email=new.email,
        kind=new.kind.value,
        has_trusted_intake=new.has_trusted_intake,
        language=new.language,
        password_set_at=now if password_hash else None,
        created_at=now,
    )
    session.add(user)
    session.flush()
    if password_hash:
        remember_password(session, user.id, password_hash, now)
    set_roles(session, user.id, new.roles)
    return user


def set_roles(session: Session, user_id: int, roles: Iterable[Role]) -> None:
    """Replace the roles of a user; they count from the next request on. Raises RolesTogetherError."""
    roles = frozenset(roles)
    require_apart(roles)
    session.execute(delete(UserRole).where(UserRole.user_id == user_id))
    session.add_all(UserRole(user_id=user_id, role=role.value) for role in sorted(roles))
    session.flush()


def hash_password(username: str, password: str, hasher: PasswordHasher = HASHER) -> str:
    """Hash a new password. Raises Refused naming each rule it breaks.

    Takes about 0.1 s, so call it before rows are locked.
    """
    if faults := list_faults(username, password):
        raise invalid(*faults)
    with _HASHING:
        return hasher.hash(password)


def set_password(session: Session, user_id: int, password_hash: str, now: datetime) -> None:
    """Store a new hash and end every session of the user, the present one included."""
    values = {"password_hash": password_hash, "password_set_at": now}
    session.execute(update(User).where(User.id == user_id).values(values))
    remember_password(session, user_id, password_hash, now)
    close_sessions_of(session, user_id, now)


def reserve_attempt(session: Session, username: str, now: datetime, device: str = "") -> Attempt:
    """Count a try before its password is looked at, so that parallel guesses cannot outrun the lock.

    Commit before verifying. The fifth try in a row locks the account until admit() clears it or the lock runs
    out. Tries in a browser the account knows are counted there instead, whether or not the account is locked.
    """
    return _reserve(session, and_(User.username == username, User.password_hash != ""), device, now)


def reserve_code(session: Session, user_id: int, now: datetime, device: str = "") -> bool:
    """Count a try of a second factor as another one of the account's; False while that is locked."""
    return _reserve(session, User.id == user_id, device, now).user_id is not None


def take_back_attempt(session: Session, user_id: int, device: str = "") -> None:
    """Take a right password's own try off the count, and no other: failed codes go on being counted."""
    if device and known_devices.take_back(session, user_id, device):
        return
    left = case((User.failed_attempts > 0, User.failed_attempts - 1), else_=0)
    is_locked_still = left >= FAILURES_BEFORE_LOCK
    locked_until = case((is_locked_still, User.locked_until), else_=None)
    values = {"failed_attempts": left, "locked_until": locked_until}
    session.execute(
        update(User).where(User.id == user_id).values(values),
        execution_options={"synchronize_session": False},
    )


def _reserve(session: Session, is_it: ColumnElement[bool], device: str, now: datetime) -> Attempt:
    known = known_devices.count_try(session, is_it, device, now) if device else None
    if known is not None:
        return Attempt(*known)
    is_over = User.locked_until <= now
    counted = case((is_over, 1), else_=User.failed_attempts + 1)
    reserve = (
        update(User)
        .where(is_it, User.is_active)
        .where(or_(User.locked_until.is_(None), is_over))
        .values(
            failed_attempts=counted,
            locked_until=case((counted >= FAILURES_BEFORE_LOCK, now + LOCK_LASTS), else_=None),
        )
        .returning(User.id, User.password_hash)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(reserve).first()
    return Attempt(None, "") if row is None else Attempt(row.id, row.password_hash)


def verify_password(attempt: Attempt, password: str) -> bool:
    """Compare at the same cost whether or not the account exists. Touches no row."""
    return matches(attempt.password_hash or _dummy_hash(), password) and attempt.user_id is not None


def matches(password_hash: str, password: str) -> bool:
    """Whether a password is the one a hash was made of. Takes about 0.1 s."""
    with _HASHING:
        try:
            HASHER.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
    return True


def admit(session: Session, user_id: int, client: Client, now: datetime) -> str:
    """Clear the counted tries after a right password and open a session; gives back its secret token."""
    forgive(session, user_id, client.device)
    known_devices.remember(session, user_id, client.device, now)
    session.execute(update(User).where(User.id == user_id).values(last_signed_in_at=now))
    return open_session(session, user_id, client, now)


def forgive(session: Session, user_id: int, device: str = "") -> None:
    """Clear the tries counted before a right one: those of the browser if it is known, else the account's."""
    if not (device and known_devices.forgive(session, user_id, device)):
        unlock(session, user_id)


def unlock(session: Session, user_id: int) -> None:
    """Let somebody in again before the lock runs out."""
    session.execute(update(User).where(User.id == user_id).values(failed_attempts=0, locked_until=None))


def open_session(session: Session, user_id: int, client: Client, now: datetime) -> str:
    """Add a session row under a fresh random token, and give the token back; only its hash is stored."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = UserSession(
        token_hash=token_hash(token),
        user_id=user_id,
        created_at=now,
        last_seen_at=now,
        ip=client.ip,
        user_agent=client.user_agent[:_AGENT_LENGTH],
        is_sso=client.is_sso,
    )
    session.add(row)
    session.flush()
    return token


def find_session(session: Session, token: str, now: datetime) -> tuple[UserSession, User] | None:
    """Find the open session of an active user: not revoked, used within 30 minutes, begun within 12 hours."""
    query = (
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.token_hash == token_hash(token), UserSession.revoked_at.is_(None), User.is_active)
        .where(UserSession.last_seen_at > now - SESSION_IDLE, UserSession.created_at > now - SESSION_LASTS)
    )
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def find_owner_of_session(session: Session, token: str) -> int | None:
    """Find whose a session is or was, however it ended."""
    return session.scalar(select(UserSession.user_id).where(UserSession.token_hash == token_hash(token)))


def is_touch_due(seen_at: datetime | None, now: datetime) -> bool:
    """Whether a session or token was last noted long enough ago to be worth a write."""
    return seen_at is None or now - seen_at >= _TOUCH_EVERY


def touch_session(session: Session, session_id: int, now: datetime) -> None:
    """Note that the browser is still at work."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now))


def close_session(session: Session, token: str, now: datetime) -> None:
    """Sign one browser out for good."""
    ours = (UserSession.token_hash == token_hash(token), UserSession.revoked_at.is_(None))
    session.execute(update(UserSession).where(*ours).values(revoked_at=now))


def close_own_session(session: Session, user_id: int, session_id: int, now: datetime) -> None:
    """Sign a user out in one place; a session that is not theirs stays open."""
    ours = (UserSession.id == session_id, UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    session.execute(update(UserSession).where(*ours).values(revoked_at=now))


def close_sessions_of(session: Session, user_id: int, now: datetime, but_not: str = "") -> None:
    """Sign a user out everywhere; `but_not` is the token of a session that stays open."""
    ours = (UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    others = UserSession.token_hash != token_hash(but_not)
    session.execute(update(UserSession).where(*ours, others).values(revoked_at=now))


def actor_of(user: User, roles: frozenset[Role], subtree: frozenset[int], ip: str | None) -> Actor:
    """Say who acts when this user does; `subtree` is the user's unit and all below it."""
    return Actor(
        ActorKind.USER,
        user.display_name,
        roles,
        user_id=user.id,
        unit_id=user.unit_id,
        subtree_unit_ids=subtree,
        rights=frozenset({TRUSTED_INTAKE}) if user.has_trusted_intake else frozenset(),
        ip=ip,
    )


def token_hash(token: str) -> str:
    """Return what is kept of a token of a session or of the API: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@cache
def _dummy_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(_TOKEN_BYTES))
