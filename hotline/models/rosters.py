"""Who of a unit is told when something cannot wait: shifts of the duty roster."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef

MOST_IN_LINE = 3


class DutyShift(Base):
    """One person on duty for one unit from one moment to another; the first in line is told first."""

    __tablename__ = "duty_shifts"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("place BETWEEN 1 AND 3", name="place_is_known"),
        Index("ix_duty_shifts_unit_id_ends_at", "unit_id", "ends_at"),
    )

    id: Mapped[BigIntPk]
    unit_id: Mapped[BigIntRef] = mapped_column(ForeignKey("units.id"))
    user_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # Who is told first; the next one when the first cannot be reached any more.
    place: Mapped[int] = mapped_column(default=1, server_default="1")
