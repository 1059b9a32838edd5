"""What may agents say: knowledge in versions, how it is found, and what people think of it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from hotline.models.calendars import new_revision
from workflows.vocabulary import Word


class VersionState(Word):
    """Where a version stands between its first word and its end."""

    DRAFT = "draft", "草稿", "Draft"
    UNIT_REVIEW = "unit_review", "待单位审核", "Unit review"
    CENTRE_REVIEW = "centre_review", "待中心审核", "Centre review"
    PUBLISHED = "published", "已发布", "Published"
    DUE_FOR_REVIEW = "due_for_review", "待复核", "Due for review"
    EXPIRED = "expired", "已到期", "Expired"
    WITHDRAWN = "withdrawn", "已下架", "Withdrawn"
    SUPERSEDED = "superseded", "已被新版替代", "Superseded"
    DISCARDED = "discarded", "已作废", "Discarded"


class CorrectionState(Word):
    """What became of a doubt."""

    OPEN = "open", "待答复", "Open"
    ACCEPTED = "accepted", "属实，修改", "Accepted"
    DECLINED = "declined", "无误，不改", "Declined"


IN_THE_WORKS = (VersionState.DRAFT, VersionState.UNIT_REVIEW, VersionState.CENTRE_REVIEW)
LIVE = (VersionState.PUBLISHED, VersionState.DUE_FOR_REVIEW)
_IS_IN_THE_WORKS = text("state IN ('draft', 'unit_review', 'centre_review')")
_IS_LIVE = text("state IN ('published', 'due_for_review')")


class KnowledgeEntry(Base):
    """One thing worth knowing, with the unit that answers for it. `hits` counts how often it was opened."""

    __tablename__ = "knowledge_entries"
    __table_args__ = (Index("ix_knowledge_entries_unit_id", "unit_id"),)

    id: Mapped[BigIntPk]
    unit_id: Mapped[BigIntRef] = mapped_column(ForeignKey("units.id"))
    # The directly answered ticket it was proposed from.
    ticket_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("tickets.id"))
    created_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    hits: Mapped[int] = mapped_column(default=0, server_default="0")


class KnowledgeVersion(Base):
    """What an entry says. Published words never change: a change is the next number.

    An entry has at most one version that holds and one in the works. `reason` is why it was sent back or
    withdrawn last. `questions` are how citizens ask, one a line; `talking_point` is what an agent may say.
    """

    __tablename__ = "knowledge_versions"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        Index(
            "uq_knowledge_versions_one_live",
            "entry_id",
            unique=True,
            sqlite_where=_IS_LIVE,
            postgresql_where=_IS_LIVE,
        ),
        Index(
            "uq_knowledge_versions_one_in_the_works",
            "entry_id",
            unique=True,
            sqlite_where=_IS_IN_THE_WORKS,
            postgresql_where=_IS_IN_THE_WORKS,
        ),
        Index("ix_knowledge_versions_state", "state", "id"),
        Index("ix_knowledge_versions_category_id", "category_id"),
    )

    id: Mapped[BigIntPk]
    entry_id: Mapped[BigIntRef] = mapped_column(ForeignKey("knowledge_entries.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(100))
    questions: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    talking_point: Mapped[str] = mapped_column(String(500), default="")
    basis: Mapped[str] = mapped_column(String(300), default="")
    category_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("categories.id"))
    is_pinned: Mapped[bool] = mapped_column(default=False)
    valid_from_on: Mapped[date | None]
    valid_until_on: Mapped[date | None]
    review_on: Mapped[date | None]
    drafted_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    drafted_at: Mapped[datetime]
    unit_approved_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    unit_approved_at: Mapped[datetime | None]
    published_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None]
    ended_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    revision: Mapped[str] = mapped_column(String(32), default=new_revision)


class KnowledgeMaker(Base):
    """Somebody who began or changed a version, and so may not be the one who approves it."""

    __tablename__ = "knowledge_makers"

    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("knowledge_versions.id"), primary_key=True)
    user_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"), primary_key=True)


class KnowledgeTerm(Base):
    """A piece of a version's words by which it is found, and how much a find by it weighs.

    Compared byte by byte on both databases, so that the beginning of a term is a range of the index.
    """

    __tablename__ = "knowledge_terms"
    __table_args__ = (Index("ix_knowledge_terms_version_id", "version_id"),)

    term: Mapped[str] = mapped_column(
        String(40, collation="C").with_variant(String(40), "sqlite"), primary_key=True
    )
    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("knowledge_versions.id"), primary_key=True)
    weight: Mapped[int]


class KnowledgeMark(Base):
    """Whether a version was of use to somebody."""

    __tablename__ = "knowledge_marks"

    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("knowledge_versions.id"), primary_key=True)
    user_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"), primary_key=True)
    is_useful: Mapped[bool]
    marked_at: Mapped[datetime]


class KnowledgeCitation(Base):
    """A direct answer that was given on the strength of a version."""

    __tablename__ = "knowledge_citations"

    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("knowledge_versions.id"), primary_key=True)
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    cited_at: Mapped[datetime]


class KnowledgeCorrection(Base):
    """Somebody doubts what a version says; whoever answers for the entry replies by `due_at`."""

    __tablename__ = "knowledge_corrections"
    __table_args__ = (
        Index("ix_knowledge_corrections_state", "state", "due_at"),
        Index("ix_knowledge_corrections_version_id", "version_id"),
    )

    id: Mapped[BigIntPk]
    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("knowledge_versions.id"))
    doubt: Mapped[str] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(16))
    raised_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    # Whom whoever raised it stood in for.
    raised_for_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(1000), default="")
    answered_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
