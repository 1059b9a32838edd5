"""How does another system register tickets, read them and list them?"""

from datetime import UTC, datetime
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from database import db
from hotline.api.acts import Done, act_once, show
from hotline.api.asking import read_body, read_query, wanted_number
from hotline.api.documents.base import Listing
from hotline.api.documents.tickets import TicketLine
from hotline.api.inputs import CallerLook, NewTicket, TicketQuery
from hotline.api.marks import checked_mark
from hotline.api.problems import nested
from hotline.api.ticket_document import created_document, revealed_document, ticket_document
from hotline.api.words import ApiCode
from hotline.models.hashes import phone_hash
from hotline.models.reveals import Way
from hotline.models.ticket import Ticket
from hotline.queries.api_reference import category_ids, unit_ids
from hotline.queries.marks import BadCursorError
from hotline.queries.scope import get_visible
from hotline.queries.worklists import Filters, TicketRow, count, list_page
from hotline.services.accounts import TRUSTED_INTAKE
from hotline.services.identity import normal_phone
from hotline.services.intake import register, register_and
from hotline.services.revealing import Wish
from hotline.web.auth import current_actor
from hotline.web.named_ticket import get_named
from hotline.web.revealing import hand_out
from hotline.web.transaction import transaction
from workflows.definition import Actor
from workflows.errors import FieldError, Refused, invalid
from workflows.vocabulary import Role

_CREATED = 201


def register_ticket() -> Response:
    """Register a ticket and, unless `submit` is false, submit it in the same breath."""
    body = read_body(NewTicket)
    actor = current_actor()

    def act(session: Session, now: datetime) -> Done:
        try:
            ticket = _registered(session, body, actor, now)
        except Refused as error:
            raise nested(error) from error
        return Done(_CREATED, created_document(session, ticket, actor, now))

    return act_once(act)


def get_ticket(number: str) -> Response:
    """Read one ticket; its version is the ETag."""
    actor = current_actor()
    ticket = get_named(db.session(), wanted_number(number), actor)
    response = show(ticket_document(db.session(), ticket, actor, datetime.now(UTC)))
    response.set_etag(str(ticket.version))
    return response


def reveal_caller(number: str) -> Response:
    """See who asked, for a purpose; the look is on record and counts against the account's day."""
    body, actor, now = read_body(CallerLook), current_actor(), datetime.now(UTC)
    ticket = get_visible(db.session(), wanted_number(number), actor)
    with transaction() as session:
        wish = Wish(body.purpose or "", body.words or "", Way.API)
        shown = revealed_document(ticket, hand_out(session, [ticket], wish, now)[0])
    response = show(shown)
    response.headers["Cache-Control"] = "no-store"
    return response


def list_tickets() -> Response:
    """List the tickets the caller may see."""
    query, actor, now = read_query(TicketQuery), current_actor(), datetime.now(UTC)
    session = db.session()
    filters = _filters(session, query, actor)
    try:
        found = list_page(session, actor, filters, now)
    except BadCursorError as error:
        raise invalid(FieldError("after", ApiCode.BAD_CURSOR)) from error
    total = count(session, actor, filters, now) if query.count else None
    return show(Listing[TicketLine](items=[_line(row) for row in found.rows], next=found.next, total=total))


def _registered(session: Session, body: NewTicket, actor: Actor, now: datetime) -> Ticket:
    data = _flat(body)
    if body.submit:
        is_trusted = TRUSTED_INTAKE in actor.rights and Role.AGENT in actor.roles
        follow: tuple[str, dict[str, Any]] = ("submit_trusted" if is_trusted else "submit", {})
        ticket = register_and(session, data, follow, actor, now)
    else:
        ticket = register(session, data, actor, now)
    if body.place is not None:
        ticket.latitude, ticket.longitude = body.place.lat, body.place.lng
    session.flush()
    return ticket


def _flat(body: NewTicket) -> dict[str, Any]:
    """Lay the body out as the workflow's record; what was left out stays out."""
    data = body.model_dump(exclude={"place", "caller", "submit"}, exclude_none=True)
    if body.place is not None:
        data |= body.place.model_dump(exclude={"lat", "lng"}, exclude_none=True)
    names = {
        "name": "citizen_name",
        "anonymous": "is_anonymous",
        "confidential": "is_confidential",
        "minor": "is_minor",
    }
    caller = body.caller.model_dump(exclude_none=True)
    return data | {names.get(name, name): value for name, value in caller.items()}


def _filters(session: Session, query: TicketQuery, actor: Actor) -> Filters:
    units = unit_ids(session, query.unit) if query.unit else []
    categories = category_ids(session, query.category) if query.category else []
    # A name nobody knows finds nothing; an empty list would find everything.
    return Filters(
        states=query.state,
        types=query.type,
        urgencies=query.urgency,
        lights=query.light,
        category_ids=categories or ([0] if query.category else []),
        unit_ids=units or ([0] if query.unit else []),
        is_overdue=bool(query.overdue),
        handler_id=actor.user_id if query.assigned_to_me else None,
        words=query.q.strip(),
        number=query.number,
        phone_hash=phone_hash(normal_phone(query.phone)) if query.phone else "",
        created_from=query.created_from,
        created_to=query.created_to,
        sort=query.sort,
        limit=query.limit,
        after=checked_mark(query.after),
    )


def _line(row: TicketRow) -> TicketLine:
    return TicketLine(**{name: getattr(row, name) for name in TicketLine.model_fields})
