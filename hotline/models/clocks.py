"""Which promises run, when do they fall due and why, and what must happen at which moment."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigInt, BigIntPk, BigIntRef
from hotline.models.calendars import CITY_CALENDAR
from workflows.vocabulary import Word


class TimerState(Word):
    """Whether a moment is still to come."""

    PENDING = "pending", "待触发"
    FIRED = "fired", "已触发"
    CANCELLED = "cancelled", "已取消"


class Clock(Base):
    """One promise of one ticket, kept or broken: of itself, or of an assignment, request or order of it.

    A cancelled clock stopped because its promise became moot, so it counts neither as kept nor as broken.
    `unit` repeats the policy row's, since a pause is measured in it; `paused_seconds` counts the same way.
    """

    __tablename__ = "clocks"
    __table_args__ = (Index("ix_clocks_name_due_at", "name", "due_at"),)

    id: Mapped[BigIntPk]
    ticket_id: Mapped[int] = mapped_column(BigInt, ForeignKey("tickets.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("assignments.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("requests.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("supervision_orders.id"), index=True)
    name: Mapped[str] = mapped_column(String(24))
    round: Mapped[int] = mapped_column(default=1)
    is_rework: Mapped[bool] = mapped_column(default=False)
    policy_row_id: Mapped[int | None] = mapped_column(BigInt, ForeignKey("policy_rows.id"))
    unit: Mapped[str] = mapped_column(String(16))
    calendar: Mapped[str] = mapped_column(String(32), default=CITY_CALENDAR, server_default=CITY_CALENDAR)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    original_due_at: Mapped[datetime]
    yellow_at: Mapped[datetime | None]
    orange_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_seconds: Mapped[int] = mapped_column(default=0)
    stopped_at: Mapped[datetime | None]
    is_cancelled: Mapped[bool] = mapped_column(default=False)


class ClockChange(Base):
    """One thing that befell a clock: what it was counted by from then on, and when it fell due after it.

    Append-only and numbered from 1. `event_number` is that of the ticket's event it came with. `held_seconds`
    is how long a pause lasted, in the clock's own kind of time; `days` is what an extension granted.
    """

    __tablename__ = "clock_changes"
    __table_args__ = (UniqueConstraint("clock_id", "number"),)

    id: Mapped[BigIntPk]
    clock_id: Mapped[int] = mapped_column(BigInt, ForeignKey("clocks.id"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    event_number: Mapped[int]
    policy_row_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("policy_rows.id"))
    calendar_edition_id: Mapped[BigIntRef] = mapped_column(ForeignKey("calendar_editions.id"))
    due_at: Mapped[datetime]
    held_seconds: Mapped[int | None]
    days: Mapped[int | None]


class Timer(Base):
    """One moment at which a running clock must do something; each run of a clock after a pause is a cycle.

    `refusal_code` says why a due timer did nothing.
    """

    __tablename__ = "timers"
    __table_args__ = (
        UniqueConstraint("clock_id", "kind", "cycle"),
        Index(
            "ix_timers_pending_due_at",
            "due_at",
            "id",
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[BigIntPk]
    clock_id: Mapped[int] = mapped_column(BigInt, ForeignKey("clocks.id"))
    ticket_id: Mapped[int] = mapped_column(BigInt, ForeignKey("tickets.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime]
    cycle: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(16), default=TimerState.PENDING.value)
    fired_at: Mapped[datetime | None]
    refusal_code: Mapped[str | None] = mapped_column(String(64))
