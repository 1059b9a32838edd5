"""Which rows of the dispatch catalogue led to returns, and whom did the returning units name instead?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.catalogue import CatalogueRow
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.catalogue_rows import Named, named_units, valid_version
from workflows.vocabulary import RequestKind, RequestState


@dataclass(slots=True)
class RowReturns:
    """The granted returns of what a row gave out. `instead` counts the units that were named in its place."""

    row: CatalogueRow
    count: int = 0
    instead: Counter[int] = field(default_factory=Counter)

    @property
    def best(self) -> int | None:
        """The unit named most often; None when nobody named one of ours."""
        ranked = sorted(self.instead.items(), key=lambda pair: (-pair[1], pair[0]))
        return ranked[0][0] if ranked else None


def count_returns(session: Session, since: datetime, at: datetime) -> dict[int, RowReturns]:
    """Count by row number the returns granted since a moment, by the rows valid now."""
    granted = session.execute(
        select(Category.id, Ticket.district, Assignment.unit_id, Request.suggested_unit)
        .join(Ticket, Ticket.id == Request.ticket_id)
        .join(Category, Category.id == Ticket.category_id)
        .join(Assignment, Assignment.id == Request.assignment_id)
        .where(
            Request.kind == RequestKind.RETURN.value,
            Request.state == RequestState.APPROVED.value,
            Request.decided_at >= since,
            Request.decided_at <= at,
            Assignment.is_main.is_(True),
        )
    ).all()
    named = named_units(session, valid_version(at), {(row[0], row[1]) for row in granted})
    meant = _units_by_name(session, {row.suggested_unit for row in granted if row.suggested_unit})
    found: dict[int, RowReturns] = {}
    for category_id, district, unit_id, suggested in granted:
        hit = _giving(named.get((category_id, district), ()), unit_id)
        if hit is None:
            continue
        told = found.setdefault(hit.number, RowReturns(hit))
        told.count += 1
        if meant.get(suggested, unit_id) != unit_id:
            told.instead[meant[suggested]] += 1
    return found


def _giving(named: Iterable[Named], unit_id: int) -> CatalogueRow | None:
    return next((each.hit.row for each in named if each.unit.id == unit_id), None)


def _units_by_name(session: Session, names: set[str]) -> dict[str, int]:
    if not names:
        return {}
    columns = (Unit.name, Unit.short_name, Unit.code)
    meant = or_(*(column.in_(names) for column in columns))
    units = session.scalars(select(Unit).where(meant, Unit.is_active).order_by(Unit.id.desc()))
    return {
        name: unit.id for unit in units for name in (unit.code, unit.short_name, unit.name) if name in names
    }
