"""Which words make the program speak up, and which tickets did they turn up in?"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from workflows.vocabulary import Word


class WordKind(Word):
    """What happens when a watch word turns up: the first three watch what citizens say, the rest replies."""

    EMERGENCY = "emergency", "紧急词：提示先转接", "Emergency"
    ATTENTION = "attention", "敏感词：提请督办关注", "For the supervisors' attention"
    SECRECY = "secrecy", "敏感词：建议保密", "Suggests secrecy"
    EMPTY = "empty", "答复用词：提醒核对", "A reply is looked at again"
    FORBIDDEN = "forbidden", "答复用词：禁止使用", "No reply may say it"


SAID_BY_CITIZENS = (WordKind.EMERGENCY, WordKind.ATTENTION, WordKind.SECRECY)
SAID_IN_REPLIES = (WordKind.EMPTY, WordKind.FORBIDDEN)


class WordGroup(Base):
    """Words that are watched for together; `number` is that of its newest version, which alone counts."""

    __tablename__ = "word_groups"

    id: Mapped[BigIntPk]
    number: Mapped[int]


class WordVersion(Base):
    """A group of watch words as somebody published it; it never changes again.

    `words` and `exceptions` hold one to a line; an exception is a phrase in which a word means nothing.
    """

    __tablename__ = "word_versions"
    __table_args__ = (UniqueConstraint("group_id", "number"),)

    id: Mapped[BigIntPk]
    group_id: Mapped[BigIntRef] = mapped_column(ForeignKey("word_groups.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    exceptions: Mapped[str] = mapped_column(Text, default="")
    line: Mapped[str] = mapped_column(String(8), default="")
    procedure: Mapped[str] = mapped_column(String(1000), default="")
    valid_from_on: Mapped[date | None]
    valid_until_on: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(String(200))
    published_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime]


class WatchMark(Base):
    """That a ticket's record says words of a group, as they were watched for when it was written."""

    __tablename__ = "watch_marks"
    __table_args__ = (UniqueConstraint("ticket_id", "version_id"),)

    id: Mapped[BigIntPk]
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"))
    version_id: Mapped[BigIntRef] = mapped_column(ForeignKey("word_versions.id"), index=True)
    words: Mapped[str] = mapped_column(String(200))
    marked_at: Mapped[datetime]
