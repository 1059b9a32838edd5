"""What can a ticket be about, and which unit usually owns it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from hotline.models.catalog import Category
from hotline.models.ticket import Assignment
from hotline.queries.catalogue import suggest

_UNDER_WAY = ("to_sign", "handling", "sub_dispatched", "unit_review")


@dataclass(frozen=True, slots=True)
class CategoryLeaf:
    """A category a ticket may point at. `group` is the top of its path; the rest helps to type it."""

    id: int
    code: str
    name: str
    path: str
    initials: str
    synonyms: str = ""

    @property
    def group(self) -> str:
        return self.path.partition("/")[0].strip()


@dataclass(frozen=True, slots=True)
class Owner:
    """The unit a category is given to first, how many shares it has under way, and why it is the one."""

    unit_id: int
    name: str
    open_count: int
    reason: str


def list_leaves(session: Session) -> list[CategoryLeaf]:
    """List the active leaves in the order of the tree."""
    rows = session.execute(_leaves().order_by(Category.place, Category.code)).all()
    return [CategoryLeaf(**row._asdict()) for row in rows]


def find_leaf(session: Session, code: str) -> CategoryLeaf | None:
    """Find an active leaf by its code."""
    row = session.execute(_leaves().where(Category.code == code)).one_or_none()
    return None if row is None else CategoryLeaf(**row._asdict())


def find_named_leaf(leaves: Sequence[CategoryLeaf], said: str) -> CategoryLeaf | None:
    """Find what a text names by its name or a synonym; of several the one named by the longest word."""
    spoken, best, longest = said.casefold(), None, 1
    for leaf in leaves:
        words = [leaf.name, *leaf.synonyms.split()]
        length = max((len(word) for word in words if word.casefold() in spoken), default=0)
        if length > longest:
            best, longest = leaf, length
    return best


def find_successor(session: Session, code: str) -> str:
    """Find the code that is used in place of one that was merged; any other code stays as it is."""
    after = aliased(Category)
    merged = select(after.code).join(Category, Category.merged_into_id == after.id)
    while (following := session.scalar(merged.where(Category.code == code))) is not None:
        code = following
    return code


def find_owner(session: Session, code: str, district: str, at: datetime) -> Owner | None:
    """Find the unit a matter would be given to first in a district; None when nobody is named or at work."""
    category_id = session.scalar(select(Category.id).where(Category.code == code, Category.is_active))
    first = next(iter(suggest(session, category_id, district, at)), None)
    if first is None:
        return None
    under_way = select(func.count(Assignment.id)).where(
        Assignment.unit_id == first.unit_id, Assignment.state.in_(_UNDER_WAY)
    )
    return Owner(first.unit_id, first.unit, session.scalar(under_way) or 0, first.reason)


def grouped(leaves: Sequence[CategoryLeaf]) -> list[tuple[str, list[CategoryLeaf]]]:
    """Put leaves under the tops of their paths, in the order in which they come."""
    groups: dict[str, list[CategoryLeaf]] = {}
    for leaf in leaves:
        groups.setdefault(leaf.group, []).append(leaf)
    return list(groups.items())


def _leaves() -> Select[int, str, str, str, str, str]:
    return select(
        Category.id, Category.code, Category.name, Category.path, Category.initials, Category.synonyms
    ).where(Category.is_active, Category.is_leaf)
