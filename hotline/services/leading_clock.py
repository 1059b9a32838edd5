"""Which of its clocks does a ticket show: by which one do worklists sort it, light it and count it?"""

from collections.abc import Sequence

from hotline.models.clocks import Clock
from hotline.models.ticket import Ticket
from hotline.services.clock_rules import NOBODY, owner_of
from workflows.vocabulary import ClockName, TicketState

# Which clock a worklist sorts a ticket by: the first of these that runs. A ticket that came back from a unit
# has no dispatch promise under some policies, while its handling goes on.
_LEADING: dict[str, tuple[ClockName, ...]] = {
    TicketState.DRAFT: (ClockName.DISPATCH,),
    TicketState.INTAKE_REVIEW: (ClockName.DISPATCH,),
    TicketState.TO_DISPATCH: (ClockName.DISPATCH, ClockName.HANDLE),
    TicketState.AWAITING_SUPPLEMENT: (ClockName.HANDLE, ClockName.DISPATCH),
    TicketState.IN_PROCESS: (ClockName.HANDLE,),
    TicketState.SUSPENDED: (ClockName.HANDLE,),
    TicketState.IN_DISPUTE: (ClockName.HANDLE, ClockName.DISPUTE),
    TicketState.REPLY_REVIEW: (ClockName.REVIEW,),
    TicketState.TO_CALL_BACK: (ClockName.CALLBACK,),
}


def show_leading(ticket: Ticket, running: Sequence[Clock]) -> None:
    """Repeat the leading clock of those that run on the ticket; nothing where none leads."""
    own = {clock.name: clock for clock in running if owner_of(clock) == NOBODY}
    clock = next((own[name] for name in _LEADING.get(ticket.state, ()) if name in own), None)
    ticket.leading_clock = None if clock is None else clock.name
    ticket.due_at = None if clock is None else clock.due_at
    ticket.original_due_at = None if clock is None else clock.original_due_at
    ticket.yellow_at = None if clock is None else clock.yellow_at
    ticket.orange_at = None if clock is None else clock.orange_at
    ticket.paused_at = None if clock is None else clock.paused_at
    moments = (ticket.yellow_at, ticket.orange_at, ticket.due_at)
    ticket.warn_at = min(filter(None, moments), default=None)
