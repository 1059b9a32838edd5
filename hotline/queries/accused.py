"""Which units a report must not reach: whom it accuses, whoever answers to them, and the unit over them."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.ticket import Ticket


def accused_by(session: Session, ticket: Ticket) -> str:
    """What the ticket and those merged into it say of whom they accuse."""
    texts = [ticket.accused]
    if ticket.follower_count:
        texts += session.scalars(select(Ticket.accused).where(Ticket.master_id == ticket.id))
    return "\n".join(text for text in texts if text)


def find_accused(session: Session, unit_ids: Iterable[int], accused: str) -> frozenset[int]:
    """Choose of these units the ones that must not see what accuses; nobody is accused by an empty text.

    Whoever answers to the accused unit counts as accused: its people would see the ticket too. So does the
    unit directly over it, which would be asked to judge its own.
    """
    wanted = set(unit_ids) if accused else set()
    if not wanted:
        return frozenset()
    known = with_those_above(session, wanted)
    below = select(Unit).where(Unit.parent_id.in_(wanted))
    over_the_accused = {unit.parent_id for unit in session.scalars(below) if _is_named(unit, accused)}
    named = {unit_id for unit_id, unit in known.items() if _is_named(unit, accused)}
    return frozenset(
        unit_id
        for unit_id in wanted & known.keys()
        if unit_id in over_the_accused or ({unit_id} | above(known[unit_id], known)) & named
    )


def accused_among(units: Sequence[Unit], accused: str) -> frozenset[int]:
    """Choose of all the units there are; the same as find_accused, and asks no database."""
    known = {unit.id: unit for unit in units}
    named = {unit_id for unit_id, unit in known.items() if _is_named(unit, accused)}
    over_the_accused = {known[unit_id].parent_id for unit_id in named}
    return frozenset(
        unit_id
        for unit_id, unit in known.items()
        if named and (unit_id in over_the_accused or ({unit_id} | above(unit, known)) & named)
    )


def with_those_above(session: Session, unit_ids: Iterable[int]) -> dict[int, Unit]:
    """Read units and all the units over them."""
    wanted = set(unit_ids)
    if not wanted:
        return {}
    found = select(Unit.id, Unit.parent_id).where(Unit.id.in_(wanted)).cte(recursive=True)
    over = select(Unit.id, Unit.parent_id).join(found, Unit.id == found.c.parent_id)
    nodes = found.union(over)
    return {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(select(nodes.c.id))))}


def above(unit: Unit, known: Mapping[int, Unit]) -> frozenset[int]:
    """List the units over one, of those that were read with it."""
    found: set[int] = set()
    parent_id = unit.parent_id
    while parent_id is not None and parent_id not in found:
        found.add(parent_id)
        parent_id = known[parent_id].parent_id
    return frozenset(found)


def _is_named(unit: Unit, accused: str) -> bool:
    return any(name in accused for name in (unit.name, unit.short_name) if name)
