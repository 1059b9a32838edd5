"""On the strength of what was a ticket answered at once?"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.knowledge import KnowledgeCitation, KnowledgeVersion
from hotline.models.ticket import Ticket
from hotline.queries.knowledge_scope import number_of


@dataclass(frozen=True, slots=True)
class Cited:
    """A version of an entry, as it was when it was cited."""

    number: str
    version: int
    title: str


def list_cited(session: Session, ticket: Ticket) -> tuple[Cited, ...]:
    """List what the direct answer of a ticket cites; nothing is asked where there is none."""
    if not ticket.direct_answer:
        return ()
    rows = session.execute(
        select(KnowledgeVersion.entry_id, KnowledgeVersion.number, KnowledgeVersion.title)
        .join(KnowledgeCitation, KnowledgeCitation.version_id == KnowledgeVersion.id)
        .where(KnowledgeCitation.ticket_id == ticket.id)
        .order_by(KnowledgeVersion.entry_id)
    )
    return tuple(Cited(number_of(row.entry_id), row.number, row.title) for row in rows)
