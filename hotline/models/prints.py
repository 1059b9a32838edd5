"""Which tickets were printed, by whom, and how many copies of each are about?"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef


class PrintedCopy(Base):
    """One copy of a ticket on paper, numbered per ticket; what is printed together shares a batch."""

    __tablename__ = "printed_copies"
    __table_args__ = (UniqueConstraint("ticket_id", "copy"),)

    id: Mapped[BigIntPk]
    batch: Mapped[str] = mapped_column(String(32), index=True)
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"))
    copy: Mapped[int]
    has_notes: Mapped[bool]
    has_caller: Mapped[bool]
    printed_by_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"))
    printed_at: Mapped[datetime]
