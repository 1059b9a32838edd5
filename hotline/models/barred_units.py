"""Which units must not come upon a ticket, because it accuses them or somebody they are close to?"""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigInt


class BarredUnit(Base):
    """A unit that a ticket is kept from, whatever shares there are below it.

    Worked out from whom the ticket accuses, which itself is sealed: no query could read it.
    """

    __tablename__ = "barred_units"

    ticket_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    unit_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("units.id"), primary_key=True, autoincrement=False, index=True
    )
