"""When does a city, or one of its units, work; who changed that, when and why.

A calendar is never overwritten: each change is an edition, and every span of hours and every differing date
says from which edition on it holds and until which it held. So what a clock was counted by stays readable.
"""

from datetime import date, datetime, time
from uuid import uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigInt, BigIntPk, BigIntRef
from workflows.policy import CITY
from workflows.vocabulary import Word

CITY_CALENDAR = CITY
ALWAYS_CALENDAR = "always"
_HOLDS = text("until_edition IS NULL")


class DayKind(Word):
    """In which way a date differs from its weekday."""

    HOLIDAY = "holiday", "放假"
    WORKDAY_IN_LIEU = "workday_in_lieu", "调休上班", "Make-up workday"
    SPECIAL_HOURS = "special_hours", "特殊时间", "Special hours"


class Origin(Word):
    """How an edition came about; what people corrected, no import changes.

    A confirmed year is as official as a person says; only its imported notice changes it.
    """

    SHIPPED = "shipped", "出厂"
    COPIED = "copied", "复制"
    IMPORTED = "imported", "导入"
    CORRECTED = "corrected", "人工修改"
    CONFIRMED = "confirmed", "标为正式"


def new_revision() -> str:
    """Make a value no other edition of a calendar or policy ever had, so that caches may be keyed by it."""
    return uuid4().hex


class Calendar(Base):
    """A working calendar; `revision` is that of its newest edition.

    Without `has_holidays` (round the clock) no year needs an official notice.
    """

    __tablename__ = "calendars"

    id: Mapped[BigIntPk]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    zone: Mapped[str] = mapped_column(String(64))
    has_holidays: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[str] = mapped_column(String(32), default=new_revision)


class CalendarEdition(Base):
    """One state of a calendar, numbered from 1; `note` says what changed and why."""

    __tablename__ = "calendar_editions"
    __table_args__ = (UniqueConstraint("calendar_id", "number"),)

    id: Mapped[BigIntPk]
    calendar_id: Mapped[int] = mapped_column(BigInt, ForeignKey("calendars.id"))
    number: Mapped[int]
    revision: Mapped[str] = mapped_column(String(32), default=new_revision)
    published_at: Mapped[datetime]
    published_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    origin: Mapped[str] = mapped_column(
        String(16), default=Origin.CORRECTED.value, server_default=Origin.SHIPPED.value
    )


class CalendarHours(Base):
    """One span of local office hours on a weekday (0 is Monday); closing at 00:00 is the midnight after."""

    __tablename__ = "calendar_hours"
    __table_args__ = (
        Index(
            "uq_calendar_hours_in_force",
            "calendar_id",
            "weekday",
            "opens",
            unique=True,
            postgresql_where=_HOLDS,
            sqlite_where=_HOLDS,
        ),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_is_known"),
        CheckConstraint("opens < closes OR closes = '00:00:00.000000'", name="opens_before_closing"),
    )

    id: Mapped[BigIntPk]
    calendar_id: Mapped[int] = mapped_column(BigInt, ForeignKey("calendars.id"))
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]
    from_edition: Mapped[int] = mapped_column(default=1, server_default="1")
    until_edition: Mapped[int | None]


class CalendarDay(Base):
    """A date that differs from its weekday; unofficial ones are computed until the notice is out.

    `hours` are the spans of a date with special hours, as pairs of local `HH:MM`.
    """

    __tablename__ = "calendar_days"
    __table_args__ = (
        Index(
            "uq_calendar_days_in_force",
            "calendar_id",
            "on",
            unique=True,
            postgresql_where=_HOLDS,
            sqlite_where=_HOLDS,
        ),
    )

    id: Mapped[BigIntPk]
    calendar_id: Mapped[int] = mapped_column(BigInt, ForeignKey("calendars.id"))
    on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(200), default="")
    is_official: Mapped[bool] = mapped_column(default=True)
    hours: Mapped[list[list[str]] | None] = mapped_column(JSON(none_as_null=True))
    from_edition: Mapped[int] = mapped_column(default=1, server_default="1")
    until_edition: Mapped[int | None]
