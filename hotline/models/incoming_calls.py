"""Which calls came in to whom, and what has each agent typed of them that is no ticket yet?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from sealing import SealedJson, SealedText
from workflows.vocabulary import Word


class CallState(Word):
    """How far a telephone call has come."""

    RINGING = "ringing", "来电", "Ringing"
    ANSWERED = "answered", "通话中", "Answered"
    ENDED = "ended", "已挂断", "Ended"


class IncomingCall(Base):
    """One call at an agent's desk: announced by the telephone system, or opened by typing into an empty form.

    A call that goes on to another agent is a row of its own there. What was typed is nobody else's and is
    emptied once it became a ticket. `version` counts the times it was kept.
    """

    __tablename__ = "incoming_calls"
    __table_args__ = (
        UniqueConstraint("announced_by_id", "reference", "agent_id"),
        Index("ix_incoming_calls_agent_id_closed_at", "agent_id", "closed_at"),
    )

    id: Mapped[BigIntPk]
    agent_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"))
    announced_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    # The telephone system's name for the call; of one opened by hand, a digest of its form's key.
    reference: Mapped[str] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(SealedText("incoming_calls.phone"))
    began_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    typed: Mapped[Mapping[str, Any]] = mapped_column(SealedJson("incoming_calls.typed"))
    typed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)
    # Which form kept it last: it may go on even when the answer to that was lost.
    kept_by: Mapped[str] = mapped_column(String(64), default="")
    ticket_number: Mapped[str] = mapped_column(String(24), default="")
    kept_until: Mapped[datetime] = mapped_column(index=True)

    @property
    def state(self) -> CallState:
        if self.ended_at is not None:
            return CallState.ENDED
        return CallState.RINGING if self.answered_at is None else CallState.ANSWERED

    @property
    def is_open(self) -> bool:
        """Whether it stands as a tab at the desk."""
        return self.taken_at is not None and self.closed_at is None
