"""The table of a ticket's life: one row per transition. Whatever is not a row cannot happen."""

from workflows.definition import Workflow
from workflows.ticket.afterwards import AFTERWARDS_ROWS
from workflows.ticket.closing import CLOSING_ROWS
from workflows.ticket.disputes import DISPUTE_ROWS
from workflows.ticket.handling import HANDLING_ROWS
from workflows.ticket.intake import INTAKE_ROWS
from workflows.ticket.merging import MERGING_ROWS
from workflows.ticket.undoing import UNDOING_ROWS
from workflows.ticket.waiting import WAITING_ROWS
from workflows.ticket.watching import WATCHING_ROWS
from workflows.vocabulary import Machine, TicketState

TICKET = Workflow(
    machine=Machine.TICKET,
    version=2,
    states=TicketState,
    terminal=frozenset({TicketState.ARCHIVED}),
    transitions=(
        *INTAKE_ROWS,
        *WAITING_ROWS,
        *HANDLING_ROWS,
        *DISPUTE_ROWS,
        *UNDOING_ROWS,
        *MERGING_ROWS,
        *CLOSING_ROWS,
        *AFTERWARDS_ROWS,
        *WATCHING_ROWS,
    ),
)
