"""What keeps a repeat harmless and a file findable: idempotency keys and attachments."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from sealing import SealedText


class IdempotencyKey(Base):
    """The first answer to a POST, stored in its own transaction and replayed byte for byte for a day."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("owner", "key"),)

    id: Mapped[BigIntPk]
    owner: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    location: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(SealedText("idempotency_keys.body"))
    created_at: Mapped[datetime] = mapped_column(index=True)


class Attachment(Base):
    """A file of a ticket, stored under a name the server made.

    A personal one tells who the citizen is: of a confidential ticket only those see it who may know that.
    """

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_uploaded_by", "uploaded_by_id", "uploaded_at"),)

    id: Mapped[BigIntPk]
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"), index=True)
    assignment_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("assignments.id"))
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    storage_name: Mapped[str] = mapped_column(String(64), unique=True)
    visibility: Mapped[str] = mapped_column(String(16), default="internal")
    is_personal: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    uploaded_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[datetime]
