"""How are supervision orders issued, read and answered over the API: each act through the one door."""

from datetime import datetime

from flask import Response
from sqlalchemy.orm import Session

from database import db
from hotline.api.acts import Done, act_once, show
from hotline.api.asking import read_body, wanted_id, wanted_number, wanted_version
from hotline.api.documents.orders import OrderAfter, OrderOut
from hotline.api.inputs import ActionBody
from hotline.api.order_documents import order_document, order_fields
from hotline.api.pages import page
from hotline.api.problems import concern
from hotline.api.ticket_document import ticket_document
from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Ticket
from hotline.queries.order_parts import find_newest_order, get_ticket_of_order, list_answers, orders_of
from hotline.queries.scope import get_visible
from hotline.services.lifecycle import Command, advance
from hotline.web.auth import current_actor
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine

_OK, _CREATED = 200, 201


def list_orders(number: str) -> Response:
    """List the supervision orders about a ticket with the units' answers."""
    session = db.session()
    ticket = get_visible(session, wanted_number(number), current_actor())

    def document(order: SupervisionOrder) -> OrderOut:
        return order_document(order, list_answers(session, order.id))

    return show(page(session, orders_of(ticket.id), document))


def issue_order(number: str) -> Response:
    """Issue a supervision order to one unit or several; answers with the order and its ticket."""
    wanted = wanted_number(number)
    body, actor = read_body(ActionBody), current_actor()

    def act(session: Session, now: datetime) -> Done:
        get_visible(session, wanted, actor)
        concern(wanted)
        command = Command(wanted, "issue", body.data, wanted_version(body.version), Machine.ORDER)
        ticket = advance(session, command, actor, now)
        return Done(_CREATED, _after(session, find_newest_order(session, ticket.id), ticket, (actor, now)))

    return act_once(act)


def take_order_action(order_id: str, action: str) -> Response:
    """Answer an order, refuse its answer or close it; answers with the order after and its ticket."""
    wanted = wanted_id(order_id)
    body, actor = read_body(ActionBody), current_actor()

    def act(session: Session, now: datetime) -> Done:
        ticket = get_ticket_of_order(session, wanted, actor)
        concern(ticket.number)
        version = wanted_version(body.version)
        advance(
            session, Command(ticket.number, action, body.data, version, Machine.ORDER, wanted), actor, now
        )
        return Done(_OK, _after(session, session.get_one(SupervisionOrder, wanted), ticket, (actor, now)))

    return act_once(act)


def _after(
    session: Session, order: SupervisionOrder | None, ticket: Ticket, viewing: tuple[Actor, datetime]
) -> OrderAfter:
    if order is None:
        raise Refused(Code.NOT_FOUND)
    fields = order_fields(order, list_answers(session, order.id))
    return OrderAfter(**fields, version=ticket.version, ticket=ticket_document(session, ticket, *viewing))
