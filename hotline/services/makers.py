"""Who did what a colleague is to check, and for whom? The trail knows, and nobody can change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket, TicketEvent
from workflows.request.parts import KIND_OF_ASK
from workflows.vocabulary import Machine, TicketState

# Where the tables let somebody check; elsewhere the trail need not be asked.
_CHECKED_IN = frozenset(
    {TicketState.INTAKE_REVIEW, TicketState.IN_DISPUTE, TicketState.REPLY_REVIEW, TicketState.TO_CALL_BACK}
)
_INTAKE = ("register", "revise", "submit")
# What makes somebody the maker whom a row names: of a share, an order, a request or a proposal.
_OF_ROWS = ("sign", "submit_reply", "issue", "answer", "endorse", "propose_invalid", *sorted(KIND_OF_ASK))
_Part = tuple[str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Makers:
    """Whoever wrote the record, who raised the last dispute, and who approved which share's reply last.

    `principals` tells whom the maker of a part stood in for: by machine, id of the part, and the maker.
    """

    intake: frozenset[int] = frozenset()
    dispute: frozenset[int] = frozenset()
    approvals: Mapping[int, frozenset[int]] = field(default_factory=dict)
    principals: Mapping[_Part, int] = field(default_factory=dict)

    def of(self, machine: Machine, part_id: int | None, user_id: int | None) -> frozenset[int]:
        """Name the maker a row knows together with the one they stood in for."""
        return frozenset() if user_id is None else _both(user_id, self.principal(machine, part_id, user_id))

    def principal(self, machine: Machine, part_id: int | None, user_id: int | None) -> int | None:
        """Tell whom the maker a row knows stood in for; None for one who acted in their own right."""
        return None if user_id is None else self.principals.get((machine, part_id, user_id))


def makers_of(session: Session, ticket: Ticket) -> Makers:
    """Read from the trail who made what stands to be checked in the ticket's present state."""
    principals = _principals(session, ticket.id) if ticket.has_substitutes else {}
    if ticket.state not in _CHECKED_IN:
        return Makers(principals=principals)
    made = (*_INTAKE, "raise_dispute", "approve_unit_reply")
    columns = (TicketEvent.action, TicketEvent.subject_id, TicketEvent.actor_id, TicketEvent.for_id)
    acts = select(*columns).where(TicketEvent.ticket_id == ticket.id, TicketEvent.action.in_(made))
    last: dict[tuple[str, int | None], frozenset[int]] = {}
    intake: frozenset[int] = frozenset()
    for action, subject_id, actor_id, for_id in session.execute(acts.order_by(TicketEvent.number)):
        if actor_id is None:
            continue
        last[action, subject_id] = _both(actor_id, for_id)
        if action in _INTAKE:
            intake |= _both(actor_id, for_id)
    approvals = {share: who for (action, share), who in last.items() if share is not None}
    return Makers(intake, last.get(("raise_dispute", None), frozenset()), approvals, principals)


def _principals(session: Session, ticket_id: int) -> Mapping[_Part, int]:
    """Whom the makers of a ticket's parts stood in for when they last acted on them."""
    columns = (TicketEvent.machine, TicketEvent.subject_id, TicketEvent.actor_id, TicketEvent.for_id)
    made = select(*columns).where(TicketEvent.ticket_id == ticket_id, TicketEvent.action.in_(_OF_ROWS))
    last = {
        (machine, subject_id, actor_id): for_id
        for machine, subject_id, actor_id, for_id in session.execute(made.order_by(TicketEvent.number))
    }
    return {part: for_id for part, for_id in last.items() if for_id is not None}


def _both(user_id: int, for_id: int | None) -> frozenset[int]:
    return frozenset({user_id} if for_id is None else {user_id, for_id})
