"""Which categories has this installation, and which unit owns each of them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One node of the category tree."""

    depth: int
    code: str
    name: str
    path: str
    owner: str
    is_leaf: bool
    is_active: bool


def list_category_lines(session: Session, words: str = "") -> list[CategoryLine]:
    """List the category tree with the unit that owns each leaf; with words, the nodes that match."""
    rows = session.execute(
        select(Category, Unit.name)
        .outerjoin(Unit, Unit.id == Category.owner_unit_id)
        .order_by(Category.level, Category.code)
    ).all()
    owners = {category.id: owner or "" for category, owner in rows}
    lines = [
        CategoryLine(
            depth, row.code, row.name, row.path, owners[row.id], is_leaf=row.is_leaf, is_active=row.is_active
        )
        for depth, row in _tree([category for category, _ in rows])
    ]
    return [line for line in lines if _matches(words, line.code, line.path, line.owner)]


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
