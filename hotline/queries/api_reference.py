"""What is the reference data of the city: units, categories, today's limits, the working calendar."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.policies import PolicyRow, PolicyVersion
from hotline.queries.policy_versions import version_on
from hotline.queries.typed import row_id_in


def units() -> tuple[Select[Unit], Any]:
    return select(Unit).where(Unit.is_active), Unit.id


def categories() -> tuple[Select[Category], Any]:
    return select(Category).where(Category.is_active), Category.id


def unit_ids(session: Session, names: Sequence[str]) -> list[int]:
    """Find units by id or code; a name that is neither gives nothing."""
    by_name = or_(Unit.code.in_(names), Unit.id.in_([row_id_in(name) for name in names]))
    return list(session.scalars(select(Unit.id).where(by_name)))


def category_ids(session: Session, names: Sequence[str]) -> list[int]:
    """Find categories by id, code or path."""
    by_name = or_(
        Category.code.in_(names),
        Category.path.in_(names),
        Category.id.in_([row_id_in(name) for name in names]),
    )
    return list(session.scalars(select(Category.id).where(by_name)))


def find_policy_version(session: Session, on: date) -> PolicyVersion | None:
    """Find the latest version that is valid on that date of the city."""
    return session.scalar(version_on(on))


def policy_rows(version_id: int) -> tuple[Select[PolicyRow], Any]:
    return select(PolicyRow).where(PolicyRow.version_id == version_id), PolicyRow.id
