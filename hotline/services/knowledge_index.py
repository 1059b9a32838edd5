"""Under which terms is a version of the knowledge base found?"""

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.knowledge import KnowledgeTerm, KnowledgeVersion
from hotline.models.organisation import Unit
from hotline.queries.search_words import Weighed, terms_of


def keep_terms(session: Session, version: KnowledgeVersion, unit_id: int) -> None:
    """Write the terms of a version anew."""
    forget_terms(session, version.id)
    category = select(Category.path).where(Category.id == version.category_id)
    terms = terms_of(
        Weighed(version.title, 12, is_spoken=True),
        Weighed(version.questions, 8, is_spoken=True),
        Weighed(session.scalar(category) or "", 4, is_spoken=True),
        Weighed(version.talking_point, 3),
        Weighed(version.answer, 2),
        Weighed(session.get_one(Unit, unit_id).name, 2),
        Weighed(version.basis, 1),
    )
    rows = [{"term": term, "version_id": version.id, "weight": weight} for term, weight in terms.items()]
    if rows:
        session.execute(insert(KnowledgeTerm), rows)


def forget_terms(session: Session, version_id: int) -> None:
    """Let a version be found no longer."""
    session.execute(delete(KnowledgeTerm).where(KnowledgeTerm.version_id == version_id))
