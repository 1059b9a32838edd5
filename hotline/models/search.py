"""By which words is a ticket found, and which searches do people keep?"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word

_NAME_LENGTH, _LONGEST_ADDRESS = 40, 1000


class TicketWords(Base):
    """The terms of one ticket in one line, blank between them, as queries.search_words splits its texts.

    Beside the ticket and not in it: a change of state must not write the index again. PostgreSQL reads the
    line as a vector without places; SQLite repeats it in a full-text table of its own, by triggers.
    """

    __tablename__ = "ticket_words"
    __table_args__ = (
        # New rows wait in a list that every search reads; a short one keeps searches quick. SQLite, which has
        # its own table, keeps none of them.
        Index(
            "ix_ticket_words_words",
            "words",
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 1024},
            sqlite_where=text("ticket_id IS NULL"),
        ),
    )

    ticket_id: Mapped[BigIntRef] = mapped_column(
        ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))


class Sharing(Word):
    """Who else finds a saved view in their list; nobody sees more tickets by it."""

    ME = "me", "仅自己", "Me only"
    UNIT = "unit", "本单位", "My unit"
    CENTRE = "centre", "热线中心", "The centre"


class SavedView(Base):
    """A search somebody gave a name: its conditions as they stand in the address."""

    __tablename__ = "saved_views"
    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        CheckConstraint("sharing IN ('me', 'unit', 'centre')", name="known_sharing"),
        Index("ix_saved_views_sharing", "sharing", "unit_id"),
    )

    id: Mapped[BigIntPk]
    owner_id: Mapped[BigIntRef] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    # The owner's unit when it was shared with that; whoever moves on leaves the view to its readers.
    unit_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(_NAME_LENGTH))
    conditions: Mapped[str] = mapped_column(String(_LONGEST_ADDRESS))
    sharing: Mapped[str] = mapped_column(String(8), default=Sharing.ME.value)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


FULL_TEXT = "ticket_words_fts"
# "ascii" takes every other character as part of a word, also those that Unicode has given out since.
_BUILD = """
CREATE VIRTUAL TABLE ticket_words_fts USING fts5(
    words, content='ticket_words', content_rowid='ticket_id', tokenize='ascii', detail='none')
;;
CREATE TRIGGER ticket_words_added AFTER INSERT ON ticket_words BEGIN
    INSERT INTO ticket_words_fts(rowid, words) VALUES (new.ticket_id, new.words);
END
;;
CREATE TRIGGER ticket_words_removed AFTER DELETE ON ticket_words BEGIN
    INSERT INTO ticket_words_fts(ticket_words_fts, rowid, words)
    VALUES ('delete', old.ticket_id, old.words);
END
;;
CREATE TRIGGER ticket_words_changed AFTER UPDATE ON ticket_words BEGIN
    INSERT INTO ticket_words_fts(ticket_words_fts, rowid, words)
    VALUES ('delete', old.ticket_id, old.words);
    INSERT INTO ticket_words_fts(rowid, words) VALUES (new.ticket_id, new.words);
END
"""


@event.listens_for(TicketWords.__table__, "after_create")
def _build_full_text(_table: Table, connection: Connection, **_: Any) -> None:
    if connection.dialect.name == "sqlite":
        for statement in _BUILD.split(";;"):
            connection.exec_driver_sql(statement)


def is_modelled(name: str | None, kind: str, _parents: Any) -> bool:
    """Tell migrations which tables have a model; those of SQLite's full text are made by hand."""
    return not (kind == "table" and name is not None and name.startswith(FULL_TEXT))
