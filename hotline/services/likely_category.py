"""Which category in use is it that a citizen's own words are most likely about? Reviewers choose anew."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.queries.categories import find_successor
from hotline.services.categorise import OTHER, suggest_category


def likely_category(session: Session, content: str) -> str | None:
    """A city may have another tree than the shipped one: then any leaf must do until the reviewer chooses."""
    usable = select(Category.code).where(Category.is_active.is_(True), Category.is_leaf.is_(True))
    for named in (suggest_category("", content), OTHER):
        code = find_successor(session, named)
        if session.scalar(usable.where(Category.code == code)):
            return code
    return session.scalar(usable.order_by(Category.code.desc()).limit(1))
