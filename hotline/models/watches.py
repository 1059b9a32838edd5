"""Which tickets does somebody keep on a list of their own?"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigInt


class TicketWatch(Base):
    """One ticket on one person's list."""

    __tablename__ = "ticket_watches"

    user_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("users.id"), primary_key=True, autoincrement=False
    )
    ticket_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("tickets.id"), primary_key=True, autoincrement=False, index=True
    )
    watched_at: Mapped[datetime]
