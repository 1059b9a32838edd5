"""What is typed and not sent yet: a citizen's request, kept for the browser it came from, or a reply."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from sealing import KeyedHash, SealedJson


class Jotting(Base):
    """The filled-in steps of one request to come. The browser holds the token, the row only its hash.

    Once it became a ticket nothing typed is left in it: only the number, so that a repeat leads there.
    With `assignment_id` it is what one person of the unit has written of that share's reply.
    """

    __tablename__ = "jottings"

    id: Mapped[BigIntPk]
    token_hash: Mapped[str] = mapped_column(KeyedHash, unique=True)
    typed: Mapped[Mapping[str, Any]] = mapped_column(SealedJson("jottings.typed"))
    ticket_number: Mapped[str] = mapped_column(String(24), default="")
    assignment_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("assignments.id"), index=True)
    kept_until: Mapped[datetime] = mapped_column(index=True)


class JottingFile(Base):
    """A file of a jotting; it lies where attachments lie and becomes one without being moved."""

    __tablename__ = "jotting_files"
    __table_args__ = (UniqueConstraint("jotting_id", "digest"),)

    id: Mapped[BigIntPk]
    jotting_id: Mapped[BigIntRef] = mapped_column(ForeignKey("jottings.id"))
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    storage_name: Mapped[str] = mapped_column(String(64), unique=True)
