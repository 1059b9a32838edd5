"""Where do the numbers of tickets come from?"""

from sqlalchemy.orm import Mapped

from database import Base, BigIntPk


class TicketNumber(Base):
    """Gives out serials: an insert per ticket, so that no two sessions ever wait for one counter row."""

    __tablename__ = "ticket_numbers"

    id: Mapped[BigIntPk]
