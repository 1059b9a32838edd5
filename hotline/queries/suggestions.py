"""Which unit should get a ticket, and how did it go when units got the like of it in the last thirty days?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.owners import find_owner_unit, sisters
from workflows.vocabulary import AssignmentState, RequestState

LOOKED_BACK = timedelta(days=30)
_MOST = 3
_IS_RETURNED = Assignment.state == AssignmentState.RETURNED.value


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit to give a ticket to. `count` and `returns` are of its category's last thirty days.

    `is_owner` says that the catalogue names it, so that choosing it needs no reason; `is_proposed` that the
    unit which gave the ticket back named it; `own_returns` counts how often this very ticket came back from
    it.
    """

    unit_id: int
    unit: str
    is_owner: bool
    count: int
    returns: int
    own_returns: int
    is_proposed: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """The unit the catalogue names for a ticket's category."""

    unit: str
    category: str


def suggest_units(session: Session, ticket: Ticket, now: datetime) -> tuple[Suggestion, ...]:
    """Suggest up to three units: whom a returning unit named, the category's owner, and the most frequent."""
    proposed_id, owner_id = _proposed(session, ticket), _owner(session, ticket)
    record = _record(session, ticket, now)
    busiest = sorted(record, key=lambda unit_id: (-_kept(record[unit_id]), unit_id))
    order = [unit_id for unit_id in dict.fromkeys([proposed_id, owner_id, *busiest]) if unit_id is not None]
    names = {
        unit.id: unit.name for unit in session.scalars(select(Unit).where(Unit.id.in_(order), Unit.is_active))
    }
    returned = _returns_of(session, ticket)
    return tuple(
        Suggestion(
            unit_id,
            names[unit_id],
            is_owner=unit_id == owner_id,
            count=record.get(unit_id, (0, 0))[0],
            returns=record.get(unit_id, (0, 0))[1],
            own_returns=returned.get(unit_id, 0),
            is_proposed=unit_id == proposed_id,
        )
        for unit_id in order
        if unit_id in names
    )[:_MOST]


def owners_of(session: Session, numbers: Sequence[str]) -> dict[str, Owner]:
    """Name the catalogue's unit for each of these tickets in two queries; those without are left out."""
    named = session.execute(
        select(Ticket.number, Ticket.district, Category.name, Unit)
        .join(Category, Category.id == Ticket.category_id)
        .join(Unit, Unit.id == Category.owner_unit_id)
        .where(Ticket.number.in_(numbers))
    ).all()
    here = sisters(session, [(owner, district) for _, district, _, owner in named])
    return {
        number: Owner(unit.short_name or unit.name, category)
        for number, district, category, owner in named
        for unit in (here.get((owner.id, district), owner),)
    }


def _owner(session: Session, ticket: Ticket) -> int | None:
    owner = find_owner_unit(session, ticket.category_id, ticket.district)
    return None if owner is None else owner.id


def _proposed(session: Session, ticket: Ticket) -> int | None:
    """Find the unit that the latest granted return named, if it named one of ours."""
    named = (
        select(Request.suggested_unit)
        .where(Request.ticket_id == ticket.id, Request.state == RequestState.APPROVED.value)
        .order_by(Request.id.desc())
        .limit(1)
    )
    name = session.scalar(named)
    if not name:
        return None
    is_meant = or_(Unit.name == name, Unit.short_name == name, Unit.code == name)
    unit_id: int | None = session.scalar(select(Unit.id).where(is_meant, Unit.is_active).order_by(Unit.id))
    return unit_id


def _record(session: Session, ticket: Ticket, now: datetime) -> Mapping[int, tuple[int, int]]:
    """Count main shares and returns by unit for the ticket's category, other tickets only."""
    query = (
        select(Assignment.unit_id, func.count(), func.sum(case((_IS_RETURNED, 1), else_=0)))
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(
            Ticket.category_id == ticket.category_id,
            Ticket.id != ticket.id,
            Assignment.is_main.is_(True),
            Assignment.created_at > now - LOOKED_BACK,
        )
        .group_by(Assignment.unit_id)
    )
    return {unit_id: (int(total), int(returns or 0)) for unit_id, total, returns in session.execute(query)}


def _returns_of(session: Session, ticket: Ticket) -> dict[int, int]:
    query = (
        select(Assignment.unit_id, func.count())
        .where(Assignment.ticket_id == ticket.id, _IS_RETURNED)
        .group_by(Assignment.unit_id)
    )
    return {unit_id: int(total) for unit_id, total in session.execute(query)}


def _kept(record: tuple[int, int]) -> int:
    total, returns = record
    return total - returns
