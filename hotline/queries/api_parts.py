"""What belongs to one ticket: its units, events, clocks, assignments, requests, messages and files."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from hotline.models.access import Attachment
from hotline.models.catalog import Category
from hotline.models.clocks import Clock, ClockChange
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Citizen, Request, Ticket, TicketEvent
from hotline.queries.scope import may_see_identity, visible_tickets
from notifications.models import OutboxMessage
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES

_GONE = ("recalled", "returned")


def find_category(session: Session, category_id: int | None) -> Category | None:
    return None if category_id is None else session.get(Category, category_id)


def find_citizen(session: Session, citizen_id: int | None) -> Citizen | None:
    return None if citizen_id is None else session.get(Citizen, citizen_id)


def list_shares(session: Session, ticket_id: int) -> list[tuple[Assignment, Unit]]:
    """List who has the ticket now, the main unit first."""
    found = session.execute(
        select(Assignment, Unit)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.ticket_id == ticket_id, Assignment.state.not_in(_GONE))
        .order_by(Assignment.is_main.desc(), Assignment.id)
    )
    return [(share, unit) for share, unit in found]


def get_ticket_of_assignment(session: Session, assignment_id: int, viewer: Actor) -> Ticket:
    """Get the ticket of an assignment. Raises Refused when it is absent or the viewer may not see it.

    The assignment itself is left unread: before the ticket is locked it may still change.
    """
    ticket_id = session.scalar(select(Assignment.ticket_id).where(Assignment.id == assignment_id))
    return _visible_ticket(session, ticket_id, viewer)


def get_ticket_of_request(session: Session, request_id: int, viewer: Actor) -> Ticket:
    """Get the ticket of a request, like that of an assignment."""
    ticket_id = session.scalar(select(Request.ticket_id).where(Request.id == request_id))
    return _visible_ticket(session, ticket_id, viewer)


def find_newest_request(session: Session, ticket_id: int) -> Request | None:
    newest = select(Request).where(Request.ticket_id == ticket_id).order_by(Request.id.desc()).limit(1)
    return session.scalar(newest)


def list_open_requests(session: Session, ticket_id: int) -> Sequence[Request]:
    waiting = select(Request).where(Request.ticket_id == ticket_id, Request.state == "requested")
    return session.scalars(waiting.order_by(Request.id)).all()


def list_live_assignments(session: Session, ticket_id: int) -> Sequence[Assignment]:
    live = select(Assignment).where(Assignment.ticket_id == ticket_id, Assignment.state.not_in(_GONE))
    return session.scalars(live.order_by(Assignment.id)).all()


def events_of(ticket_id: int) -> tuple[Select[TicketEvent], Any]:
    return select(TicketEvent).where(TicketEvent.ticket_id == ticket_id), TicketEvent.number


def clocks_of(ticket_id: int) -> tuple[Select[Clock], Any]:
    return select(Clock).where(Clock.ticket_id == ticket_id), Clock.id


def changes_by_clock(session: Session, ticket_id: int) -> dict[int, list[ClockChange]]:
    """Group what befell the clocks of a ticket by clock, oldest first."""
    kept = select(ClockChange).join(Clock, Clock.id == ClockChange.clock_id)
    found: dict[int, list[ClockChange]] = {}
    of_ticket = kept.where(Clock.ticket_id == ticket_id)
    for change in session.scalars(of_ticket.order_by(ClockChange.clock_id, ClockChange.number)):
        found.setdefault(change.clock_id, []).append(change)
    return found


def assignments_of(ticket_id: int) -> tuple[Select[Assignment], Any]:
    return select(Assignment).where(Assignment.ticket_id == ticket_id), Assignment.id


def requests_of(ticket_id: int) -> tuple[Select[Request], Any]:
    return select(Request).where(Request.ticket_id == ticket_id), Request.id


def attachments_of(ticket: Ticket, viewer: Actor) -> tuple[Select[Attachment], Any]:
    """Start a query of a ticket's files; other systems see only what the citizen may see.

    What tells who the citizen is, nobody sees who may not know it.
    """
    query = select(Attachment).where(Attachment.ticket_id == ticket.id)
    if not may_see_identity(ticket, viewer):
        query = query.where(Attachment.is_personal.is_(False))
    if not viewer.roles & (CENTRE_ROLES | UNIT_ROLES):
        query = query.where(Attachment.visibility == "citizen")
    return query, Attachment.id


def messages_of(number: str, viewer: Actor) -> tuple[Select[OutboxMessage], Any]:
    """Start a query of the messages about a ticket: the centre sees all, a unit the citizen's and its own."""
    query = select(OutboxMessage).where(OutboxMessage.subject == number)
    if not viewer.roles & CENTRE_ROLES:
        own = [f"unit:{unit_id}" for unit_id in sorted(viewer.subtree_unit_ids)]
        citizens: ColumnElement[bool] = OutboxMessage.recipient.startswith("citizen:")
        texters: ColumnElement[bool] = OutboxMessage.recipient.startswith("phone:")
        query = query.where(
            citizens | texters | OutboxMessage.recipient.in_([*own, f"user:{viewer.user_id}"])
        )
    return query, OutboxMessage.id


def count_rows(session: Session, query: Select[Any]) -> int:
    """Count what a query would give without its paging."""
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _visible_ticket(session: Session, ticket_id: int | None, viewer: Actor) -> Ticket:
    # Not in one query with the part: the condition would take the part's table for its own.
    ticket = session.scalar(visible_tickets(viewer).where(Ticket.id == ticket_id))
    if ticket is None:
        raise Refused(Code.NOT_FOUND)
    return ticket
