"""How long is kept what tells who somebody is, what was erased by which rule, and what must not be yet?"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word


class RetentionKind(Word):
    """What has a period of its own, counted from the closing of the ticket; of the audit from the act."""

    REPORTER = "reporter", "诉求人身份", "Who reported"
    FILES = "files", "附件", "Files"
    MESSAGES = "messages", "短信和邮件", "Messages"
    AUDIT = "audit", "审计记录", "Audit records"


_KINDS = ", ".join(f"'{kind}'" for kind in RetentionKind)


class RetentionRule(Base):
    """How many days one kind is kept. Rules are only ever added: the newest of a kind holds."""

    __tablename__ = "retention_rules"
    __table_args__ = (CheckConstraint(f"kind IN ({_KINDS})", name="known_kind"),)

    id: Mapped[BigIntPk]
    kind: Mapped[str] = mapped_column(String(16))
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    made_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]


class Tombstone(Base):
    """That something of a ticket was erased: what kind, how many rows, by which rule and in which batch.

    Without a rule the number of days is the one the product came with.
    """

    __tablename__ = "tombstones"
    __table_args__ = (Index("ix_tombstones_ticket_id", "ticket_id", "kind"),)

    id: Mapped[BigIntPk]
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[str] = mapped_column(String(16))
    rows: Mapped[int]
    rule_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("retention_rules.id"))
    days: Mapped[int]
    batch: Mapped[str] = mapped_column(String(32), index=True)
    erased_at: Mapped[datetime]


class LegalHold(Base):
    """Nothing of this ticket is erased until the day named, or until somebody lifts the hold."""

    __tablename__ = "legal_holds"

    id: Mapped[BigIntPk]
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    until_on: Mapped[date | None]
    placed_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    placed_at: Mapped[datetime]
    lifted_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
