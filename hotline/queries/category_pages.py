"""What do administrators see of the category tree: its nodes, where each is named, what became of it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from hotline.models.catalog import Category, CategoryAct, CategoryChange
from hotline.models.catalogue import CatalogueRow, CatalogueVersion
from hotline.models.knowledge import KnowledgeVersion
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.policies import PolicyRow, PolicyState, PolicyVersion
from hotline.models.ticket import Ticket
from hotline.queries.board import OPEN_STATES

_LIVE_KNOWLEDGE = ("published", "due_for_review")


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One node of the tree, in its order; `merged_into` is the path of what took its place."""

    id: int
    code: str
    name: str
    name_en: str
    path: str
    level: int
    synonyms: str
    initials: str
    owner_id: int | None
    owner_code: str
    owner: str
    parent_id: int | None
    parent_code: str
    position: int
    version: int
    is_leaf: bool
    is_active: bool
    merged_into: str

    def says(self, words: str) -> bool:
        """Whether the node is what somebody looks for."""
        sought = (self.code, self.path, self.synonyms, self.initials, self.owner, self.name_en)
        return any(words.casefold() in text.casefold() for text in sought)


@dataclass(frozen=True, slots=True)
class CategoryUse:
    """Where a category is named; what ended stays readable there."""

    open_tickets: int
    tickets: int
    catalogue_rows: int
    limits: int
    entries: int


@dataclass(frozen=True, slots=True)
class CategoryStep:
    """One change in the story of a category: for each field what it was and what it became."""

    number: int
    act: CategoryAct
    changes: Mapping[str, tuple[str, str]]
    reason: str
    changed_by: str
    changed_at: datetime


def list_category_lines(session: Session) -> list[CategoryLine]:
    """List the whole tree, each node before those below it."""
    parent, into = aliased(Category), aliased(Category)
    rows = session.execute(
        select(Category, Unit, parent.code, into.path)
        .outerjoin(Unit, Unit.id == Category.owner_unit_id)
        .outerjoin(parent, parent.id == Category.parent_id)
        .outerjoin(into, into.id == Category.merged_into_id)
        .order_by(Category.place, Category.code)
    )
    return [_line(*row) for row in rows]


def find_category_line(session: Session, category_id: int) -> CategoryLine | None:
    """Find one node of the tree."""
    return next((line for line in list_category_lines(session) if line.id == category_id), None)


def read_use(session: Session, category_id: int) -> CategoryUse:
    """Count what names a category: tickets, rows of catalogue and limits in use or drafted, entries."""
    of_ticket = select(func.count(Ticket.id)).where(Ticket.category_id == category_id)
    newest = select(func.max(CatalogueVersion.number)).where(CatalogueVersion.state == "published")
    rows = (
        select(func.count(CatalogueRow.id))
        .join(CatalogueVersion, CatalogueVersion.id == CatalogueRow.version_id)
        .where(CatalogueRow.category_id == category_id, CatalogueVersion.number >= newest.scalar_subquery())
    )
    limits = (
        select(func.count(PolicyRow.id))
        .join(PolicyVersion, PolicyVersion.id == PolicyRow.version_id)
        .where(PolicyRow.category_id == category_id, PolicyVersion.state != PolicyState.DISCARDED.value)
    )
    entries = select(func.count(KnowledgeVersion.id)).where(
        KnowledgeVersion.category_id == category_id, KnowledgeVersion.state.in_(_LIVE_KNOWLEDGE)
    )
    return CategoryUse(
        open_tickets=_count(session, of_ticket.where(Ticket.state.in_((*OPEN_STATES, "draft")))),
        tickets=_count(session, of_ticket),
        catalogue_rows=_count(session, rows),
        limits=_count(session, limits),
        entries=_count(session, entries),
    )


def list_steps(session: Session, category_id: int) -> list[CategoryStep]:
    """List every change of a category, the newest first."""
    rows = session.execute(
        select(CategoryChange, User.display_name)
        .outerjoin(User, User.id == CategoryChange.changed_by_id)
        .where(CategoryChange.category_id == category_id)
        .order_by(CategoryChange.number.desc())
    )
    return [
        CategoryStep(
            row.number,
            CategoryAct(row.act),
            {name: (before, after) for name, (before, after) in row.changes.items()},
            row.reason,
            author or "",
            row.changed_at,
        )
        for row, author in rows
    ]


def last_change_id(session: Session) -> int:
    """Tell which change of the tree was the last, so that an import sees whether there was another since."""
    return session.scalar(select(func.max(CategoryChange.id))) or 0


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(query) or 0


def _line(row: Category, unit: Unit | None, parent_code: str | None, into: str | None) -> CategoryLine:
    return CategoryLine(
        id=row.id,
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        path=row.path,
        level=row.level,
        synonyms=row.synonyms,
        initials=row.initials,
        owner_id=row.owner_unit_id,
        owner_code=unit.code if unit else "",
        owner=unit.name if unit else "",
        parent_id=row.parent_id,
        parent_code=parent_code or "",
        position=row.position,
        version=row.version,
        is_leaf=row.is_leaf,
        is_active=row.is_active,
        merged_into=into or "",
    )
