"""Which promises run, when do they fall due, and by which calendar and policy were they counted."""

from datetime import date, datetime, time
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigInt, BigIntPk
from workflows.vocabulary import Word

CITY_CALENDAR = "city"


# A promise of a ticket itself that was fulfilled; queries say it with the very words of its index.
IS_DONE_FOR_TICKET = text(
    "stopped_at IS NOT NULL AND NOT is_cancelled"
    " AND assignment_id IS NULL AND request_id IS NULL AND order_id IS NULL"
)


class DayKind(Word):
    """In which way a date differs from its weekday."""

    HOLIDAY = "holiday", "放假"
    WORKDAY_IN_LIEU = "workday_in_lieu", "调休上班", "Make-up workday"


class TimerState(Word):
    """Whether a moment is still to come."""

    PENDING = "pending", "待触发"
    FIRED = "fired", "已触发"
    CANCELLED = "cancelled", "已取消"


def new_revision() -> str:
    """Make a value no other edition of a calendar or policy ever had, so that caches may be keyed by it."""
    return uuid4().hex


class Calendar(Base):
    """The working calendar of a city; whoever edits its hours or days gives it a new revision."""

    __tablename__ = "calendars"

    id: Mapped[BigIntPk]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    zone: Mapped[str] = mapped_column(String(64))
    revision: Mapped[str] = mapped_column(String(32), default=new_revision)


class CalendarHours(Base):
    """One span of local office hours on a weekday (0 is Monday)."""

    __tablename__ = "calendar_hours"
    __table_args__ = (
        UniqueConstraint("calendar_id", "weekday", "opens"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_is_known"),
        CheckConstraint("opens < closes", name="opens_before_closing"),
    )

    id: Mapped[BigIntPk]
    calendar_id: Mapped[int] = mapped_column(BigInt, ForeignKey("calendars.id"))
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class CalendarDay(Base):
    """A date that differs from its weekday; unofficial ones are computed until the notice is out."""

    __tablename__ = "calendar_days"
    __table_args__ = (UniqueConstraint("calendar_id", "on"),)

    id: Mapped[BigIntPk]
    calendar_id: Mapped[int] = mapped_column(BigInt, ForeignKey("calendars.id"))
    on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    is_official: Mapped[bool] = mapped_column(default=True)


class PolicyVersion(Base):
    """One published set of limits; it never changes, a change is the next number."""

    __tablename__ = "policy_versions"

    id: Mapped[BigIntPk]
    number: Mapped[int] = mapped_column(unique=True)
    valid_from_on: Mapped[date]
    published_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500), default="")
    revision: Mapped[str] = mapped_column(String(32), default=new_revision)


class PolicyRow(Base):
    """How long one clock runs for one class of tickets, how it counts, and how long before its end it warns.

    `clock` is a clock's name, or `return_window`: how long a unit may ask to give a ticket back.
    """

    __tablename__ = "policy_rows"
    __table_args__ = (
        UniqueConstraint("version_id", "clock", "limit_class", "is_rework"),
        CheckConstraint("amount >= 0", name="amount_is_not_negative"),
    )

    id: Mapped[BigIntPk]
    version_id: Mapped[int] = mapped_column(BigInt, ForeignKey("policy_versions.id"))
    clock: Mapped[str] = mapped_column(String(24))
    limit_class: Mapped[str] = mapped_column(String(24))
    is_rework: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(16))
    start_rule: Mapped[str] = mapped_column(String(24))
    day_end_rule: Mapped[str] = mapped_column(String(16))
    yellow_amount: Mapped[int | None]
    yellow_unit: Mapped[str | None] = mapped_column(String(16))
    orange_amount: Mapped[int | None]
    orange_unit: Mapped[str | None] = mapped_column(String(16))


class Clock(Base):
    """One promise of one ticket, kept or broken: of itself, or of an assignment, request or order of it.

    A cancelled clock stopped because its promise became moot, so it counts neither as kept nor as broken.
    `unit` repeats the policy row's, since a pause is measured in it; `paused_seconds` counts the same way.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        Index("ix_clocks_name_due_at", "name", "due_at"),
        # How much of the centre's own work was done since a moment.
        Index(
            "ix_clocks_stopped_at",
            "name",
            "stopped_at",
            postgresql_where=IS_DONE_FOR_TICKET,
            sqlite_where=IS_DONE_FOR_TICKET,
        ),
    )

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
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    original_due_at: Mapped[datetime]
    yellow_at: Mapped[datetime | None]
    orange_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_seconds: Mapped[int] = mapped_column(default=0)
    stopped_at: Mapped[datetime | None]
    is_cancelled: Mapped[bool] = mapped_column(default=False)


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
