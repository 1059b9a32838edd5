"""Who may see who called, and who did: every look with its purpose, for those who watch over it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.reveals import IdentityReveal, Mark, Purpose, RevealLimit, Way
from hotline.models.ticket import Assignment, Citizen, Ticket
from hotline.queries.ticket_parts import Caller
from workflows.definition import Actor
from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES, Role

AT_WORK = frozenset({"to_sign", "handling", "unit_review"})
# Whose work it is to speak with citizens; everybody else asks for a disclosure.
_SPEAKING = frozenset({Role.AGENT, Role.DISPATCHER, Role.CALLBACK_AGENT})
_FIELDS: Mapping[str, str] = {"name": "姓名", "phone": "电话", "email": "邮箱", "id_number": "证件号码"}


@dataclass(frozen=True, slots=True)
class Sought:
    """Conditions; an empty one does not count. `before` is the id of the last line that was read."""

    number: str = ""
    who: str = ""
    is_unusual: bool = False
    is_sealed: bool = False
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One look, with the names that belong to its ids."""

    id: int
    at: datetime
    username: str
    name: str
    unit: str
    number: str
    purpose: Purpose
    words: str
    way: Way
    shown: str
    marks: tuple[Mark, ...]

    @property
    def shown_label(self) -> str:
        """What of the identity it was, in words."""
        return say_shown(self.shown)


def is_open_to(viewer: Actor, states: Iterable[str], *, is_confidential: bool) -> bool:
    """Whether somebody may see who called; `states` are those of the shares in their own or a lower unit.

    The centre may, of a confidential ticket only those who speak with citizens; a unit may while it works on
    it, and never of a confidential one.
    """
    if is_confidential:
        return bool(viewer.roles & _SPEAKING)
    is_at_work = any(state in AT_WORK for state in states)
    return bool(viewer.roles & CENTRE_ROLES) or (bool(viewer.roles & UNIT_ROLES) and is_at_work)


def may_reveal(session: Session, ticket: Ticket, viewer: Actor) -> bool:
    """Whether somebody who sees the ticket may see who called, as it stands now."""
    if ticket.citizen_id is None:
        return False
    ours = select(Assignment.state).where(
        Assignment.ticket_id == ticket.id, Assignment.unit_id.in_(viewer.subtree_unit_ids)
    )
    return is_open_to(viewer, session.scalars(ours).all(), is_confidential=ticket.is_confidential)


def caller_of(citizen: Citizen) -> Caller:
    """Who called, in plain words."""
    return Caller(citizen.name or "", citizen.phone or "", citizen.email or "", citizen.id_number or "")


def fields_of(caller: Caller) -> str:
    """Name what of somebody is known, by commas."""
    return ",".join(name for name in _FIELDS if getattr(caller, name))


def say_shown(shown: str) -> str:
    """Name fields that were kept by commas."""
    return "、".join(_FIELDS[name] for name in shown.split(",") if name in _FIELDS)


def list_reveals(session: Session, sought: Sought, limit: int) -> Sequence[Line]:
    """List looks, the newest first."""
    query = (
        select(IdentityReveal, User.username, User.display_name, Unit.name, Ticket.number)
        .join(User, User.id == IdentityReveal.user_id)
        .join(Ticket, Ticket.id == IdentityReveal.ticket_id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(*_conditions(sought))
        .order_by(IdentityReveal.id.desc())
        .limit(limit)
    )
    return [_line(*row) for row in session.execute(query)]


def list_limits(session: Session) -> Sequence[tuple[RevealLimit, str]]:
    """List what the limits were, the newest first, with who made them."""
    query = (
        select(RevealLimit, User.display_name)
        .outerjoin(User, User.id == RevealLimit.made_by_id)
        .order_by(RevealLimit.id.desc())
    )
    return [(row, name or "") for row, name in session.execute(query)]


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.number:
        found.append(Ticket.number == sought.number)
    if sought.who:
        found.append((User.username == sought.who) | (User.display_name == sought.who))
    if sought.is_unusual:
        found.append(IdentityReveal.marks != "")
    if sought.is_sealed:
        found.append(IdentityReveal.way == Way.SEALED.value)
    if sought.before is not None:
        found.append(IdentityReveal.id < sought.before)
    return found


def _line(row: IdentityReveal, username: str, name: str, unit: str | None, number: str) -> Line:
    marks = tuple(Mark(mark) for mark in row.marks.split(",") if mark)
    purpose, way = Purpose(row.purpose), Way(row.way)
    return Line(row.id, row.at, username, name, unit or "", number, purpose, row.words, way, row.shown, marks)
