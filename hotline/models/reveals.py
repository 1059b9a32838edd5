"""Who saw who called, of which ticket, and what for: one row for each look, and how many a day."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word


class Purpose(Word):
    """What somebody says they need the identity for; OTHER needs words."""

    CONTACT = "contact", "联系诉求人", "Contact the citizen"
    ADDRESS = "address", "核实地址", "Check the address"
    VISIT = "visit", "上门处理", "Visit in person"
    CALLBACK = "callback", "回访", "Call back"
    EVIDENCE = "evidence", "纠纷取证", "Evidence in a dispute"
    OTHER = "other", "其他", "Other"


class Way(Word):
    """By which door the identity went out."""

    SCREEN = "screen", "页面查看", "On screen"
    PAPER = "paper", "打印", "On paper"
    API = "api", "接口", "By the API"
    SEALED = "sealed", "保密身份", "Sealed identity"


class Mark(Word):
    """What makes a look unusual."""

    MANY = "many", "短时间多次", "Many in a short time"
    OFF_DUTY = "off_duty", "非值班时间", "Outside duty hours"
    NOT_WORKED_ON = "not_worked_on", "未经办该工单", "Ticket not worked on"


class IdentityReveal(Base):
    """One look at one identity; `shown` names the fields and `marks` what was unusual, by commas.

    `words` are what was written as the purpose.
    """

    __tablename__ = "identity_reveals"
    __table_args__ = (
        CheckConstraint("way IN ('screen', 'paper', 'api', 'sealed')", name="way_is_known"),
        Index("ix_identity_reveals_user_id", "user_id", "at"),
        Index("ix_identity_reveals_ticket_id", "ticket_id", "at"),
    )

    id: Mapped[BigIntPk]
    user_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"))
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"))
    request_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("requests.id"))
    at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(String(500), default="")
    way: Mapped[str] = mapped_column(String(8))
    shown: Mapped[str] = mapped_column(String(48))
    marks: Mapped[str] = mapped_column(String(48), default="")


class RevealLimit(Base):
    """How many looks a person has in 24 hours. Rows are only ever added: the newest holds."""

    __tablename__ = "reveal_limits"

    id: Mapped[BigIntPk]
    in_units: Mapped[int]
    in_centre: Mapped[int]
    at_once: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    made_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
