"""What does a list of finds show beside each ticket: where in it the words were found?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.queries.likeness import place_of
from hotline.queries.marked import Part, excerpt, mark
from hotline.queries.worklists import TicketRow


@dataclass(frozen=True, slots=True)
class Find:
    """One ticket of a list; `aside` is the passage with the words, empty where the title has them all."""

    row: TicketRow
    title: tuple[Part, ...]
    aside: tuple[Part, ...]
    is_found_later: bool = False


def show_finds(session: Session, rows: Sequence[TicketRow], words: str) -> list[Find]:
    """Mark what was looked for in tickets that the viewer may see; without words there is nothing to mark.

    A ticket with none of them in title, content or place has them in an answer or in what the citizen added.
    """
    if not words:
        return [Find(row, mark(row.title, ""), ()) for row in rows]
    said = (
        select(Ticket.number, Ticket.content, Ticket.district, Ticket.street, Ticket.address)
        .where(Ticket.number.in_([row.number for row in rows]))
        .order_by(Ticket.id)
    )
    texts = {found.number: (found.content, place_of(found)) for found in session.execute(said)}
    return [_find(row, texts[row.number], words) for row in rows]


def _find(row: TicketRow, texts: tuple[str, str], words: str) -> Find:
    content, place = texts
    title = mark(row.title, words)
    aside = excerpt(content, words) or excerpt(place, words)
    is_seen = bool(aside) or any(part.is_found for part in (*title, *mark(row.number, words)))
    return Find(row, title, aside, is_found_later=not is_seen)
