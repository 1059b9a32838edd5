"""By which written orders does the centre press units, and what did each unit answer?"""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word


class OrderCause(Word):
    """Why an order was issued."""

    PERSON = "person", "督办员下发", "Issued by a supervisor"
    OVERDUE = "overdue", "超期自动督办", "Raised because the ticket is overdue"
    REWORK = "rework", "三次重办自动督办", "Raised by the third round"


class SupervisionOrder(Base):
    """A written order about one ticket, to one unit or jointly to several; it outlives the closing.

    What closed it also says who withdrew it, when and why, where that is how it ended.
    """

    __tablename__ = "supervision_orders"
    __table_args__ = (
        CheckConstraint("state IN ('issued', 'answered', 'closed', 'withdrawn')", name="known_state"),
        CheckConstraint("level BETWEEN 1 AND 6", name="known_level"),
        Index("ix_supervision_orders_state_due_at", "state", "due_at", "id"),
    )

    id: Mapped[BigIntPk]
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"), index=True)
    level: Mapped[int]
    is_joint: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[str] = mapped_column(String(16))
    cause: Mapped[str] = mapped_column(String(16), default=OrderCause.PERSON.value)
    opinion: Mapped[str] = mapped_column(Text)
    issued_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    issued_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime | None]
    closing_opinion: Mapped[str] = mapped_column(Text, default="")


class OrderUnit(Base):
    """One unit named by an order, and its answer; a refused answer makes room for the next."""

    __tablename__ = "order_units"
    __table_args__ = (UniqueConstraint("order_id", "unit_id"),)

    id: Mapped[BigIntPk]
    order_id: Mapped[BigIntRef] = mapped_column(ForeignKey("supervision_orders.id"))
    unit_id: Mapped[BigIntRef] = mapped_column(ForeignKey("units.id"), index=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
    refused_reason: Mapped[str] = mapped_column(Text, default="")
