"""What do the pages of units show: the tree, one unit, and the units another may go under or into?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar
from hotline.models.organisation import Area, Unit, UnitKind
from hotline.models.people import User
from hotline.queries.directory import list_units
from hotline.queries.spelling import is_meant
from hotline.queries.unit_effects import count_open_tickets

_APART = " / "


@dataclass(frozen=True, slots=True)
class UnitNode:
    """One unit of the tree with those below it, how many tickets are open with it and how many people."""

    unit: Unit
    kind: UnitKind
    path: str
    duty: str
    in_hand: int
    people: int
    below: list["UnitNode"] = field(default_factory=list)

    @property
    def is_ended(self) -> bool:
        return not self.unit.is_active and self.unit.ended_on is not None

    @property
    def depth(self) -> int:
        return self.path.count(_APART)


def read_tree(session: Session) -> list[UnitNode]:
    """Read the whole tree: the units at the top, each with those below it."""
    units = session.scalars(select(Unit).order_by(Unit.tier, Unit.code)).all()
    paths = _paths(units)
    duties = dict(list_calendar_names(session))
    in_hand = count_open_tickets(session)
    people = _counted(session, User.unit_id, User.is_active)
    nodes = {
        unit.id: UnitNode(
            unit,
            UnitKind(unit.kind),
            paths[unit.id],
            duties.get(unit.calendar, unit.calendar),
            in_hand.get(unit.id, 0),
            people.get(unit.id, 0),
        )
        for unit in units
    }
    top: list[UnitNode] = []
    for unit in units:
        parent = nodes.get(unit.parent_id or 0)
        (top if parent is None else parent.below).append(nodes[unit.id])
    return top


def flatten(nodes: Iterable[UnitNode]) -> list[UnitNode]:
    """List every node right after the one above it."""
    return [found for node in nodes for found in (node, *flatten(node.below))]


def find_nodes(nodes: Iterable[UnitNode], words: str, *, with_ended: bool = False) -> list[UnitNode]:
    """List the units that are meant by some words."""
    return [
        node
        for node in flatten(nodes)
        if (with_ended or not node.is_ended)
        and is_meant(words, node.unit.name, node.unit.short_name, node.unit.code, node.unit.district)
    ]


def without_ended(nodes: Iterable[UnitNode]) -> list[UnitNode]:
    """Leave the units out that are over, unless one below them goes on."""
    return only_those(nodes, lambda node: not node.is_ended)


def only_those(nodes: Iterable[UnitNode], is_wanted: Callable[[UnitNode], bool]) -> list[UnitNode]:
    """Keep the units that are wanted, and any other only where one below it is."""
    kept = []
    for node in nodes:
        node.below[:] = only_those(node.below, is_wanted)
        if node.below or is_wanted(node):
            kept.append(node)
    return kept


def list_choices(session: Session, leaving_out: frozenset[int] = frozenset()) -> list[tuple[str, str]]:
    """List the units one may choose from, each below the one over it, with its whole path."""
    return [
        (str(node.unit.id), f"{node.path}（{node.unit.code}）")
        for node in flatten(read_tree(session))
        if not node.is_ended and node.unit.id not in leaving_out
    ]


def list_in_words(session: Session) -> list[tuple[str, str]]:
    """List the active units by code, name and short name: by whatever of these somebody types."""
    return [
        (str(unit.id), f"{unit.code} {unit.name}" + (f"（{unit.short_name}）" if unit.short_name else ""))
        for unit in list_units(session)
    ]


def path_of(session: Session, unit: Unit) -> list[Unit]:
    """List the units over one, from the top down."""
    above: list[Unit] = []
    parent_id = unit.parent_id
    while parent_id is not None:
        parent = session.get_one(Unit, parent_id)
        above.insert(0, parent)
        parent_id = parent.parent_id
    return above


def list_below(session: Session, unit_id: int) -> Sequence[Unit]:
    """List the units directly below one, those that are over last."""
    below = select(Unit).where(Unit.parent_id == unit_id)
    return session.scalars(below.order_by(Unit.is_active.desc(), Unit.code)).all()


def list_merged(session: Session, unit_id: int) -> Sequence[Unit]:
    """List the units that were, or will be, merged into one."""
    return session.scalars(select(Unit).where(Unit.successor_id == unit_id).order_by(Unit.ended_on)).all()


def list_districts(session: Session) -> list[tuple[str, str]]:
    """List the areas that a unit may serve."""
    names = session.scalars(select(Area.name).order_by(Area.level, Area.code))
    return [(name, name) for name in dict.fromkeys(names)]


def list_calendar_names(session: Session) -> list[tuple[str, str]]:
    """List the code and the name of every working calendar, the city's first."""
    found = session.execute(select(Calendar.code, Calendar.name).order_by(Calendar.id))
    return [(code, name) for code, name in found]


def is_overdue(unit: Unit, today: date) -> bool:
    """Whether its last day is over and something keeps it from ending."""
    return unit.is_active and unit.ended_on is not None and unit.ended_on <= today


def _paths(units: Sequence[Unit]) -> Mapping[int, str]:
    known = {unit.id: unit for unit in units}
    paths: dict[int, str] = {}
    for unit in units:
        names, each = [unit.name], unit
        while each.parent_id in known and len(names) <= len(known):
            each = known[each.parent_id]
            names.insert(0, each.short_name or each.name)
        paths[unit.id] = _APART.join(names)
    return paths


def _counted(session: Session, key: Any, where: Any) -> dict[int, int]:
    rows = session.execute(select(key, func.count()).where(where).group_by(key))
    return {unit_id: number for unit_id, number in rows if unit_id is not None}
