"""Who may act for whom now, who did, and who may see that? The one place that knows what still holds.

It is read anew with each request: what has ended, or was taken back, gives nothing at the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal, or_, select, true
from sqlalchemy.orm import Session, aliased

from hotline.models.organisation import Unit
from hotline.models.people import User, UserKind, UserRole
from hotline.models.substitutions import Ending, Substitution
from hotline.queries.directory import roles_of
from workflows.definition import Actor
from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES, Role

# The three administrators who watch over one another are never lent, so nobody can hold two of them; what
# belongs to other systems is no person's to lend.
LENDABLE = CENTRE_ROLES | UNIT_ROLES
# Whoever looks after the people of a place, and which roles of theirs they may let another have for a time.
_LEADERS = {Role.UNIT_LEADER: UNIT_ROLES, Role.CENTRE_LEADER: CENTRE_ROLES}
OVERSEERS = frozenset({*_LEADERS, Role.SECURITY_OFFICER})
_NOBODY = frozenset[Role]()


@dataclass(frozen=True, slots=True)
class Lent:
    """What a substitution gives at this moment: to act for somebody, in these roles, until then."""

    id: int
    principal_id: int
    principal: str
    roles: frozenset[Role]
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One substitution as lists show it; `roles` are those that were lent, in the order of the vocabulary."""

    id: int
    principal: str
    substitute: str
    unit: str
    roles: tuple[Role, ...]
    starts_at: datetime
    ends_at: datetime
    reason: str
    made_by: str
    ended_at: datetime | None
    ending: Ending | None
    is_running: bool

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


def roles_in(words: str) -> frozenset[Role]:
    """Read the roles a substitution keeps."""
    return frozenset(Role(word) for word in words.split())


def find_lent(session: Session, substitution_id: int, substitute_id: int, now: datetime) -> Lent | None:
    """Find what a substitution gives its substitute now; None as soon as anything of it no longer holds."""
    principal = aliased(User)
    found = session.execute(
        _intact(principal).where(
            Substitution.id == substitution_id, Substitution.substitute_id == substitute_id, _runs_at(now)
        )
    ).first()
    return None if found is None else _lent(session, found)


def list_lent(session: Session, substitute_id: int, now: datetime) -> list[Lent]:
    """List for whom somebody may act now, whoever comes back first before the others."""
    principal = aliased(User)
    wanted = _intact(principal).where(Substitution.substitute_id == substitute_id, _runs_at(now))
    found = session.execute(wanted.order_by(Substitution.ends_at, Substitution.id)).all()
    return [lent for row in found if (lent := _lent(session, row)) is not None]


def list_standing_in(session: Session, now: datetime) -> Sequence[tuple[Substitution, User]]:
    """List every substitution that runs now, with who stands in; the principal may have lost a role of it."""
    running = _intact(aliased(User)).with_only_columns(Substitution.id).where(_runs_at(now)).correlate(None)
    wanted = select(Substitution, User).join(User, User.id == Substitution.substitute_id)
    found = session.execute(wanted.where(Substitution.id.in_(running)).order_by(Substitution.id))
    return [(row, substitute) for row, substitute in found]


def ids_running(now: datetime) -> Select[int]:
    """The ids of the substitutions nobody ended that run now, as a query."""
    return select(Substitution.id).where(Substitution.ended_at.is_(None), _runs_at(now))


def list_of(session: Session, user_id: int, now: datetime, most: int) -> list[Line]:
    """List the substitutions somebody has part in, the newest first."""
    return _lines(session, _has_part(user_id), now, most)


def list_overseen(session: Session, viewer: Actor, now: datetime, most: int) -> list[Line]:
    """List the substitutions whoever looks after these people may see, the newest first."""
    return _lines(session, overseen_by(viewer), now, most)


def overseen_by(viewer: Actor) -> ColumnElement[bool]:
    """The condition under which somebody sees other people's substitutions: of their own place, or all."""
    if Role.SECURITY_OFFICER in viewer.roles:
        return true()
    if viewer.roles & _LEADERS.keys():
        return Substitution.unit_id.is_not_distinct_from(viewer.unit_id)
    return false()


def roles_overseen(viewer: Actor, unit_id: int | None) -> frozenset[Role]:
    """Which roles somebody may lend of the people of a place; none for a substitute: nothing is passed on."""
    if viewer.for_id is not None:
        return _NOBODY
    if Role.SECURITY_OFFICER in viewer.roles:
        return LENDABLE
    if viewer.unit_id != unit_id:
        return _NOBODY
    return _NOBODY.union(*(roles for leader, roles in _LEADERS.items() if leader in viewer.roles))


def list_people(session: Session, viewer: Actor) -> Sequence[User]:
    """List the people somebody may name a substitute for: those of their own place, or all."""
    is_theirs = true() if Role.SECURITY_OFFICER in viewer.roles else _of_place(viewer.unit_id)
    return session.scalars(_people().where(is_theirs)).all()


def list_colleagues(session: Session, user_id: int, unit_id: int | None) -> Sequence[User]:
    """List who works in the same place and may stand in for somebody."""
    return session.scalars(_people().where(_of_place(unit_id), User.id != user_id)).all()


def list_broken(session: Session, now: datetime, user_id: int | None = None) -> Sequence[Substitution]:
    """List what is over or void and not marked so yet, of one person or of all, the oldest first."""
    whole = _still_lending().correlate(None)
    is_broken = or_(Substitution.ends_at <= now, Substitution.id.not_in(whole))
    broken = select(Substitution).where(Substitution.ended_at.is_(None), is_broken).order_by(Substitution.id)
    if user_id is not None:
        broken = broken.where(_has_part(user_id))
    return session.scalars(broken).all()


def _still_lending() -> Select[int]:
    """Substitutions that hold yet and of whose roles the principal has at least one."""
    words = literal(" ").concat(Substitution.roles).concat(" ")
    # Exact where LIKE would take the underscore of a role for any sign.
    is_lent = func.replace(words, literal(" ").concat(UserRole.role).concat(" "), "") != words
    principal = aliased(User)
    intact = _intact(principal).with_only_columns(Substitution.id)
    return intact.join(UserRole, UserRole.user_id == principal.id).where(is_lent)


def _has_part(user_id: int) -> ColumnElement[bool]:
    return or_(Substitution.principal_id == user_id, Substitution.substitute_id == user_id)


def _runs_at(now: datetime) -> ColumnElement[bool]:
    return and_(Substitution.starts_at <= now, Substitution.ends_at > now)


def _intact(principal: type[User]) -> Select[Substitution, str]:
    """Substitutions nobody ended, of two people who both work where they did when it was made."""
    substitute = aliased(User)
    return (
        select(Substitution, principal.display_name)
        .join(principal, principal.id == Substitution.principal_id)
        .join(substitute, substitute.id == Substitution.substitute_id)
        .outerjoin(Unit, Unit.id == Substitution.unit_id)
        .where(
            Substitution.ended_at.is_(None),
            or_(Substitution.unit_id.is_(None), Unit.is_active),
            *(
                clause
                for each in (principal, substitute)
                for clause in (
                    each.is_active,
                    each.kind == UserKind.PERSON.value,
                    each.unit_id.is_not_distinct_from(Substitution.unit_id),
                )
            ),
        )
    )


def _lent(session: Session, row: Row[Substitution, str]) -> Lent | None:
    found, name = row
    # The principal's own roles of this moment: nobody lends what was taken from them.
    roles = roles_in(found.roles) & roles_of(session, found.principal_id) & LENDABLE
    return Lent(found.id, found.principal_id, name, roles, found.ends_at) if roles else None


def _lines(session: Session, wanted: ColumnElement[bool], now: datetime, most: int) -> list[Line]:
    principal, substitute, maker = aliased(User), aliased(User), aliased(User)
    rows = session.execute(
        select(Substitution, principal.display_name, substitute.display_name, maker.display_name, Unit.name)
        .join(principal, principal.id == Substitution.principal_id)
        .join(substitute, substitute.id == Substitution.substitute_id)
        .join(maker, maker.id == Substitution.made_by_id)
        .outerjoin(Unit, Unit.id == Substitution.unit_id)
        .where(wanted)
        .order_by(Substitution.ended_at.is_not(None), Substitution.ends_at.desc(), Substitution.id.desc())
        .limit(most)
    )
    return [_line(row, names, unit or "", now) for row, *names, unit in rows]


def _line(row: Substitution, names: Sequence[str], unit: str, now: datetime) -> Line:
    principal, substitute, maker = names
    lent = roles_in(row.roles)
    return Line(
        row.id,
        principal,
        substitute,
        unit,
        tuple(role for role in Role if role in lent),
        row.starts_at,
        row.ends_at,
        row.reason,
        maker,
        # What the clock alone has ended is over, marked or not.
        row.ended_at or (row.ends_at if row.ends_at <= now else None),
        Ending(row.ending) if row.ending else Ending.EXPIRED if row.ends_at <= now else None,
        row.ended_at is None and row.starts_at <= now < row.ends_at,
    )


def _people() -> Select[User]:
    is_person = (User.is_active, User.kind == UserKind.PERSON.value)
    return select(User).where(*is_person).order_by(User.display_name, User.id)


def _of_place(unit_id: int | None) -> ColumnElement[bool]:
    return User.unit_id.is_not_distinct_from(unit_id)
