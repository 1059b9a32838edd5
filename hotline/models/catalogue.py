"""Which unit is a matter given to here: the dispatch catalogue in versions, and proposals to change it."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word


class VersionState(Word):
    """Whether a version may still be changed."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"


class ProposalCause(Word):
    """What made somebody, or the figures, ask for another unit."""

    RETURNS = "returns", "退单较多", "Many returns"
    DISPUTE = "dispute", "会商决定", "Decided dispute"
    OVERRIDE = "override", "改派其他单位", "Another unit chosen"


class ProposalState(Word):
    """What became of a proposal."""

    OPEN = "open", "待处理"
    TAKEN = "taken", "已纳入草稿", "Taken into the draft"
    DISMISSED = "dismissed", "不采纳"


class CatalogueVersion(Base):
    """One edition of the catalogue. A published one never changes and counts from `valid_from_at` on."""

    __tablename__ = "catalogue_versions"
    __table_args__ = (
        Index(
            "uq_catalogue_versions_one_draft",
            "state",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[BigIntPk]
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(16))
    based_on_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("catalogue_versions.id"))
    valid_from_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    published_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None]


class CatalogueMaker(Base):
    """Somebody who began or changed a draft, and so may not be the one who publishes it."""

    __tablename__ = "catalogue_makers"

    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("catalogue_versions.id"), primary_key=True)
    user_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"), primary_key=True)


class CatalogueRow(Base):
    """Who handles one category, at any level of the tree, in one district; an empty district is the city.

    A row keeps its `number` from version to version, so that people can name it. `limit_class` is empty where
    the ticket's own type and urgency decide.
    """

    __tablename__ = "catalogue_rows"
    __table_args__ = (
        UniqueConstraint("version_id", "number"),
        Index("ix_catalogue_rows_version_id_category_id", "version_id", "category_id"),
    )

    id: Mapped[BigIntPk]
    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("catalogue_versions.id"))
    number: Mapped[int]
    category_id: Mapped[BigIntRef] = mapped_column(ForeignKey("categories.id"))
    district: Mapped[str] = mapped_column(String(50), default="")
    main_unit_id: Mapped[BigIntRef] = mapped_column(ForeignKey("units.id"))
    limit_class: Mapped[str] = mapped_column(String(24), default="")
    basis: Mapped[str] = mapped_column(String(300))


class CatalogueCoUnit(Base):
    """A unit that helps with the matters of a row."""

    __tablename__ = "catalogue_co_units"

    row_id: Mapped[BigIntRef] = mapped_column(ForeignKey("catalogue_rows.id"), primary_key=True)
    unit_id: Mapped[BigIntRef] = mapped_column(ForeignKey("units.id"), primary_key=True)


class CatalogueProposal(Base):
    """A wish to give a category in a district to another unit; `count` says how often the same was seen."""

    __tablename__ = "catalogue_proposals"
    __table_args__ = (Index("ix_catalogue_proposals_state", "state", "id"),)

    id: Mapped[BigIntPk]
    category_id: Mapped[BigIntRef] = mapped_column(ForeignKey("categories.id"))
    district: Mapped[str] = mapped_column(String(50), default="")
    main_unit_id: Mapped[BigIntRef] = mapped_column(ForeignKey("units.id"))
    co_unit_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    cause: Mapped[str] = mapped_column(String(16))
    row_number: Mapped[int | None]
    ticket_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("tickets.id"))
    count: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    decided_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(String(300), default="")
