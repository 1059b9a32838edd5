"""How would a version of the dispatch catalogue have sent the tickets of the past weeks?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Ticket
from hotline.queries.catalogue_rows import named_units


@dataclass(frozen=True, slots=True)
class Changed:
    """A ticket that would have gone to another unit than the one that had it last."""

    number: str
    category: str
    district: str
    used: str
    would: str
    row_number: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of the tickets: the same main unit, another one, or no row to go by."""

    same: int
    changed: tuple[Changed, ...]
    none: int

    @property
    def total(self) -> int:
        return self.same + len(self.changed) + self.none


@dataclass(frozen=True, slots=True)
class _Past:
    number: str
    key: tuple[int, str]
    category: str
    used_id: int
    used: str


def try_version(session: Session, version_id: int, since: datetime, until: datetime) -> Trial:
    """Play a version against the tickets first dispatched in a span of time, the latest first."""
    tickets = _dispatched(session, since, until)
    named = named_units(session, version_id, {ticket.key for ticket in tickets})
    same, none = 0, 0
    changed = []
    for ticket in tickets:
        would = next((each for each in named.get(ticket.key, ()) if each.unit.is_active), None)
        if would is None:
            none += 1
        elif would.unit.id == ticket.used_id:
            same += 1
        else:
            changed.append(
                Changed(
                    ticket.number,
                    ticket.category,
                    ticket.key[1],
                    ticket.used,
                    would.unit.name,
                    would.hit.row.number,
                )
            )
    return Trial(same, tuple(changed), none)


def _dispatched(session: Session, since: datetime, until: datetime) -> list[_Past]:
    last = (
        select(func.max(Assignment.id).label("id"))
        .where(Assignment.is_main.is_(True))
        .group_by(Assignment.ticket_id)
        .subquery()
    )
    query = (
        select(Ticket.number, Category.id, Ticket.district, Category.path, Unit.id, Unit.name)
        .join(Category, Category.id == Ticket.category_id)
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .join(last, last.c.id == Assignment.id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Ticket.dispatched_at >= since, Ticket.dispatched_at < until)
        .order_by(Ticket.dispatched_at.desc(), Ticket.id.desc())
    )
    return [
        _Past(number, (category_id, district), path, unit_id, unit)
        for number, category_id, district, path, unit_id, unit in session.execute(query)
    ]
