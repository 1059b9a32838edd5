"""How are actions taken on tickets, assignments and requests: each goes through the one door."""

from datetime import UTC, datetime

from flask import Response
from sqlalchemy.orm import Session

from database import db
from hotline.api.acts import Done, act_once, show
from hotline.api.asking import read_body, wanted_id, wanted_number, wanted_version
from hotline.api.documents.parts import AssignmentAfter, RequestAfter
from hotline.api.inputs import ActionBody, NewRequest
from hotline.api.offers import offers_document
from hotline.api.part_documents import assignment_fields, request_fields
from hotline.api.problems import concern, reader_language
from hotline.api.ticket_document import ticket_document
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.api_parts import find_newest_request, get_ticket_of_assignment, get_ticket_of_request
from hotline.queries.directory import unit_names
from hotline.queries.scope import get_visible
from hotline.services.lifecycle import Command, advance
from hotline.web.auth import current_actor
from hotline.web.named_ticket import get_named
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.request.parts import ASK_OF_KIND
from workflows.vocabulary import Machine

_OK, _CREATED = 200, 201
_DECISIONS = frozenset({"approve", "refuse", "cancel", "endorse"})


def list_actions(number: str) -> Response:
    """List what the caller may do now, with the fields each needs and the messages it would send."""
    actor, session = current_actor(), db.session()
    ticket = get_named(session, wanted_number(number), actor)
    return show(offers_document(session, ticket, actor, datetime.now(UTC), reader_language()))


def take_action(number: str, action: str) -> Response:
    """Take an action on a ticket; answers with the ticket after."""
    wanted = wanted_number(number)
    body, actor = read_body(ActionBody), current_actor()

    def act(session: Session, now: datetime) -> Done:
        get_visible(session, wanted, actor)
        concern(wanted)
        command = Command(wanted, action, body.data, wanted_version(body.version))
        ticket = advance(session, command, actor, now)
        return Done(_OK, ticket_document(session, ticket, actor, now))

    return act_once(act)


def take_assignment_action(assignment_id: str, action: str) -> Response:
    """Take an action on one unit's share; answers with the assignment after and its ticket."""
    wanted = wanted_id(assignment_id)
    body, actor = read_body(ActionBody), current_actor()

    def act(session: Session, now: datetime) -> Done:
        ticket = get_ticket_of_assignment(session, wanted, actor)
        concern(ticket.number)
        version = wanted_version(body.version)
        advance(
            session,
            Command(ticket.number, action, body.data, version, Machine.ASSIGNMENT, wanted),
            actor,
            now,
        )
        share = session.get_one(Assignment, wanted)
        name = unit_names(session, [share.unit_id]).get(share.unit_id, "")
        after = ticket_document(session, ticket, actor, now)
        fields = assignment_fields(share, name)
        return Done(_OK, AssignmentAfter(**fields, version=ticket.version, ticket=after))

    return act_once(act)


def make_request(number: str) -> Response:
    """Ask for something that somebody else decides; answers with the request and its ticket."""
    wanted = wanted_number(number)
    body, actor = read_body(NewRequest), current_actor()
    ask = ASK_OF_KIND.get(body.kind)
    if ask is None:
        raise invalid(FieldError("kind", FieldCode.NOT_A_CHOICE))

    def act(session: Session, now: datetime) -> Done:
        get_visible(session, wanted, actor)
        concern(wanted)
        version = wanted_version(body.version)
        assignment = None if body.assignment is None else wanted_id(body.assignment)
        command = Command(wanted, ask, body.data, version, Machine.REQUEST, assignment)
        ticket = advance(session, command, actor, now)
        return Done(
            _CREATED, _request_after(session, find_newest_request(session, ticket.id), ticket, (actor, now))
        )

    return act_once(act)


def decide_request(request_id: str, action: str) -> Response:
    """Approve, refuse, endorse or cancel a request; answers with the request after and its ticket."""
    wanted = wanted_id(request_id)
    if action not in _DECISIONS:
        raise Refused(Code.UNKNOWN_ACTION)
    body, actor = read_body(ActionBody), current_actor()

    def act(session: Session, now: datetime) -> Done:
        ticket = get_ticket_of_request(session, wanted, actor)
        concern(ticket.number)
        version = wanted_version(body.version)
        advance(
            session, Command(ticket.number, action, body.data, version, Machine.REQUEST, wanted), actor, now
        )
        return Done(_OK, _request_after(session, session.get_one(Request, wanted), ticket, (actor, now)))

    return act_once(act)


def _request_after(
    session: Session, asked: Request | None, ticket: Ticket, viewing: tuple[Actor, datetime]
) -> RequestAfter:
    if asked is None:
        raise Refused(Code.NOT_FOUND)
    after = ticket_document(session, ticket, *viewing)
    return RequestAfter(**request_fields(asked), version=ticket.version, ticket=after)
