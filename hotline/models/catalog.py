"""What a ticket can be about: the category tree and the unit that usually owns each leaf."""

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef


class Category(Base):
    """One node of the category tree; tickets point at leaves. `initials` are those of the name's pinyin."""

    __tablename__ = "categories"

    id: Mapped[BigIntPk]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100), default="")
    path: Mapped[str] = mapped_column(String(300))
    initials: Mapped[str] = mapped_column(String(100), default="")
    level: Mapped[int]
    parent_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("categories.id"))
    owner_unit_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("units.id"))
    is_leaf: Mapped[bool] = mapped_column(Boolean, default=True)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
