"""What can a ticket of the demo city be about, and which unit owns it: the shipped tree made into rows."""

from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.queries.search_words import initials_of
from hotline.services.categorise import category_rules
from hotline.services.category_edits import Tree


def seed_categories(session: Session, units: dict[str, Unit]) -> dict[str, Category]:
    """Add the category tree with its owners, and give the rows back by their codes."""
    rows: dict[str, Category] = {}
    for rule in category_rules():
        parent = rows.get(rule.parent)
        row = Category(
            code=rule.code,
            name=rule.name,
            name_en=rule.name_en,
            path=rule.name if parent is None else f"{parent.path}/{rule.name}",
            initials=initials_of(rule.name),
            level=1 if parent is None else parent.level + 1,
            parent_id=None if parent is None else parent.id,
            owner_unit_id=units[rule.owner].id if rule.owner else None,
            is_leaf=bool(rule.owner),
        )
        session.add(row)
        session.flush()
        rows[rule.code] = row
    Tree(session).settle()
    return rows
