"""How a ticket comes to follow a master, and what the two know of each other."""

from sqlalchemy import exists, select

from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Request, Ticket
from hotline.queries.order_parts import is_open
from hotline.services.barring import keep_bars
from hotline.services.effects.change import Change, Move
from workflows.vocabulary import Machine


def follow_master(change: Change) -> None:
    master = change.session.scalars(select(Ticket).where(Ticket.number == change.data["master"])).one()
    change.ticket.master_id = master.id
    change.moves.append(_tell_master(change, "take_in", master))


def leave_master(change: Change) -> None:
    master = change.session.get_one(Ticket, change.ticket.master_id)
    change.ticket.master_id = None
    change.moves.append(_tell_master(change, "let_go", master))


def count_follower(change: Change) -> None:
    change.ticket.follower_count += 1
    keep_bars(change.session, change.ticket)


def uncount_follower(change: Change) -> None:
    change.ticket.follower_count -= 1
    keep_bars(change.session, change.ticket)


def archive_followers(change: Change) -> None:
    """Take the followers along; one about which something is still open asks again when that is over."""
    orders = exists().where(SupervisionOrder.ticket_id == Ticket.id, is_open())
    requests = exists().where(Request.ticket_id == Ticket.id, Request.state == "requested")
    ours = (Ticket.master_id == change.ticket.id, ~orders, ~requests)
    for number in change.session.scalars(select(Ticket.number).where(*ours).order_by(Ticket.id)):
        change.moves.append(Move(Machine.TICKET, "archive", number=number))


def _tell_master(change: Change, action: str, master: Ticket) -> Move:
    return Move(Machine.TICKET, action, data={"number": change.ticket.number}, number=master.number)
