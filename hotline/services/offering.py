"""What may somebody do now: the same tables that decide, asked before any data is given."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.services.facts import WHOLE, Subject, facts_of
from hotline.services.lifecycle import ENGINES, state_of, subject_of_request
from workflows.definition import NEW, Actor, Ask, Offer
from workflows.request.parts import ASKS_OF_SHARE, ASKS_OF_TICKET
from workflows.vocabulary import Machine


def offers(session: Session, ticket: Ticket, actor: Actor, now: datetime) -> list[Offer]:
    """List what the actor may do to the ticket itself now."""
    return _available(session, ticket, (Machine.TICKET, WHOLE), actor, now)


def ask_offers(session: Session, ticket: Ticket, actor: Actor, now: datetime) -> list[Offer]:
    """List what the actor may ask for the whole ticket."""
    asks = _available(session, ticket, (Machine.REQUEST, WHOLE), actor, now)
    return [offer for offer in asks if offer.action in ASKS_OF_TICKET]


def new_order_offers(session: Session, ticket: Ticket, actor: Actor, now: datetime) -> list[Offer]:
    """Tell whether the actor may issue a supervision order about the ticket."""
    return _available(session, ticket, (Machine.ORDER, WHOLE), actor, now)


def assignment_offers(
    session: Session, ticket: Ticket, assignment: Assignment, actor: Actor, now: datetime
) -> list[Offer]:
    """List what the actor may do to one unit's share now, and what they may ask for it."""
    subject = Subject(assignment)
    facts = facts_of(session, ticket, {}, (subject, actor, now))
    ask = Ask("", actor, {}, now)
    asking = ENGINES[Machine.REQUEST].available(facts, NEW, ask)
    acting = ENGINES[Machine.ASSIGNMENT].available(facts, assignment.state, ask)
    return acting + [offer for offer in asking if offer.action in ASKS_OF_SHARE]


def request_offers(
    session: Session, ticket: Ticket, request: Request, actor: Actor, now: datetime
) -> list[Offer]:
    """List how the actor may decide a request now."""
    subject = subject_of_request(session, ticket, request)
    return _available(session, ticket, (Machine.REQUEST, subject), actor, now)


def order_offers(
    session: Session, ticket: Ticket, order: SupervisionOrder, actor: Actor, now: datetime
) -> list[Offer]:
    """List what the actor may do with a supervision order now."""
    return _available(session, ticket, (Machine.ORDER, Subject(order=order)), actor, now)


def _available(
    session: Session, ticket: Ticket, about: tuple[Machine, Subject], actor: Actor, now: datetime
) -> list[Offer]:
    machine, subject = about
    facts = facts_of(session, ticket, {}, (subject, actor, now))
    return ENGINES[machine].available(facts, state_of(machine, ticket, subject), Ask("", actor, {}, now))
