"""What takes a step back that somebody took a moment ago: rows as they were, and nobody the wiser."""

from collections.abc import Iterable

from sqlalchemy import select

from hotline.models.ticket import TicketEvent
from hotline.services.catalogue_proposals import UnitChoice, take_back_choice
from hotline.services.effects.change import Change, Move, list_shares
from hotline.services.effects.giving import given_to
from hotline.services.last_act import find_undone, list_latest
from notifications.reminders import Why, is_told, withdraw
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine

_MAY_SAY_HARD = frozenset({"dispatch", "decide_dispute"})


def act_topic(ticket_id: int, number: int) -> str:
    """Name a step as the outbox knows it, so that its messages can be withdrawn."""
    return f"act:{ticket_id}:{number}"


def untell(change: Change) -> None:
    """Withdraw the messages of the step; raises Refused when one of them has gone out."""
    undone = change.undone = find_undone(change.session, change.ticket)
    topic = act_topic(change.ticket.id, undone.number)
    withdraw(change.session, [topic], Why.UNDONE)
    if is_told(change.session, topic):
        raise Refused(Code.TOLD_ALREADY)


def undo_shares(change: Change) -> None:
    """Take back every share the step gave; they are the last ones."""
    given = 1 + len(_step(change).data.get("co_units") or ())
    for share in list_shares(change)[-given:]:
        change.moves.append(Move(Machine.ASSIGNMENT, "recall", share.id))


def undo_dispatch(change: Change) -> None:
    """Forget what a dispatch noted on the ticket, and the wish it left for the catalogue."""
    ticket, step = change.ticket, _step(change)
    if ticket.dispatched_at == step.at:
        ticket.dispatched_at = ticket.policy_version_id = None
    if ticket.is_hard and _hard_since(_trail(change)) is None:
        ticket.is_hard, change.is_reclassified = False, True
    choice = UnitChoice(step.data["main_unit"], tuple(step.data.get("co_units") or ()))
    take_back_choice(change.session, ticket, choice)


def undo_redirect(change: Change) -> None:
    """Give the share back to the unit it was taken from, as that unit had it."""
    recall = next(event for event in list_latest(change.session, change.ticket) if event.action == "recall")
    put_back = Move(Machine.ASSIGNMENT, "put_back", recall.subject_id, {"state": recall.from_state})
    change.moves.append(put_back)


def name_recall(change: Change) -> None:
    """Say which recall is taken back: the one of this share."""
    events = list_latest(change.session, change.ticket)
    change.undone = next(e for e in events if e.action == "recall" and e.subject_id == change.share.id)


def undo_signature(change: Change) -> None:
    share = change.share
    share.signed_at = share.is_signed_late = None
    share.handler_id = given_to(change)


def _hard_since(events: Iterable[TicketEvent]) -> int | None:
    """Tell by which event a ticket came to be a hard one; what was undone does not count."""
    since: int | None = None
    for event in events:
        if since is None and event.action in _MAY_SAY_HARD and event.data.get("is_hard"):
            since = event.number
        elif event.action == "undo_dispatch" and since == event.number - 1:
            since = None
    return since


def _trail(change: Change) -> Iterable[TicketEvent]:
    """The ticket's events before the step that is undone."""
    before = (TicketEvent.ticket_id == change.ticket.id, TicketEvent.number < _step(change).number)
    return change.session.scalars(select(TicketEvent).where(*before).order_by(TicketEvent.number))


def _step(change: Change) -> TicketEvent:
    if change.undone is None:
        message = f"{change.decision.transition.action} does not know what it undoes"
        raise TypeError(message)
    return change.undone
