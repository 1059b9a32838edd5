"""What do the pages of the knowledge base show: an entry in its versions, what was said of it, what waits?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.knowledge import (
    LIVE,
    KnowledgeCitation,
    KnowledgeEntry,
    KnowledgeMark,
    KnowledgeVersion,
    VersionState,
)
from hotline.models.organisation import Unit
from hotline.queries.directory import user_names
from hotline.queries.knowledge_scope import (
    EDITORS,
    PUBLISHERS,
    UNIT_WRITERS,
    maker_ids,
    number_of,
    readable_by,
)
from workflows.definition import Actor
from workflows.vocabulary import Role

LABELS: Mapping[str, str] = {
    "unit": "责任单位",
    "title": "标题",
    "category": "分类",
    "questions": "常见问法",
    "talking_point": "口径",
    "answer": "详细答复",
    "basis": "依据",
    "valid_from_on": "生效日期",
    "valid_until_on": "失效日期",
    "review_on": "复核日期",
    "is_pinned": "置顶",
}
MOST_WAITING = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """One version of an entry, with the names of everything it points at."""

    entry: KnowledgeEntry
    version: KnowledgeVersion
    unit: str
    category: str
    people: Mapping[int, str]

    @property
    def number(self) -> str:
        return number_of(self.entry.id)

    @property
    def state(self) -> VersionState:
        return VersionState(self.version.state)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def holds_on(self, today: date) -> bool:
        """Whether it may be told to citizens that day."""
        begins, ends = self.version.valid_from_on, self.version.valid_until_on
        return self.is_live and (begins is None or begins <= today) and (ends is None or ends >= today)

    def who(self, user_id: int | None) -> str:
        """The name of somebody who had to do with it."""
        return self.people.get(user_id or 0, "—")

    @property
    def said(self) -> Mapping[str, str]:
        """Every field as people read it."""
        version = self.version
        dates = (version.valid_from_on, version.valid_until_on, version.review_on)
        begins, ends, review = ("" if each is None else each.isoformat() for each in dates)
        return {
            "title": version.title,
            "category": self.category,
            "questions": version.questions,
            "talking_point": version.talking_point,
            "answer": version.answer,
            "basis": version.basis,
            "valid_from_on": begins,
            "valid_until_on": ends,
            "review_on": review,
            "is_pinned": "是" if version.is_pinned else "否",
        }


@dataclass(frozen=True, slots=True)
class Use:
    """How often an entry was cited and what people think of the version that is shown."""

    citations: int
    useful: int
    useless: int
    own: bool | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version in a work list."""

    entry_id: int
    number: int
    title: str
    state: str
    unit: str
    reason: str
    drafted_at: datetime
    valid_until_on: date | None
    review_on: date | None

    @property
    def entry_number(self) -> str:
        return number_of(self.entry_id)


def list_versions(session: Session, entry_id: int, viewer: Actor) -> list[Shown]:
    """List the versions of an entry that somebody may see, the newest first."""
    rows = session.execute(
        select(KnowledgeEntry, KnowledgeVersion, Unit.name, Category.path)
        .join(KnowledgeVersion, KnowledgeVersion.entry_id == KnowledgeEntry.id)
        .join(Unit, Unit.id == KnowledgeEntry.unit_id)
        .outerjoin(Category, Category.id == KnowledgeVersion.category_id)
        .where(KnowledgeEntry.id == entry_id, readable_by(viewer))
        .order_by(KnowledgeVersion.number.desc())
    ).all()
    people = user_names(session, {user_id for row in rows for user_id in _people_of(row[1])})
    return [Shown(entry, version, unit, path or "", people) for entry, version, unit, path in rows]


def first_to_show(versions: Sequence[Shown], number: int | None) -> Shown | None:
    """Choose the version that is asked for, else the one that holds, else the newest."""
    if number is not None:
        return next((each for each in versions if each.version.number == number), None)
    return next((each for each in versions if each.is_live), None) or next(iter(versions), None)


def differences(before: Shown, after: Shown) -> list[tuple[str, str, str]]:
    """List the fields that differ, with both texts."""
    old, new = before.said, after.said
    return [(LABELS[name], old[name], new[name]) for name in new if old[name] != new[name]]


def count_use(session: Session, shown: Shown, viewer: Actor) -> Use:
    """Count citations of all versions of the entry, and the marks of this one."""
    cited = (
        select(func.count())
        .select_from(KnowledgeCitation)
        .join(KnowledgeVersion, KnowledgeVersion.id == KnowledgeCitation.version_id)
        .where(KnowledgeVersion.entry_id == shown.entry.id)
    )
    marks = select(KnowledgeMark.is_useful, func.count()).where(KnowledgeMark.version_id == shown.version.id)
    counts = {bool(row[0]): row[1] for row in session.execute(marks.group_by(KnowledgeMark.is_useful))}
    own = select(KnowledgeMark.is_useful).where(
        KnowledgeMark.version_id == shown.version.id, KnowledgeMark.user_id == viewer.user_id
    )
    return Use(session.scalar(cited) or 0, counts.get(True, 0), counts.get(False, 0), session.scalar(own))


def list_waiting(session: Session, viewer: Actor, view: str) -> list[Waiting]:
    """List what waits for somebody's hand, the oldest first."""
    rows = (
        select(
            KnowledgeEntry.id.label("entry_id"),
            KnowledgeVersion.number,
            KnowledgeVersion.title,
            KnowledgeVersion.state,
            Unit.name.label("unit"),
            KnowledgeVersion.reason,
            KnowledgeVersion.drafted_at,
            KnowledgeVersion.valid_until_on,
            KnowledgeVersion.review_on,
        )
        .join(KnowledgeEntry, KnowledgeEntry.id == KnowledgeVersion.entry_id)
        .join(Unit, Unit.id == KnowledgeEntry.unit_id)
        .where(_waits(viewer, view))
        .order_by(KnowledgeVersion.id)
        .limit(MOST_WAITING)
    )
    return [Waiting(**row._asdict()) for row in session.execute(rows)]


def count_waiting(session: Session, viewer: Actor, view: str) -> int:
    """Count what waits in a view."""
    rows = select(func.count()).select_from(KnowledgeVersion)
    rows = rows.join(KnowledgeEntry, KnowledgeEntry.id == KnowledgeVersion.entry_id)
    return session.scalar(rows.where(_waits(viewer, view))) or 0


VIEWS: Mapping[str, tuple[str, tuple[VersionState, ...]]] = {
    "drafts": ("草稿", (VersionState.DRAFT,)),
    "unit": ("待单位审核", (VersionState.UNIT_REVIEW,)),
    "centre": ("待中心审核", (VersionState.CENTRE_REVIEW,)),
    "due": ("待复核", (VersionState.DUE_FOR_REVIEW,)),
    "over": ("已到期", (VersionState.EXPIRED,)),
}


def _waits(viewer: Actor, view: str) -> ColumnElement[bool]:
    return KnowledgeVersion.state.in_(VIEWS[view][1]) & concerns(viewer)


def concerns(viewer: Actor) -> ColumnElement[bool]:
    """The condition under which an entry is somebody's to look after; wants both rows joined."""
    if viewer.roles & EDITORS:
        return KnowledgeEntry.id.is_not(None)
    own = KnowledgeVersion.drafted_by_id == viewer.user_id
    if viewer.roles & UNIT_WRITERS:
        return own | KnowledgeEntry.unit_id.in_(viewer.subtree_unit_ids)
    return own


def is_maker(session: Session, shown: Shown, viewer: Actor) -> bool:
    """Whether somebody had a hand in the version, and so may not approve it."""
    return bool(viewer.ids & maker_ids(session, shown.version.id))


def decides(viewer: Actor) -> bool:
    """Whether somebody ever approves anything here."""
    return bool(viewer.roles & (PUBLISHERS | {Role.UNIT_LEADER}))


def _people_of(version: KnowledgeVersion) -> list[int]:
    people = (
        version.drafted_by_id,
        version.unit_approved_by_id,
        version.published_by_id,
        version.ended_by_id,
    )
    return [user_id for user_id in people if user_id is not None]
