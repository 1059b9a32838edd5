"""In which of the latest texts would a group of watch words turn up, and in which does it now?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Assignment, Ticket
from hotline.models.watch_words import SAID_IN_REPLIES, WordKind
from hotline.queries.word_matching import Hit, Watched, matcher_of

# The newest texts tell enough, and a page must not wait for a year of them.
MOST_READ = 5_000
_MOST_SHOWN = 8
_AROUND = 12


@dataclass(frozen=True, slots=True)
class Example:
    """A ticket with the words, and what stands around the first of them."""

    number: str
    words: tuple[str, ...]
    around: str


@dataclass(frozen=True, slots=True)
class WordTrial:
    """How many of the texts have words of the group, now and then; `new` are only found then, `lost` now."""

    read: int
    is_whole: bool
    before: int
    after: int
    new: tuple[Example, ...]
    lost: tuple[Example, ...]


def try_words(
    session: Session, kind: WordKind, before: Watched | None, after: Watched, since: datetime
) -> WordTrial:
    """Read what citizens said, or units replied, since a moment, the newest first."""
    now, then = matcher_of((before,) if before else ()), matcher_of((after,))
    read, before_count, after_count = 0, 0, 0
    new, lost = list[Example](), list[Example]()
    for number, text in _texts(session, kind, since):
        read += 1
        found = (now.find(text), then.find(text))
        before_count += bool(found[0])
        after_count += bool(found[1])
        if found[1] and not found[0]:
            new.append(_example(number, text, found[1]))
        elif found[0] and not found[1]:
            lost.append(_example(number, text, found[0]))
    is_whole = read < MOST_READ
    new, lost = new[:_MOST_SHOWN], lost[:_MOST_SHOWN]
    return WordTrial(read, is_whole, before_count, after_count, tuple(new), tuple(lost))


def _texts(session: Session, kind: WordKind, since: datetime) -> Iterator[tuple[str, str]]:
    if kind in SAID_IN_REPLIES:
        query = (
            select(Ticket.number, Assignment.answer)
            .join(Ticket, Ticket.id == Assignment.ticket_id)
            .where(Assignment.replied_at >= since, Assignment.answer.is_not(None))
            .order_by(Assignment.id.desc())
        )
    else:
        query = select(Ticket.number, Ticket.content).where(Ticket.created_at >= since)
        query = query.order_by(Ticket.created_at.desc(), Ticket.id.desc())
    for number, text in session.execute(query.limit(MOST_READ)):
        yield number, text or ""


def _example(number: str, text: str, hits: Sequence[Hit]) -> Example:
    first = hits[0]
    begin, end = max(0, first.begin - _AROUND), min(len(text), first.end + _AROUND)
    around = f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"
    return Example(number, tuple(dict.fromkeys(hit.word for hit in hits)), " ".join(around.split()))
