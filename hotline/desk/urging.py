"""What if the caller asks after a ticket that is there already: it is urged, or the new one is to join it?"""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hotline.desk.forms import CallForm
from hotline.models.ticket import Ticket, TicketEvent
from hotline.queries.said_same import SUGGESTION
from hotline.queries.scope import get_visible
from hotline.queries.worklists import Filters, TicketRow, list_page
from hotline.services import lifecycle
from hotline.services.lifecycle import Command
from workflows.choices import Visibility
from workflows.definition import Actor

# While the caller is still on the line.
TOLD_FOR = timedelta(minutes=10)


def urge(session: Session, number: str, form: CallForm, actor: Actor, now: datetime) -> Ticket:
    """Urge a ticket with what the caller says. Raises Refused when it cannot be urged now."""
    get_visible(session, number, actor)
    words = {"words": form.content.data} if form.content.data else {}
    return lifecycle.advance(session, Command(number, "urge", words), actor, now)


def suggest_merging(session: Session, ticket: Ticket, master: str, actor: Actor, now: datetime) -> Ticket:
    """Note on a ticket which other one it should join; only a dispatcher merges. Nothing without a master."""
    if not master:
        return ticket
    get_visible(session, master, actor)
    note = {"text": SUGGESTION.format(number=master), "visibility": str(Visibility.INTERNAL)}
    return lifecycle.advance(session, Command(ticket.number, "note", note), actor, now)


def find_urged(session: Session, number: str, viewer: Actor, now: datetime) -> TicketRow | None:
    """Find a ticket the viewer urged just now, so that the caller can be told where it stands."""
    is_urged = exists(
        select(TicketEvent.id).where(
            TicketEvent.ticket_id == Ticket.id,
            TicketEvent.action == "urge",
            TicketEvent.actor_id == viewer.user_id,
            TicketEvent.at >= now - TOLD_FOR,
        )
    )
    rows = list_page(session, viewer, Filters(number=number, only=(is_urged,), limit=1), now).rows
    return rows[0] if number and rows else None
