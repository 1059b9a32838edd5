"""By which words is a ticket found? By what everybody who may see it at all reads on its page.

Units do not read each other's answers, and nobody another unit's notes: who could find a ticket by them would
learn them word by word. So the index holds what was reported, where, what the citizen added, and the answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.orm import Session

from hotline.models.search import TicketWords
from hotline.models.ticket import Ticket, TicketEvent
from hotline.queries.search_words import Weighed, terms_of
from workflows.definition import Decision, Effect

_OF_TICKET = frozenset({Effect.KEEP_RECORD, Effect.CORRECT_RECORD, Effect.KEEP_ANSWER})
_OF_CITIZEN = ("supplement", "add_details")
# PostgreSQL's vector ends at a megabyte.
_LONGEST_TEXT = 20_000
_SAID = (
    Ticket.id,
    Ticket.number,
    Ticket.title,
    Ticket.content,
    Ticket.district,
    Ticket.street,
    Ticket.address,
    Ticket.direct_answer,
    Ticket.public_answer,
)


def says_more(decision: Decision) -> bool:
    """Whether a ticket is found by other words after this."""
    return not _OF_TICKET.isdisjoint(decision.effects) or decision.transition.action in _OF_CITIZEN


def keep_words(session: Session, tickets: Sequence[Ticket | Row[*tuple[Any, ...]]]) -> None:
    """Index tickets anew, in the transaction that changed them. Flushes; never commits."""
    if not tickets:
        return
    session.flush()
    ids = [ticket.id for ticket in tickets]
    added = _added(session, ids)
    session.execute(delete(TicketWords).where(TicketWords.ticket_id.in_(ids)))
    rows = [{"ticket_id": each.id, "words": _line(each, added.get(each.id, ()))} for each in tickets]
    session.execute(insert(TicketWords), rows)


def index_after(session: Session, last_id: int, limit: int) -> int | None:
    """Index the next tickets after one and return the last of them; None when there are no more."""
    wanted = select(*_SAID).where(Ticket.id > last_id).order_by(Ticket.id).limit(limit)
    # Whoever changes one of them meanwhile must not be overwritten with what it said before.
    tickets = session.execute(wanted.with_for_update()).all()
    keep_words(session, tickets)
    return tickets[-1].id if tickets else None


def _added(session: Session, ids: Sequence[int]) -> Mapping[int, list[str]]:
    """What citizens said later, by ticket."""
    found: dict[int, list[str]] = {}
    query = (
        select(TicketEvent.ticket_id, TicketEvent.data)
        .where(TicketEvent.ticket_id.in_(ids), TicketEvent.action.in_(_OF_CITIZEN))
        .order_by(TicketEvent.ticket_id, TicketEvent.number)
    )
    for ticket_id, data in session.execute(query):
        found.setdefault(ticket_id, []).append(str(data.get("text", "")))
    return found


def _line(ticket: Ticket | Row[*tuple[Any, ...]], added: Sequence[str]) -> str:
    # As it was typed, not as it is said: what is said twice is found no differently.
    place = f"{ticket.district}{ticket.street}{ticket.address}"
    answers = (ticket.direct_answer or "", ticket.public_answer or "")
    texts = (ticket.number, ticket.title, ticket.content, place, *answers, *added)
    return " ".join(terms_of(Weighed("\n".join(texts)[:_LONGEST_TEXT], 1)))
