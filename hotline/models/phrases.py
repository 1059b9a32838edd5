"""Which words does a unit keep, so that nobody types them again?"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word


class PhraseUse(Word):
    """What a phrase is put into."""

    REPLY = "reply", "办理结果", "Reply"
    RETURN = "return", "退单", "Return"
    EXTENSION = "extension", "延期", "Extension"


class Phrase(Base):
    """One phrase of a unit, for one use; `position` is its place among the others of that use."""

    __tablename__ = "phrases"
    __table_args__ = (Index("ix_phrases_unit_id_use", "unit_id", "use", "position"),)

    id: Mapped[BigIntPk]
    unit_id: Mapped[BigIntRef] = mapped_column(ForeignKey("units.id"))
    use: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    revision: Mapped[str] = mapped_column(String(32))
    created_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    changed_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime]
    retired_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    retired_at: Mapped[datetime | None]
