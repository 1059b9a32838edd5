"""Who has a ticket of a pool open right now, so that two people do not decide it at once?"""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigInt, BigIntRef


class TicketClaim(Base):
    """A ticket somebody has in hand for a few minutes; it holds only while the ticket stays in `state`."""

    __tablename__ = "ticket_claims"

    ticket_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("tickets.id"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"), index=True)
    state: Mapped[str] = mapped_column(String(24))
    until: Mapped[datetime]
