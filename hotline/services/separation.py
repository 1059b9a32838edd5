"""Which roles may not be in one hand? The system, its security and its audit are three people's."""

from collections.abc import Collection, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.people import User, UserRole
from workflows.definition import Actor, ActorKind
from workflows.errors import FieldCode, FieldError
from workflows.vocabulary import Role

# What one of them does, another one looks at.
APART = frozenset({Role.ADMINISTRATOR, Role.SECURITY_OFFICER, Role.AUDIT_ADMINISTRATOR})

# Whoever looks after the system names neither who guards it nor who audits it: the operator's commands do.
BY_OPERATOR = APART - {Role.ADMINISTRATOR}


class RolesTogetherError(ValueError):
    """Two roles that are kept apart were given to one account."""


def are_together(roles: Collection[Role]) -> bool:
    """Whether roles that are kept apart stand together."""
    return len(APART & frozenset(roles)) > 1


def require_apart(roles: Collection[Role]) -> None:
    """Raise RolesTogetherError for roles that nobody may hold together."""
    if are_together(roles):
        raise RolesTogetherError


def without_together(roles: frozenset[Role]) -> frozenset[Role]:
    """Leave none of the three to whoever got two of them past the program."""
    return roles - APART if are_together(roles) else roles


def faults_of_grant(actor: Actor, user_id: int | None, changed: Collection[Role]) -> Iterator[FieldError]:
    """Tell why somebody may not give or take these roles; the program itself may."""
    if actor.kind is ActorKind.SYSTEM or not changed:
        return
    if user_id is not None and user_id == actor.user_id:
        yield FieldError("roles", FieldCode.OWN_ROLES)
    if BY_OPERATOR & frozenset(changed):
        yield FieldError("roles", FieldCode.BEYOND_RIGHTS)


def list_together(session: Session) -> list[str]:
    """List the accounts that hold two of them all the same, put there past the program."""
    names = [role.value for role in APART]
    held = select(UserRole.user_id).where(UserRole.role.in_(names)).group_by(UserRole.user_id)
    query = select(User.username).where(User.id.in_(held.having(func.count() > 1)))
    return list(session.scalars(query.order_by(User.username)))
