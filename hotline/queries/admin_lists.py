"""How is this installation set up: its units, accounts and days?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar
from hotline.models.organisation import Unit, UnitKind
from hotline.models.people import User, UserKind, UserRole
from hotline.models.ticket import Assignment
from workflows.vocabulary import Role

USERS_PER_PAGE = 100
_IN_HAND = ("to_sign", "handling", "sub_dispatched", "unit_review")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit in the tree; `liaison` is unmasked, the screen masks it. `in_hand` counts its open shares.

    `duty` names the working calendar its people keep.
    """

    depth: int
    code: str
    name: str
    kind: UnitKind
    tier: int
    district: str
    liaison: str
    has_reply_review: bool
    is_active: bool
    valid_from_on: date | None
    ended_on: date | None
    duty: str
    in_hand: int


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


def list_unit_lines(session: Session, words: str = "") -> list[UnitLine]:
    """List the unit tree, a parent before its children; with words, the units that match."""
    units = session.scalars(select(Unit).order_by(Unit.tier, Unit.code)).all()
    counted = session.execute(
        select(Assignment.unit_id, func.count(Assignment.id))
        .where(Assignment.state.in_(_IN_HAND))
        .group_by(Assignment.unit_id)
    )
    in_hand: dict[int, int] = {unit_id: number for unit_id, number in counted}  # noqa: C416 - Rows to mypy
    names = dict(list_calendar_names(session))
    lines = (
        _unit_line(unit, depth, names.get(unit.calendar, unit.calendar), in_hand.get(unit.id, 0))
        for depth, unit in _tree(units)
    )
    return [line for line in lines if _matches(words, line.code, line.name, line.district)]


def list_calendar_names(session: Session) -> list[tuple[str, str]]:
    """List the code and the name of every working calendar, the city's first."""
    found = session.execute(select(Calendar.code, Calendar.name).order_by(Calendar.id))
    return [(code, name) for code, name in found]


def list_user_lines(session: Session, words: str = "", after: str = "") -> list[UserLine]:
    """List at most USERS_PER_PAGE + 1 accounts whose user name comes after `after`."""
    query = select(User, Unit.name).outerjoin(Unit, Unit.id == User.unit_id)
    if words:
        query = query.where(
            or_(
                *(
                    column.contains(words, autoescape=True)
                    for column in (User.username, User.display_name, Unit.name)
                )
            )
        )
    if after:
        query = query.where(User.username > after)
    rows = session.execute(query.order_by(User.username).limit(USERS_PER_PAGE + 1)).all()
    held: dict[int, set[str]] = {}
    wanted = [user.id for user, _ in rows]
    for user_id, role in session.execute(
        select(UserRole.user_id, UserRole.role).where(UserRole.user_id.in_(wanted))
    ):
        held.setdefault(user_id, set()).add(role)
    return [_user_line(user, unit, held.get(user.id, set())) for user, unit in rows]


def _tree(rows: Sequence[Any]) -> list[tuple[int, Any]]:
    """Put rows with `parent_id` in tree order with their depth; a row whose parent is unknown is a root."""
    known = {row.id for row in rows}
    children: dict[int | None, list[Any]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    ordered: list[tuple[int, Any]] = []
    waiting = [(0, row) for row in reversed(children.get(None, []))]
    while waiting:
        depth, row = waiting.pop()
        ordered.append((depth, row))
        waiting += [(depth + 1, child) for child in reversed(children.get(row.id, []))]
    return ordered


def _matches(words: str, *texts: str) -> bool:
    return any(words.lower() in text.lower() for text in texts)


def _unit_line(unit: Unit, depth: int, duty: str, in_hand: int) -> UnitLine:
    return UnitLine(
        depth=depth,
        code=unit.code,
        name=unit.name,
        kind=UnitKind(unit.kind),
        tier=unit.tier,
        district=unit.district,
        liaison=unit.liaison_phone,
        has_reply_review=unit.has_reply_review,
        is_active=unit.is_active,
        valid_from_on=unit.valid_from_on,
        ended_on=unit.ended_on,
        duty=duty,
        in_hand=in_hand,
    )


def _user_line(user: User, unit: str | None, roles: set[str]) -> UserLine:
    return UserLine(
        username=user.username,
        name=user.display_name,
        unit=unit or "",
        roles=tuple(role for role in Role if role.value in roles),
        kind=UserKind(user.kind),
        last_signed_in_at=user.last_signed_in_at,
        locked_until=user.locked_until,
        is_active=user.is_active,
    )
