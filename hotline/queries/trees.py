"""What lies below a unit or a category: the two small trees of the city, read whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import CTE, literal, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit


@dataclass(frozen=True, slots=True)
class Node:
    """One unit or category; `depth` is a unit's tier or a category's level."""

    id: int
    name: str
    parent_id: int | None
    depth: int


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes by id, parents before their children."""

    nodes: Mapping[int, Node]

    def name(self, node_id: int | None) -> str:
        node = self.nodes.get(node_id or 0)
        return "" if node is None else node.name

    def below(self, node_id: int) -> frozenset[int]:
        """List a node and everything under it; empty when there is no such node."""
        found = {node_id} & self.nodes.keys()
        for node in self.nodes.values():
            if node.parent_id in found:
                found.add(node.id)
        return frozenset(found)

    def at_depth(self, depth: int) -> frozenset[int]:
        return frozenset(node.id for node in self.nodes.values() if node.depth == depth)

    def in_order(self) -> Iterable[Node]:
        """List every node right after its parent, with its siblings in the order they came in."""
        children: dict[int | None, list[Node]] = {}
        for node in self.nodes.values():
            parent = node.parent_id if node.parent_id in self.nodes else None
            children.setdefault(parent, []).append(node)
        waiting = children.get(None, [])[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += children.get(node.id, [])[::-1]


def unit_tree(session: Session) -> Tree:
    """Read the units, those that ended included: they may still hold tickets."""
    rows = session.execute(
        select(Unit.id, Unit.name, Unit.parent_id, Unit.tier).order_by(Unit.tier, Unit.code)
    )
    return Tree({row.id: Node(*row) for row in rows})


def category_tree(session: Session) -> Tree:
    """Read the categories."""
    columns = (Category.id, Category.name, Category.parent_id, Category.level)
    rows = session.execute(select(*columns).order_by(Category.level, Category.code))
    return Tree({row.id: Node(*row) for row in rows})


def with_those_above(category_ids: Iterable[int]) -> CTE:
    """Every wanted category (`leaf_id`) with itself and those above it (`id`), each so many `steps` up."""
    own = select(Category.id.label("leaf_id"), Category.id, Category.parent_id, literal(0).label("steps"))
    nodes = own.where(Category.id.in_(list(category_ids))).cte("nodes", recursive=True)
    above = select(nodes.c.leaf_id, Category.id, Category.parent_id, nodes.c.steps + 1)
    return nodes.union_all(above.join(nodes, Category.id == nodes.c.parent_id))
