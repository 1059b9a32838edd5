"""Which unit owns a matter here: the category's owner, or its sister bureau in the ticket's district."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit


def find_owner_unit(session: Session, category_id: int | None, district: str) -> Unit | None:
    """Find the active unit to suggest; None when the category names nobody who is still at work."""
    if category_id is None:
        return None
    named = select(Unit).join(Category, Category.owner_unit_id == Unit.id).where(Category.id == category_id)
    owner = session.scalar(named)
    if owner is None:
        return None
    here = _sister_name(owner, district)
    if here is not None:
        owner = session.scalar(select(Unit).where(Unit.name == here, Unit.is_active)) or owner
    return owner if owner.is_active else None


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
