"""Which open tickets say words that the supervisors should know of?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.models.watch_words import WatchMark, WordKind, WordVersion
from hotline.queries.board import OPEN_STATES
from hotline.queries.watch_words import Marked
from hotline.queries.worklists import main_unit_name

MOST = 200
_KINDS = (WordKind.EMERGENCY.value, WordKind.ATTENTION.value)


@dataclass(frozen=True, slots=True)
class Watched:
    """A ticket and what it says."""

    number: str
    title: str
    state: str
    unit: str
    created_at: datetime
    marked: tuple[Marked, ...]


def list_watched(session: Session) -> list[Watched]:
    """List open tickets with words of an emergency, or for the supervisors' attention, the newest first."""
    has_marks = (
        select(WatchMark.ticket_id)
        .join(WordVersion, WordVersion.id == WatchMark.version_id)
        .where(WordVersion.kind.in_(_KINDS))
    )
    found = session.execute(
        select(Ticket, main_unit_name().label("unit"))
        .where(Ticket.state.in_(OPEN_STATES), Ticket.id.in_(has_marks))
        .order_by(Ticket.id.desc())
        .limit(MOST)
    ).all()
    marks = _marks(session, [ticket.id for ticket, _ in found])
    return [
        Watched(
            ticket.number, ticket.title, ticket.state, unit or "", ticket.created_at, tuple(marks[ticket.id])
        )
        for ticket, unit in found
    ]


def _marks(session: Session, ticket_ids: Iterable[int]) -> dict[int, list[Marked]]:
    rows = session.execute(
        select(WatchMark.ticket_id, WordVersion.name, WordVersion.kind, WatchMark.words)
        .join(WordVersion, WordVersion.id == WatchMark.version_id)
        .where(WatchMark.ticket_id.in_(list(ticket_ids)))
        .order_by(WatchMark.id)
    )
    marks: dict[int, list[Marked]] = {}
    for ticket_id, name, kind, words in rows:
        marks.setdefault(ticket_id, []).append(Marked(name, WordKind(kind), words))
    return marks
