"""Who has an account here, in which unit and roles, and what does somebody have in hand?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import ApiToken, User, UserKind, UserRole
from hotline.models.ticket import Assignment, Ticket
from hotline.queries.spelling import is_meant
from workflows.facts import LIVE_ENDS
from workflows.vocabulary import Role, TicketState

USERS_PER_PAGE = 100
_ANSWERED = "replied"
_STANDING: Mapping[str, bool] = {"active": True, "closed": False}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts are looked for; `standing` is active, closed, locked or all."""

    words: str = ""
    unit: str = ""
    role: str = ""
    standing: str = "active"


@dataclass(frozen=True, slots=True)
class UserLine:
    """One account, without telephone and address."""

    username: str
    name: str
    unit: str
    roles: tuple[Role, ...]
    kind: UserKind
    last_signed_in_at: datetime | None
    locked_until: datetime | None
    is_active: bool
    has_password: bool


@dataclass(frozen=True, slots=True)
class InHand:
    """One share that is somebody's to finish."""

    number: str
    share_state: str
    is_main: bool
    due_at: datetime | None


def list_user_lines(session: Session, wanted: Wanted, after: str, now: datetime) -> list[UserLine]:
    """List at most USERS_PER_PAGE + 1 accounts whose user name comes after `after`."""
    found = list(session.execute(_chosen(wanted, now).where(User.username > after)))
    if wanted.words:
        found = [
            row for row in found if is_meant(wanted.words, row[0].username, row[0].display_name, row[1] or "")
        ]
    rows = found[: USERS_PER_PAGE + 1]
    held: dict[int, set[str]] = {}
    of_them = UserRole.user_id.in_([user.id for user, _ in rows])
    for user_id, role in session.execute(select(UserRole.user_id, UserRole.role).where(of_them)):
        held.setdefault(user_id, set()).add(role)
    return [_line(user, unit, held.get(user.id, set())) for user, unit in rows]


def list_in_hand(session: Session, user_id: int) -> Sequence[InHand]:
    """List every share somebody holds and has not answered, the most pressing first."""
    query = (
        select(Ticket, Assignment)
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .where(Assignment.handler_id == user_id, Assignment.state.not_in((*LIVE_ENDS, _ANSWERED)))
        .order_by(Ticket.due_at.is_(None), Ticket.due_at, Assignment.id)
    )
    return [
        InHand(ticket.number, share.state, share.is_main, ticket.due_at)
        for ticket, share in session.execute(query)
    ]


def count_drafts(session: Session, user_id: int) -> int:
    """Count the tickets somebody registered and did not submit."""
    own = (Ticket.registered_by_id == user_id, Ticket.state == TicketState.DRAFT.value)
    return session.scalar(select(func.count(Ticket.id)).where(*own)) or 0


def count_tokens(session: Session, user_id: int, now: datetime) -> int:
    """Count the API tokens of an account that work."""
    works = (ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    unexpired = ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now)
    return session.scalar(select(func.count(ApiToken.id)).where(*works, unexpired)) or 0


def _chosen(wanted: Wanted, now: datetime) -> Select[User, str]:
    query = select(User, Unit.name).outerjoin(Unit, Unit.id == User.unit_id).order_by(User.username)
    if wanted.unit:
        query = query.where(Unit.code == wanted.unit)
    if wanted.role:
        query = query.where(User.id.in_(select(UserRole.user_id).where(UserRole.role == wanted.role)))
    if wanted.standing in _STANDING:
        query = query.where(User.is_active.is_(_STANDING[wanted.standing]))
    if wanted.standing == "locked":
        query = query.where(User.locked_until > now)
    return query if wanted.words else query.limit(USERS_PER_PAGE + 1)


def _line(user: User, unit: str | None, roles: set[str]) -> UserLine:
    return UserLine(
        username=user.username,
        name=user.display_name,
        unit=unit or "",
        roles=tuple(role for role in Role if role.value in roles),
        kind=UserKind(user.kind),
        last_signed_in_at=user.last_signed_in_at,
        locked_until=user.locked_until,
        is_active=user.is_active,
        has_password=bool(user.password_hash),
    )
