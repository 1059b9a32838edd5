"""What may somebody do with the ticket they look at, and where is the form of each thing?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from database import db
from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.wording import say_level
from hotline.services import lifecycle, offering
from hotline.services.remembered import looking, parts_of
from hotline.web.auth import current_actor
from hotline.web.field_hints import hint_of
from hotline.web.moments import city_short_day
from hotline.web.named_ticket import get_named
from workflows.definition import NEW, Actor, Offer
from workflows.request.parts import ASKS_OF_SHARE, ASKS_OF_TICKET
from workflows.vocabulary import ENDED_ORDERS, Machine, RequestKind, RequestState

# Letters that a unit's people know from their own lists: sign, reply, more time, return, pass on, give, note.
KEYS: Mapping[str, str] = {
    "sign": "A",
    "submit_reply": "R",
    "ask_extension": "E",
    "ask_return": "T",
    "sub_dispatch": "M",
    "give": "B",
    "note": "N",
}
MACHINES: Mapping[str, Machine] = {
    "assignments": Machine.ASSIGNMENT,
    "requests": Machine.REQUEST,
    "orders": Machine.ORDER,
}
_GONE = frozenset({"recalled", "returned"})
_DANGERS = frozenset({"reject", "withdraw", "refuse", "invalidate", "transfer_emergency", "withdraw_order"})
# Asked once more on a page of its own, though there is nothing to fill in: it cannot be had again.
_ASKED_AGAIN = frozenset({"view_identity"})
# What a page may be about; everything else is done beside it.
_MAIN_ACTS = frozenset(
    {
        "submit",
        "submit_trusted",
        "approve_intake",
        "dispatch",
        "decide_dispute",
        "sign",
        "submit_reply",
        "approve_unit_reply",
        "approve_reply",
        "close_without_callback",
        "close",
        "approve",
        "answer",
        "close_order",
        "supplement",
        "resume",
        "view_identity",
        "rate_merged",
        "rate_answer",
    }
)
_UNDOING = frozenset(
    row.undone_by for engine in lifecycle.ENGINES.values() for row in engine.workflow.transitions
) - {""}
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
    def action(self) -> str:
        return self.target.action

    @property
    def is_instant(self) -> bool:
        is_final = self.target.action in _ASKED_AGAIN
        return not self.offer.needs and not self.offer.notices and not is_final

    @property
    def is_undoing(self) -> bool:
        """Whether it takes back what was done a moment ago, and so is offered for a moment only."""
        return self.target.action in _UNDOING

    @property
    def caution(self) -> str:
        """What to know before pressing, where there is nothing to fill in."""
        return hint_of(self.target.action, "")

    @property
    def preview_url(self) -> str:
        """Where its form is sent to ask what it would do."""
        return f"{self.url}/preview"

    @property
    def key(self) -> str | None:
        return KEYS.get(self.target.action)

    @property
    def is_danger(self) -> bool:
        return self.target.action in _DANGERS

    @property
    def is_quiet(self) -> bool:
        return self.target.action not in _MAIN_ACTS


def look_at(number: str, now: datetime) -> Look:
    """Find the ticket for whoever is signed in. Raises Refused (404) when it is absent or not theirs."""
    session, viewer = db.session(), current_actor()
    return Look(session, get_named(session, number, viewer), viewer, now)


def list_moves(look: Look) -> tuple[Move, ...]:
    """List what the viewer may do now: to open requests, shares of their units, orders, the ticket itself."""
    with looking(look.session, look.ticket.id):
        return tuple(_list_moves(look))


def _list_moves(look: Look) -> Iterable[Move]:
    session, ticket, viewer, now = look.session, look.ticket, look.viewer, look.now
    for asked in _requests_at_hand(look):
        found = offering.request_offers(session, ticket, asked, viewer, now)
        yield from _moves(found, ticket.number, (Machine.REQUEST, asked.id, asked.state))
    if viewer.roles & _SHARE_ROLES:
        for share in _own_shares(look):
            found = offering.assignment_offers(session, ticket, share, viewer, now)
            yield from _moves(found, ticket.number, (Machine.ASSIGNMENT, share.id, share.state))
    orders = tuple(_open_orders(look))
    for order in orders:
        found = offering.order_offers(session, ticket, order, viewer, now)
        moves = _moves(found, ticket.number, (Machine.ORDER, order.id, order.state))
        yield from moves if len(orders) == 1 else (_told_apart(move, order) for move in moves)
    found = offering.offers(session, ticket, viewer, now)
    yield from _moves(found, ticket.number, (Machine.TICKET, None, ticket.state))
    found = offering.ask_offers(session, ticket, viewer, now)
    yield from _moves(found, ticket.number, (Machine.REQUEST, None, NEW))
    found = offering.new_order_offers(session, ticket, viewer, now)
    yield from _moves(found, ticket.number, (Machine.ORDER, None, NEW))


def find_move(look: Look, target: Target) -> Move | None:
    """Find the move a form is for, if it is offered now."""
    return next((move for move in list_moves(look) if move.target == target), None)


def url_of(number: str, target: Target) -> str:
    """Where the form of an action is, and where it is sent."""
    subject_id, action = target.subject_id, target.action
    if target.machine is Machine.TICKET and action == "revise":
        return url_for("desk.draft", number=number)
    if target.machine is Machine.TICKET:
        return url_for("tickets.act", number=number, action=action)
    if action == "issue":
        return url_for("tickets.issue_order", number=number)
    if action in ASKS_OF_TICKET:
        return url_for("tickets.ask", number=number, action=action)
    if action in ASKS_OF_SHARE:
        return url_for("tickets.ask_of_share", number=number, subject_id=subject_id, action=action)
    part = next(part for part, machine in MACHINES.items() if machine is target.machine)
    return url_for("tickets.act_on_part", number=number, part=part, subject_id=subject_id, action=action)


def _requests_at_hand(look: Look) -> Iterable[Request]:
    """Open requests, and a granted look at a sealed identity that was not used yet."""
    for each in parts_of(look.session, Request, look.ticket.id):
        is_granted = (
            each.state == RequestState.APPROVED
            and each.kind == RequestKind.IDENTITY_DISCLOSURE
            and each.asked_by_id == look.viewer.user_id
            and each.viewed_at is None
        )
        if each.state == RequestState.REQUESTED or is_granted:
            yield each


def _open_orders(look: Look) -> Iterable[SupervisionOrder]:
    orders = parts_of(look.session, SupervisionOrder, look.ticket.id)
    return (order for order in orders if order.state not in ENDED_ORDERS)


def _told_apart(move: Move, order: SupervisionOrder) -> Move:
    """Say in its button which of several orders a move is about."""
    due = f"，{city_short_day(order.due_at)} 到期" if order.due_at else ""
    return replace(move, label=f"{move.label}（{say_level(order.level)}{due}）")


def _own_shares(look: Look) -> Iterable[Assignment]:
    for share in parts_of(look.session, Assignment, look.ticket.id):
        if share.unit_id in look.viewer.subtree_unit_ids and share.state not in _GONE:
            yield share


def _moves(offers: Iterable[Offer], number: str, subject: tuple[Machine, int | None, str]) -> Iterable[Move]:
    machine, subject_id, state = subject
    for offer in offers:
        is_ask = offer.action in ASKS_OF_SHARE
        target = Target(Machine.REQUEST if is_ask else machine, offer.action, subject_id)
        yield Move(target, offer.label_zh, offer, NEW if is_ask else state, url_of(number, target))
