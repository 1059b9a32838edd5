"""The table of a ticket's life: one row per transition. Whatever is not a row cannot happen."""

from workflows.definition import Workflow
from workflows.ticket.closing import CLOSING_ROWS
from workflows.ticket.handling import HANDLING_ROWS
from workflows.ticket.intake import INTAKE_ROWS
from workflows.vocabulary import Machine, TicketState

TICKET = Workflow(
    machine=Machine.TICKET,
    version=1,
    states=TicketState,
    terminal=frozenset({TicketState.ARCHIVED}),
    transitions=INTAKE_ROWS + HANDLING_ROWS + CLOSING_ROWS,
)
