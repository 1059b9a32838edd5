"""What does a ticket that was answered at once give to an entry of the knowledge base?"""

from collections.abc import Mapping

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.knowledge import KnowledgeCitation
from hotline.models.ticket import Ticket, TicketEvent
from hotline.queries.scope import visible_tickets
from workflows.definition import Actor
from workflows.vocabulary import Outcome

_LONGEST_SPOKEN = 500


def find_answered(session: Session, number: str, viewer: Actor) -> Ticket | None:
    """Find a ticket somebody may see that was answered directly and whose words may be read by all."""
    if not number.isprintable():
        return None
    return session.scalar(
        visible_tickets(viewer).where(
            Ticket.number == number,
            Ticket.outcome == Outcome.ANSWERED_DIRECTLY,
            Ticket.is_confidential.is_(False),
        )
    )


def is_worth_proposing(session: Session, ticket: Ticket) -> bool:
    """Whether a direct answer was given without an entry to cite, and may be shown."""
    cited = session.scalar(select(exists().where(KnowledgeCitation.ticket_id == ticket.id)))
    return ticket.outcome == Outcome.ANSWERED_DIRECTLY and not ticket.is_confidential and not cited


def prefill(session: Session, ticket: Ticket) -> Mapping[str, str]:
    """What the form of a new entry begins with; people take out what is personal."""
    category = session.get(Category, ticket.category_id) if ticket.category_id else None
    answer = ticket.direct_answer or ""
    return {
        "title": ticket.title,
        "answer": answer,
        "talking_point": answer[:_LONGEST_SPOKEN],
        "basis": _source(session, ticket),
        "category": "" if category is None else str(category.id),
        "unit": "" if category is None else str(category.owner_unit_id or ""),
    }


def _source(session: Session, ticket: Ticket) -> str:
    events = select(TicketEvent.data).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.action == "answer_directly"
    )
    data = session.scalar(events.order_by(TicketEvent.number.desc()).limit(1)) or {}
    return str(data.get("source", ""))
