"""What is wrong with a version of the dispatch catalogue: rows at odds, dead rows, forgotten leaves?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.catalogue import CatalogueRow
from hotline.models.organisation import Unit
from hotline.queries.catalogue_rows import co_units_of
from workflows.vocabulary import Word


class FaultKind(Word):
    """Why rows cannot be published as they stand."""

    CONFLICT = "conflict", "条目冲突"
    DEAD = "dead", "失效条目"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with which rows; `numbers` are theirs."""

    kind: FaultKind
    numbers: tuple[int, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A category of tickets that no row speaks of."""

    code: str
    path: str
    owner: str


def list_faults(session: Session, version_id: int, on: date) -> tuple[Fault, ...]:
    """List what keeps a version from being published for a date.

    A row for a narrower category or a district is no fault: the more specific one counts.
    """
    rows = session.execute(
        select(CatalogueRow, Category, Unit)
        .join(Category, Category.id == CatalogueRow.category_id)
        .join(Unit, Unit.id == CatalogueRow.main_unit_id)
        .where(CatalogueRow.version_id == version_id)
        .order_by(CatalogueRow.number)
    ).all()
    helping = co_units_of(session, [row.id for row, _, _ in rows])
    found = list(_conflicts([(row, category) for row, category, _ in rows]))
    for row, category, unit in rows:
        words = [*_ended([unit], on, "主办单位"), *_ended(helping.get(row.id, ()), on, "协办单位")]
        if not category.is_active:
            words.append(f"分类“{category.name}”已停用")
        if words:
            found.append(Fault(FaultKind.DEAD, (row.number,), "；".join(words)))
    return tuple(found)


def list_uncovered(session: Session, version_id: int) -> tuple[Leaf, ...]:
    """List the active leaves that no row speaks of, neither their own nor one above them."""
    spoken_of = set(
        session.scalars(select(CatalogueRow.category_id).where(CatalogueRow.version_id == version_id))
    )
    nodes = session.execute(
        select(Category, Unit.name).outerjoin(Unit, Unit.id == Category.owner_unit_id).order_by(Category.code)
    ).all()
    parents = {category.id: category.parent_id for category, _ in nodes}
    return tuple(
        Leaf(category.code, category.path, owner or "")
        for category, owner in nodes
        if category.is_leaf and category.is_active and not _is_spoken_of(category.id, parents, spoken_of)
    )


def _conflicts(rows: Sequence[tuple[CatalogueRow, Category]]) -> Iterator[Fault]:
    same: dict[tuple[int, str], list[tuple[CatalogueRow, Category]]] = {}
    for row, category in rows:
        same.setdefault((row.category_id, row.district), []).append((row, category))
    for (_, district), found in same.items():
        if len(found) > 1:
            words = f"“{found[0][1].path.replace('/', ' / ')}”在{district or '全市'}有 {len(found)} 条"
            yield Fault(FaultKind.CONFLICT, tuple(row.number for row, _ in found), words)


def _ended(units: Sequence[Unit], on: date, label: str) -> Iterator[str]:
    for unit in units:
        if not unit.is_active or (unit.ended_on is not None and unit.ended_on <= on):
            yield f"{label}“{unit.name}”已停用"


def _is_spoken_of(category_id: int, parents: Mapping[int, int | None], spoken_of: set[int]) -> bool:
    node: int | None = category_id
    while node is not None:
        if node in spoken_of:
            return True
        node = parents.get(node)
    return False
