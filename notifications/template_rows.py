"""The rows of the words that a city writes its messages in: versions of a kind's texts, and who made them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef


class TemplateState(StrEnum):
    """Whether a version of the words may still be changed."""

    DRAFT = "draft"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class TemplateVersion(Base):
    """The words of one kind; once published they never change, a change is the kind's next number.

    The newest published one is in force, the shipped words while there is none. `based_on` is the number of
    the version it was copied from, 0 for the shipped words. A change names the `revision` it was made on.
    """

    __tablename__ = "template_versions"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        Index(
            "uq_template_versions_one_draft",
            "kind",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[BigIntPk]
    kind: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    based_on: Mapped[int]
    drafted_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    drafted_at: Mapped[datetime]
    published_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    revision: Mapped[str] = mapped_column(String(32))


class TemplateText(Base):
    """One text of a version in one language, in the notation of notifications.notation."""

    __tablename__ = "template_texts"

    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("template_versions.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    text: Mapped[str] = mapped_column(String(16), primary_key=True)
    words: Mapped[str] = mapped_column(LongText)


class VendorTemplate(Base):
    """What a carrier approved for a version's SMS: its number there, and what fills its gaps in their order.

    `facts` are separated by spaces.
    """

    __tablename__ = "vendor_templates"

    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("template_versions.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(32), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    number: Mapped[str] = mapped_column(String(64))
    facts: Mapped[str] = mapped_column(String(200), default="")


class TemplateMaker(Base):
    """Somebody who began or changed a draft, and so may not be the one who publishes it."""

    __tablename__ = "template_makers"

    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("template_versions.id"), primary_key=True)
    user_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"), primary_key=True)
