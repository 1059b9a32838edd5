"""What proves a second time who somebody is: an authenticator, and codes for the day it is lost."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigInt, BigIntPk, BigIntRef
from sealing import KeyedHash, SealedText


class SecondFactor(Base):
    """The authenticator of one account. It counts once a first code of it was right.

    `last_step` is the time step of the last code that was taken: no code counts twice (RFC 6238 §5.2).
    """

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(BigInt, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str] = mapped_column(SealedText("second_factors.secret"))
    last_step: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One code that takes the authenticator's place once; only its keyed hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[BigIntPk]
    user_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(KeyedHash)
    used_at: Mapped[datetime | None]
