"""What a ticket can be about: the category tree, who usually owns each leaf, and every change of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word


class Category(Base):
    """One node of the category tree; tickets point at leaves.

    `initials` are those of the pinyin of its name and its `synonyms`; `place` sorts the whole tree as people
    ordered it, each node before those below it. One that ended may have been merged into another.
    """

    __tablename__ = "categories"

    id: Mapped[BigIntPk]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100), default="")
    path: Mapped[str] = mapped_column(String(300))
    initials: Mapped[str] = mapped_column(String(100), default="")
    synonyms: Mapped[str] = mapped_column(String(300), default="", server_default="")
    level: Mapped[int]
    parent_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("categories.id"))
    owner_unit_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("units.id"))
    is_leaf: Mapped[bool] = mapped_column(Boolean, default=True)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    merged_into_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("categories.id"))
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    place: Mapped[str] = mapped_column(String(80), default="", server_default="")
    version: Mapped[int] = mapped_column(default=0, server_default="0")


class CategoryAct(Word):
    """What was done to a category."""

    ADDED = "added", "新增"
    CHANGED = "changed", "修改"
    ENDED = "ended", "停用"
    MERGED = "merged", "并入"
    RESTORED = "restored", "恢复使用"


class CategoryChange(Base):
    """One change of a category: `changes` holds for each field what it was and what it became, in words."""

    __tablename__ = "category_changes"
    __table_args__ = (UniqueConstraint("category_id", "number"),)

    id: Mapped[BigIntPk]
    category_id: Mapped[BigIntRef] = mapped_column(ForeignKey("categories.id"))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(16))
    changes: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(200))
    changed_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime]
