"""Which rows of the dispatch catalogue speak of a category, nearest first, and whom do they name?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session, aliased

from hotline.models.catalog import Category
from hotline.models.catalogue import CatalogueCoUnit, CatalogueRow, CatalogueVersion, VersionState
from hotline.models.organisation import Unit
from hotline.queries.owners import sisters
from hotline.queries.trees import with_those_above

Version = int | ScalarSelect[int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that speaks of a category: its own, or one of those above it, so many `steps` away."""

    row: CatalogueRow
    unit: Unit
    path: str
    steps: int


@dataclass(frozen=True, slots=True)
class Named:
    """The unit a row gives a matter to here. `is_sister` says that it does the named unit's work here."""

    hit: Hit
    unit: Unit
    is_sister: bool


def valid_version(at: datetime) -> ScalarSelect[int]:
    """Choose the version that tickets are suggested by at a moment."""
    return (
        select(CatalogueVersion.id)
        .where(CatalogueVersion.state == VersionState.PUBLISHED.value, CatalogueVersion.valid_from_at <= at)
        .order_by(CatalogueVersion.valid_from_at.desc(), CatalogueVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def named_units(
    session: Session, version: Version, asked: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], tuple[Named, ...]]:
    """Say for each (category, district) which units the rows name there, the most specific row first.

    A row of the whole city that names one district's bureau means the bureau of that trade in each district.
    Takes two queries, however many are asked for; what no row speaks of is left out.
    """
    wanted = set(asked)
    hits = _find_hits(session, version, {category_id for category_id, _ in wanted})
    fitting = {key: _fitting(hits[key[0]], key[1]) for key in wanted if key[0] in hits}
    of_the_city = [
        (hit.unit, district)
        for (_, district), found in fitting.items()
        for hit in found
        if not hit.row.district
    ]
    here = sisters(session, of_the_city) if of_the_city else {}
    return {key: tuple(_named(hit, key[1], here) for hit in found) for key, found in fitting.items()}


def co_units_of(session: Session, row_ids: Iterable[int]) -> dict[int, tuple[Unit, ...]]:
    """List the co-units of rows in one query, ended ones too."""
    query = (
        select(CatalogueCoUnit.row_id, Unit)
        .join(Unit, Unit.id == CatalogueCoUnit.unit_id)
        .where(CatalogueCoUnit.row_id.in_(set(row_ids)))
        .order_by(Unit.code)
    )
    found: dict[int, tuple[Unit, ...]] = {}
    for row_id, unit in session.execute(query):
        found[row_id] = (*found.get(row_id, ()), unit)
    return found


def _find_hits(session: Session, version: Version, category_ids: set[int]) -> dict[int, tuple[Hit, ...]]:
    nodes, successor = with_those_above(category_ids), aliased(Unit)
    query = (
        select(nodes.c.leaf_id, nodes.c.steps, CatalogueRow, Unit, successor, Category.path)
        .select_from(nodes)
        .join(CatalogueRow, CatalogueRow.category_id == nodes.c.id)
        .join(Unit, Unit.id == CatalogueRow.main_unit_id)
        .outerjoin(successor, successor.id == Unit.successor_id)
        .join(Category, Category.id == nodes.c.id)
        .where(CatalogueRow.version_id == version)
    )
    found: dict[int, tuple[Hit, ...]] = {}
    for leaf_id, steps, row, unit, heir, path in session.execute(query):
        # Until the catalogue is published anew, a unit that was merged stands for the one that goes on.
        meant = unit if unit.is_active or heir is None else heir
        found[leaf_id] = (*found.get(leaf_id, ()), Hit(row, meant, path, steps))
    return found


def _fitting(hits: Sequence[Hit], district: str) -> tuple[Hit, ...]:
    """Nearer categories come first, and of one category the district's own row before the city's."""
    fit = [hit for hit in hits if hit.row.district in {"", district}]
    return tuple(sorted(fit, key=lambda hit: (hit.steps, not hit.row.district, hit.row.number)))


def _named(hit: Hit, district: str, here: Mapping[tuple[int, str], Unit]) -> Named:
    sister = None if hit.row.district else here.get((hit.unit.id, district))
    return Named(hit, hit.unit, is_sister=False) if sister is None else Named(hit, sister, is_sister=True)
