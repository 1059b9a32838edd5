"""Which tables did somebody take out of the system, by whose leave, and until when may they fetch them?"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef


class Export(Base):
    """What an approved request for a bulk export gives: a file for its asker alone, for a day."""

    __tablename__ = "exports"

    id: Mapped[BigIntPk]
    request_id: Mapped[BigIntRef] = mapped_column(ForeignKey("requests.id"), unique=True)
    filter: Mapped[dict[str, Any]] = mapped_column(JSON)
    row_count: Mapped[int | None]
    storage_name: Mapped[str] = mapped_column(String(64), unique=True)
    watermark: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    downloaded_at: Mapped[datetime | None]


class TakenRows(Base):
    """How many rows of tickets somebody took out at once without asking; what they take in a day adds up."""

    __tablename__ = "taken_rows"
    __table_args__ = (Index("ix_taken_rows_user_id", "user_id", "at"),)

    id: Mapped[BigIntPk]
    user_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id"))
    rows: Mapped[int]
    at: Mapped[datetime]


class ExportEvent(Base):
    """One append-only fact of an export's life, from asking to fetching, chained by hash."""

    __tablename__ = "export_events"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    id: Mapped[BigIntPk]
    request_id: Mapped[BigIntRef] = mapped_column(ForeignKey("requests.id"))
    number: Mapped[int]
    action: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(24))
    to_state: Mapped[str] = mapped_column(String(24))
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    ip: Mapped[str | None] = mapped_column(String(45))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
