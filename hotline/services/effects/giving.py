"""Who holds a unit's share: given to one of its people, come back to the unit."""

from sqlalchemy import select

from hotline.models.people import User
from hotline.models.ticket import TicketEvent
from hotline.services.effects.change import Change
from workflows.vocabulary import Machine

_GIVINGS = ("give", "give_back", "release_handler")


def give_share(change: Change) -> None:
    change.former_handler_id = change.share.handler_id
    change.share.handler_id = change.data["person"]


def release_handler(change: Change) -> None:
    change.former_handler_id = change.share.handler_id
    change.share.handler_id = None


def release_absent(change: Change) -> None:
    """Let what comes back to be mended lie with the unit when whoever answered is there no more."""
    share = change.share
    holder = change.session.get(User, share.handler_id) if share.handler_id is not None else None
    if holder is not None and not (holder.is_active and holder.unit_id == share.unit_id):
        share.handler_id = None


def given_to(change: Change) -> int | None:
    """Tell to whom the share was last given, whoever signed for it since; None while it lay with the unit."""
    of_share = (
        TicketEvent.ticket_id == change.ticket.id,
        TicketEvent.machine == Machine.ASSIGNMENT.value,
        TicketEvent.subject_id == change.share.id,
        TicketEvent.action.in_(_GIVINGS),
    )
    newest = select(TicketEvent.data).where(*of_share).order_by(TicketEvent.number.desc()).limit(1)
    data = change.session.scalar(newest)
    person: int | None = None if data is None else data.get("person")
    return person
