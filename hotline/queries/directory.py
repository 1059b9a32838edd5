"""Who is who: units and their trees, areas, users and their roles."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hotline.models.organisation import Area, Unit
from hotline.models.people import User, UserRole
from workflows.vocabulary import Role


def subtree_ids(session: Session, unit_id: int) -> frozenset[int]:
    """List the unit itself and every unit below it; empty when there is no such unit."""
    tree = select(Unit.id).where(Unit.id == unit_id).cte("tree", recursive=True)
    tree = tree.union(select(Unit.id).where(Unit.parent_id == tree.c.id))
    return frozenset(session.scalars(select(tree.c.id)))


def list_units(session: Session, *, include_ended: bool = False) -> Sequence[Unit]:
    """List units by tier and code, so that a parent comes before its children."""
    query = select(Unit).order_by(Unit.tier, Unit.code)
    return session.scalars(query if include_ended else query.where(Unit.is_active)).all()


def find_unit(session: Session, unit_id: int) -> Unit | None:
    return session.get(Unit, unit_id)


def find_unit_by_code(session: Session, code: str) -> Unit | None:
    return session.scalar(select(Unit).where(Unit.code == code))


def find_meant_unit(session: Session, name: str) -> Unit | None:
    """Find the active unit that somebody named by its name, short name or code."""
    is_meant = or_(Unit.name == name, Unit.short_name == name, Unit.code == name)
    return session.scalar(select(Unit).where(is_meant, Unit.is_active).order_by(Unit.id).limit(1))


def unit_names(session: Session, unit_ids: Iterable[int]) -> dict[int, str]:
    """Name the given units in one query; unknown ids are left out."""
    wanted = set(unit_ids)
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(wanted))) if wanted else ()
    return {unit_id: name for unit_id, name in rows}  # noqa: C416 - a Row is no pair to mypy


def list_areas(session: Session) -> Sequence[Area]:
    return session.scalars(select(Area).order_by(Area.level, Area.code)).all()


def find_user(session: Session, user_id: int) -> User | None:
    return session.get(User, user_id)


def find_user_by_username(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username))


def roles_of(session: Session, user_id: int) -> frozenset[Role]:
    names = session.scalars(select(UserRole.role).where(UserRole.user_id == user_id))
    return frozenset(Role(name) for name in names)


def roles_by_user(session: Session) -> dict[int, tuple[Role, ...]]:
    """List the roles of everybody who has one, in one query, each person's in the order of the vocabulary."""
    rows = session.execute(select(UserRole.user_id, UserRole.role))
    held = {(user_id, Role(name)) for user_id, name in rows}
    people = {user_id for user_id, _ in held}
    return {user_id: tuple(role for role in Role if (user_id, role) in held) for user_id in people}


def list_users(session: Session, *, unit_id: int | None = None) -> Sequence[User]:
    """List accounts by user name, of one unit where given."""
    query = select(User).order_by(User.username)
    return session.scalars(query if unit_id is None else query.where(User.unit_id == unit_id)).all()


def list_users_with_role(session: Session, role: Role, unit_id: int | None = None) -> Sequence[User]:
    """List active people who hold a role, of exactly one unit where given."""
    query = select(User).join(UserRole, UserRole.user_id == User.id)
    query = query.where(UserRole.role == role.value, User.is_active)
    if unit_id is not None:
        query = query.where(User.unit_id == unit_id)
    return session.scalars(query.order_by(User.id)).all()


def user_names(session: Session, user_ids: Iterable[int]) -> dict[int, str]:
    """Give the display names of the given users in one query; unknown ids are left out."""
    wanted = set(user_ids)
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_(wanted))) if wanted else ()
    return {user_id: name for user_id, name in rows}  # noqa: C416 - a Row is no pair to mypy
