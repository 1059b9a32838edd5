"""Which tickets say certain words? Rare words are looked up first, common ones met while walking the list."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, false, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from hotline.models.search import FULL_TEXT, TicketWords
from hotline.models.ticket import Ticket
from hotline.queries.search_words import Piece, pieces_of

# From here on a list of a million is sooner walked until a page of it is full than its tickets are sorted.
FREQUENT_FROM = 20_000


class _Holds(FunctionElement[bool]):
    """Whether a row of terms has every piece: in the words of the two databases."""

    name = "holds"
    type = Boolean()
    inherit_cache = True


def says(session: Session, words: str, frequent_from: int = FREQUENT_FROM) -> ColumnElement[bool]:
    """The condition that a ticket has every one of the words; none has words that cannot be looked for.

    It holds for tickets the viewer may not see as well: a query must ask queries.scope in the same breath.
    """
    pieces = pieces_of(words)
    if not pieces:
        return false()
    vector, match = literal(_as_vector(pieces)), literal(_as_match(pieces))
    holds = _Holds(TicketWords.words, vector, TicketWords.ticket_id, match)
    if session.get_bind().dialect.name == "postgresql" and _is_frequent(session, holds, frequent_from):
        # A value of each row, which no planner makes a join of: the list is walked in its own order.
        of_row = select(holds).where(TicketWords.ticket_id == Ticket.id).correlate(Ticket)
        return of_row.scalar_subquery().is_(True)
    # Apart from the list: a planner that joins the two walks all tickets backwards (measured: 300 ms).
    found = select(TicketWords.ticket_id).where(holds).cte("found")
    return Ticket.id.in_(select(found.prefix_with("MATERIALIZED", dialect="postgresql").c.ticket_id))


def _is_frequent(session: Session, holds: ColumnElement[bool], frequent_from: int) -> bool:
    some = select(TicketWords.ticket_id).where(holds).limit(frequent_from).subquery()
    return session.scalar(select(func.count()).select_from(some)) == frequent_from


def _as_vector(pieces: Sequence[Piece]) -> str:
    """PostgreSQL's words; a piece is characters, letters and digits alone, so nothing in it can be a sign."""
    return " & ".join(f"'{piece.text}'{':*' if piece.is_beginning else ''}" for piece in pieces)


def _as_match(pieces: Sequence[Piece]) -> str:
    """SQLite's words."""
    return " AND ".join(f'"{piece.text}"{" *" if piece.is_beginning else ""}' for piece in pieces)


@compiles(_Holds, "postgresql")
def _in_postgresql(element: _Holds, compiler: SQLCompiler, **asked: Any) -> str:
    words, vector, _, _ = (compiler.process(part, **asked) for part in element.clauses)
    return f"{words} @@ CAST({vector} AS tsquery)"


@compiles(_Holds, "sqlite")
def _in_sqlite(element: _Holds, compiler: SQLCompiler, **asked: Any) -> str:
    _, _, ticket_id, match = (compiler.process(part, **asked) for part in element.clauses)
    return f"{ticket_id} IN (SELECT rowid FROM {FULL_TEXT} WHERE {FULL_TEXT} MATCH {match})"  # noqa: S608 - our own name
