"""What may somebody do with the ticket they look at, and where is the form of each thing?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from database import db
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.scope import get_visible
from hotline.services import lifecycle
from hotline.web.auth import current_actor
from workflows.definition import Actor, Offer
from workflows.vocabulary import Machine, RequestState

# Letters that a unit's people know from their own lists: sign, reply, give back, note.
KEYS: Mapping[str, str] = {"sign": "A", "submit_reply": "R", "ask": "T", "note": "N"}
_DANGERS = frozenset({"reject", "withdraw", "refuse"})
# Never what the page is about, however early in the table.
_QUIET = frozenset(
    {
        "note",
        "withdraw",
        "record_contact",
        "record_call_attempt",
        "reject",
        "revise",
        "ask",
        "return_intake",
        "send_back_reply",
        "refuse_unit_reply",
        "rework",
    }
)
_SHARE_ROLES = frozenset(
    role
    for machine in (Machine.ASSIGNMENT, Machine.REQUEST)
    for row in lifecycle.ENGINES[machine].workflow.transitions
    for role in row.roles
)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looking at a ticket they may see."""

    session: Session
    ticket: Ticket
    viewer: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Target:
    """Which row an action is asked of. For asking a return, `subject_id` is the assignment."""

    machine: Machine
    action: str
    subject_id: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One thing the viewer may do now; an instant one needs no form and tells nobody, so its button acts."""

    target: Target
    label: str
    offer: Offer
    state: str
    url: str

    @property
    def is_instant(self) -> bool:
        return not self.offer.needs and not self.offer.notices

    @property
    def key(self) -> str | None:
        return KEYS.get(self.target.action)

    @property
    def is_danger(self) -> bool:
        return self.target.action in _DANGERS

    @property
    def is_quiet(self) -> bool:
        return self.target.action in _QUIET


def look_at(number: str, now: datetime) -> Look:
    """Find the ticket for whoever is signed in. Raises Refused (404) when it is absent or not theirs."""
    session, viewer = db.session(), current_actor()
    return Look(session, get_visible(session, number, viewer), viewer, now)


def list_moves(look: Look) -> Iterable[Move]:
    """List what the viewer may do now to the ticket, to shares of their units and to open requests."""
    session, ticket, viewer, now = look.session, look.ticket, look.viewer, look.now
    number = ticket.number
    if viewer.roles & _SHARE_ROLES:
        is_open = Request.state == RequestState.REQUESTED.value
        for asked in session.scalars(select(Request).where(Request.ticket_id == ticket.id, is_open)):
            found = lifecycle.request_offers(session, ticket, asked, viewer, now)
            yield from _moves(found, number, (Machine.REQUEST, asked.id, asked.state))
        for share in session.scalars(_own_shares(ticket, viewer)):
            found = lifecycle.assignment_offers(session, ticket, share, viewer, now)
            yield from _moves(found, number, (Machine.ASSIGNMENT, share.id, share.state))
    found = lifecycle.offers(session, ticket, viewer, now)
    yield from _moves(found, number, (Machine.TICKET, None, ticket.state))


def find_move(look: Look, target: Target) -> Move | None:
    """Find the move a form is for, if it is offered now."""
    return next((move for move in list_moves(look) if move.target == target), None)


def url_of(number: str, target: Target) -> str:
    """Where the form of an action is, and where it is sent."""
    if target.machine is Machine.TICKET:
        return url_for("tickets.act", number=number, action=target.action)
    if target.action == "ask":
        return url_for("tickets.ask_return", number=number, subject_id=target.subject_id)
    endpoint = "tickets.act_on_share" if target.machine is Machine.ASSIGNMENT else "tickets.act_on_request"
    return url_for(endpoint, number=number, subject_id=target.subject_id, action=target.action)


def _own_shares(ticket: Ticket, viewer: Actor) -> Select[Assignment]:
    return (
        select(Assignment)
        .where(Assignment.ticket_id == ticket.id, Assignment.unit_id.in_(viewer.subtree_unit_ids))
        .where(Assignment.state.not_in(("recalled", "returned")))
        .order_by(Assignment.id)
    )


def _moves(offers: Iterable[Offer], number: str, subject: tuple[Machine, int | None, str]) -> Iterable[Move]:
    machine, subject_id, state = subject
    is_of_request = machine is Machine.REQUEST
    for offer in offers:
        is_ask = offer.action == "ask"
        target = Target(Machine.REQUEST if is_ask else machine, offer.action, subject_id)
        is_whole = not is_of_request or offer.action == "cancel"
        label = offer.label_zh if is_whole else f"{offer.label_zh}退单"
        yield Move(target, label, offer, "new" if is_ask else state, url_of(number, target))
