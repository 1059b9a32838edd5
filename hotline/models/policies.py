"""How long may each step take: versions of the limits, their rows and the ladder of what follows lateness."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigInt, BigIntPk, BigIntRef
from hotline.models.calendars import CITY_CALENDAR, new_revision
from workflows.vocabulary import Word


class PolicyState(Word):
    """Whether a version of the limits may still be changed."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    DISCARDED = "discarded", "已作废"


class PolicyVersion(Base):
    """One set of limits; once published it never changes, a change is the next number.

    Of the published versions, the one whose `valid_from_on` came last holds; of two with one date, the newer.
    """

    __tablename__ = "policy_versions"
    __table_args__ = (
        Index(
            "uq_policy_versions_one_draft",
            "state",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[BigIntPk]
    number: Mapped[int] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(16), default="published", server_default="published")
    valid_from_on: Mapped[date]
    based_on_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("policy_versions.id"))
    drafted_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    drafted_at: Mapped[datetime | None]
    published_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    revision: Mapped[str] = mapped_column(String(32), default=new_revision)


class PolicyMaker(Base):
    """Somebody who began or changed a draft, and so may not be the one who publishes it."""

    __tablename__ = "policy_makers"

    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("policy_versions.id"), primary_key=True)
    user_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"), primary_key=True)


class PolicyRow(Base):
    """How long one clock runs for one case, how it counts, and how long before its end it warns.

    `clock` is a clock's name, or `return_window`, `extension` and the like: how long something may be asked,
    or for how long. A row narrowed to a type, a category (with all below it) or a tier of units wins over a
    wider one. `selector` writes the case as one text, so that no version holds two rows for it. `pauses_in`
    lists the states of a ticket in which the clock is held, separated by spaces.
    """

    __tablename__ = "policy_rows"
    __table_args__ = (
        UniqueConstraint("version_id", "clock", "selector"),
        CheckConstraint("amount >= 0", name="amount_is_not_negative"),
        CheckConstraint("unit_tier BETWEEN 1 AND 3", name="unit_tier_is_known"),
    )

    id: Mapped[BigIntPk]
    version_id: Mapped[int] = mapped_column(BigInt, ForeignKey("policy_versions.id"))
    clock: Mapped[str] = mapped_column(String(24))
    selector: Mapped[str] = mapped_column(String(80))
    limit_class: Mapped[str] = mapped_column(String(24))
    ticket_type: Mapped[str | None] = mapped_column(String(16))
    category_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("categories.id"))
    unit_tier: Mapped[int | None]
    is_rework: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(16))
    calendar: Mapped[str] = mapped_column(String(32), default=CITY_CALENDAR, server_default=CITY_CALENDAR)
    start_rule: Mapped[str] = mapped_column(String(24))
    day_end_rule: Mapped[str] = mapped_column(String(16))
    yellow_amount: Mapped[int | None]
    yellow_unit: Mapped[str | None] = mapped_column(String(16))
    orange_amount: Mapped[int | None]
    orange_unit: Mapped[str | None] = mapped_column(String(16))
    pauses_in: Mapped[str] = mapped_column(
        String(60),
        default="awaiting_supplement suspended",
        server_default="awaiting_supplement suspended",
    )


class PolicyStep(Base):
    """One step of the ladder: so long after the handling clock fell due, the ticket rises to that level."""

    __tablename__ = "policy_steps"
    __table_args__ = (
        UniqueConstraint("version_id", "limit_class", "level"),
        CheckConstraint("level BETWEEN 1 AND 6", name="level_is_known"),
        CheckConstraint("amount >= 0", name="amount_is_not_negative"),
    )

    id: Mapped[BigIntPk]
    version_id: Mapped[int] = mapped_column(BigInt, ForeignKey("policy_versions.id"))
    limit_class: Mapped[str] = mapped_column(String(24))
    level: Mapped[int]
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(16))


def selector_of(row: PolicyRow) -> str:
    """Write the case of a row as one text."""
    narrowed = (row.ticket_type, row.category_id, row.unit_tier)
    parts = (row.limit_class, *("" if each is None else str(each) for each in narrowed))
    return "/".join((*parts, "rework" if row.is_rework else "first"))
