"""Which unit does the work of another one in a district: its sister bureau, if there is one."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit


def sisters(session: Session, asked: Iterable[tuple[Unit, str]]) -> dict[tuple[int, str], Unit]:
    """Map (owner id, district) to the unit that does the owner's work there, in one query."""
    wanted = {(owner.id, district): _sister_name(owner, district) for owner, district in asked}
    names = {name for name in wanted.values() if name is not None}
    found = {
        unit.name: unit for unit in session.scalars(select(Unit).where(Unit.name.in_(names), Unit.is_active))
    }
    return {key: found[name] for key, name in wanted.items() if name in found}


def _sister_name(owner: Unit, district: str) -> str | None:
    """Bureaux of one trade differ in their district's name alone; city-wide owners have no sisters."""
    if not district or not owner.district or owner.district == district:
        return None
    if not owner.name.startswith(owner.district):
        return None
    return district + owner.name.removeprefix(owner.district)
