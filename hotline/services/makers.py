"""Who did what a colleague is to check? The trail knows, and nobody can change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket, TicketEvent
from workflows.vocabulary import TicketState

# Where the tables let somebody check; elsewhere the trail need not be asked.
_CHECKED_IN = frozenset(
    {TicketState.INTAKE_REVIEW, TicketState.IN_DISPUTE, TicketState.REPLY_REVIEW, TicketState.TO_CALL_BACK}
)
_INTAKE = ("register", "revise", "submit")


@dataclass(frozen=True, slots=True)
class Makers:
    """Whoever wrote the record, who raised the last dispute, and who approved which share's reply last."""

    intake: frozenset[int] = frozenset()
    dispute: int | None = None
    approvals: Mapping[int, int] = field(default_factory=dict)


def makers_of(session: Session, ticket: Ticket) -> Makers:
    """Read from the trail who made what stands to be checked in the ticket's present state."""
    if ticket.state not in _CHECKED_IN:
        return Makers()
    made = (*_INTAKE, "raise_dispute", "approve_unit_reply")
    acts = select(TicketEvent.action, TicketEvent.subject_id, TicketEvent.actor_id).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.action.in_(made)
    )
    last: dict[tuple[str, int | None], int] = {}
    intake: set[int] = set()
    for action, subject_id, actor_id in session.execute(acts.order_by(TicketEvent.number)):
        if actor_id is None:
            continue
        last[action, subject_id] = actor_id
        if action in _INTAKE:
            intake.add(actor_id)
    approvals = {share: who for (action, share), who in last.items() if share is not None}
    return Makers(frozenset(intake), last.get(("raise_dispute", None)), approvals)
