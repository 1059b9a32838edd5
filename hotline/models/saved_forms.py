"""Which ready-made records have the agents for matters that come again and again?"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef


class SavedForm(Base):
    """A ready-made record; `number` is that of its newest version, which alone counts."""

    __tablename__ = "saved_forms"

    id: Mapped[BigIntPk]
    number: Mapped[int]


class SavedFormVersion(Base):
    """A saved form as somebody published it; it never changes again.

    `questions` holds one to a line; `entry_id` is the knowledge entry whose words answer the matter.
    """

    __tablename__ = "saved_form_versions"
    __table_args__ = (UniqueConstraint("form_id", "number"),)

    id: Mapped[BigIntPk]
    form_id: Mapped[BigIntRef] = mapped_column(ForeignKey("saved_forms.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(16), default="")
    category_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("categories.id"))
    title: Mapped[str] = mapped_column(String(100), default="")
    content: Mapped[str] = mapped_column(Text, default="")
    questions: Mapped[str] = mapped_column(String(1000), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    entry_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("knowledge_entries.id"))
    valid_from_on: Mapped[date | None]
    valid_until_on: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(String(200))
    published_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime]
