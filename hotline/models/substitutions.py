"""Who stands in for whom, in which roles and for how long: a colleague acts while somebody is away."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word


class Ending(Word):
    """How a substitution came to its end."""

    EXPIRED = "expired", "到期", "Expired"
    REVOKED = "revoked", "撤销", "Revoked"
    # Somebody left, moved or lost the roles, or the unit is no more.
    VOID = "void", "人员或单位变动", "People or unit changed"


class Substitution(Base):
    """One span of time in which `substitute` may act for `principal`, both of one unit or of the centre.

    It gives something only while nothing of it changed: queries.substitutions knows when.
    """

    __tablename__ = "substitutions"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        CheckConstraint("principal_id <> substitute_id", name="two_people"),
        CheckConstraint("ending IN ('', 'expired', 'revoked', 'void')", name="ending_is_known"),
        CheckConstraint("(ending = '') = (ended_at IS NULL)", name="ending_when_ended"),
        Index("ix_substitutions_substitute_id", "substitute_id", "ends_at"),
        Index("ix_substitutions_principal_id", "principal_id", "ends_at"),
        Index("ix_substitutions_unit_id", "unit_id", "ends_at"),
    )

    id: Mapped[BigIntPk]
    principal_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"))
    substitute_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"))
    # Where both worked when it was made; empty for the centre's people without a unit.
    unit_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("units.id"))
    # Words of Role with blanks between them.
    roles: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200))
    made_by_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    ending: Mapped[str] = mapped_column(String(8), default="", server_default="")
