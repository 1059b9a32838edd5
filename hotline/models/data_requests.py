"""What do citizens ask to have changed or erased of what is kept of them, and what was decided?"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from sealing import SealedText
from workflows.vocabulary import Word


class DataRequestKind(Word):
    """What is asked for: Personal Information Protection Law, articles 46 and 47."""

    CORRECTION = "correction", "更正", "Correction"
    ERASURE = "erasure", "删除", "Deletion"


class DataRequestState(Word):
    """What became of it. A newer one about the same thing takes the place of one that is open."""

    OPEN = "open", "待处理", "Waiting for an answer"
    ACCEPTED = "accepted", "已同意", "Done"
    REFUSED = "refused", "未同意", "Not agreed to"
    REPLACED = "replaced", "已被新的申请替代", "Replaced by a newer request"


class Proof(Word):
    """How was seen that the citizen asked, and not whoever holds a link of theirs."""

    CALLED_BACK = "called_back", "已拨打登记的号码，本人确认", "Called the number on file"
    IN_PERSON = "in_person", "本人持有效证件到场，已核对", "Came in person with a document"


class Identified(Word):
    """How an agent saw who was speaking, before writing down a wish in their name."""

    CALLING = (
        "calling",
        "用登记的号码来电，能说出登记的信息",
        "Called from the number on file and knew what is on it",
    )
    CALLED_BACK = "called_back", "已拨打登记的号码，本人确认", "Called the number on file"
    IN_PERSON = "in_person", "本人持有效证件到场，已核对", "Came in person with a document"


_KINDS = ", ".join(f"'{kind}'" for kind in DataRequestKind)
_STATES = ", ".join(f"'{state}'" for state in DataRequestState)


class DataRequest(Base):
    """One wish of one ticket's citizen; what was typed is erased with who they are.

    `field` is a PersonalField, empty for an erasure. `old_value` is what was replaced, once it was.
    """

    __tablename__ = "data_requests"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="known_kind"),
        CheckConstraint(f"state IN ({_STATES})", name="known_state"),
        Index("ix_data_requests_ticket_id", "ticket_id"),
        Index("ix_data_requests_state", "state", "asked_at"),
    )

    id: Mapped[BigIntPk]
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[str] = mapped_column(String(16))
    field: Mapped[str] = mapped_column(String(16), default="")
    old_value: Mapped[str | None] = mapped_column(SealedText("data_requests.old_value"))
    new_value: Mapped[str | None] = mapped_column(SealedText("data_requests.new_value"))
    reason: Mapped[str | None] = mapped_column(SealedText("data_requests.reason"))
    state: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    # Who of the centre wrote it down for them, and how they saw whose wish it is; nobody, where citizens did.
    taken_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    identified: Mapped[str] = mapped_column(String(16), default="", server_default="")
    proof: Mapped[str] = mapped_column(String(16), default="")
    answer: Mapped[str | None] = mapped_column(SealedText("data_requests.answer"))
    decided_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
