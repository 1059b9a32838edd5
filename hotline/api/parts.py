"""How are the parts of one ticket read: events, clocks, assignments, requests, messages and files."""

from datetime import UTC, datetime

from flask import Response
from sqlalchemy.orm import Session

from database import db
from hotline.api.acts import show
from hotline.api.asking import wanted_number
from hotline.api.pages import page
from hotline.api.part_documents import (
    assignment_document,
    attachment_document,
    clock_document,
    event_document,
    message_document,
    request_document,
)
from hotline.api.problems import reader_language
from hotline.models.ticket import Ticket
from hotline.queries import api_parts
from hotline.queries.api_sight import Parts
from hotline.queries.directory import unit_names
from hotline.web.auth import current_actor
from hotline.web.named_ticket import get_named
from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES


def list_events(number: str) -> Response:
    """List what happened to a ticket, first to last."""
    session, ticket = _visible(number)
    language = reader_language()
    is_staff = bool(current_actor().roles & (CENTRE_ROLES | UNIT_ROLES))
    return show(
        page(
            session,
            _parts(session, ticket).events(),
            lambda event: event_document(event, language, shows_data=is_staff),
        )
    )


def list_clocks(number: str) -> Response:
    """List a ticket's promises with their lights and what befell each."""
    session, ticket = _visible(number)
    now, changes = datetime.now(UTC), api_parts.changes_by_clock(session, ticket.id)
    return show(
        page(
            session,
            _parts(session, ticket).clocks(),
            lambda clock: clock_document(clock, changes.get(clock.id, ()), now),
        )
    )


def list_assignments(number: str) -> Response:
    """List the units' shares of a ticket, also those of earlier rounds."""
    session, ticket = _visible(number)
    source = _parts(session, ticket).assignments()
    names = unit_names(session, [share.unit_id for share in session.scalars(source[0])])
    return show(
        page(
            session,
            source,
            lambda share: assignment_document(share, names.get(share.unit_id, "")),
        )
    )


def list_requests(number: str) -> Response:
    """List what was asked about a ticket and how it was decided."""
    session, ticket = _visible(number)
    return show(page(session, _parts(session, ticket).requests(), request_document))


def list_messages(number: str) -> Response:
    """List the messages about a ticket and what became of them."""
    session, ticket = _visible(number)
    return show(page(session, api_parts.messages_of(ticket.number, current_actor()), message_document))


def list_attachments(number: str) -> Response:
    """List a ticket's files."""
    session, ticket = _visible(number)
    return show(page(session, _parts(session, ticket).attachments(), attachment_document))


def _visible(number: str) -> tuple[Session, Ticket]:
    session = db.session()
    return session, get_named(session, wanted_number(number), current_actor())


def _parts(session: Session, ticket: Ticket) -> Parts:
    return Parts(session, ticket, current_actor())
