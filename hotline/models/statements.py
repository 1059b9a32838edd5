"""What are people told of what becomes of their data, before they give it?"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef


class PrivacyStatement(Base):
    """One version of the words of one kind; it never changes again, and the newest holds.

    The first version of each is the one the product came with, and has no row. `text_en` may be empty.
    """

    __tablename__ = "privacy_statements"
    __table_args__ = (
        CheckConstraint("kind IN ('web', 'spoken')", name="known_kind"),
        UniqueConstraint("kind", "number"),
    )

    id: Mapped[BigIntPk]
    kind: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(2000))
    text_en: Mapped[str] = mapped_column(String(4000), default="")
    reason: Mapped[str] = mapped_column(String(200))
    published_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime]
