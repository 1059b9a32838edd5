"""What the rows of the ticket's table are made of: role sets and clock orders they share."""

from workflows.definition import ClockOp, ClockOrder, ClockScope, FollowUp, LimitKind, Notice
from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES, Audience, ClockName, Machine, Role, TicketState

S = TicketState
OPEN = tuple(str(s) for s in TicketState if s not in {TicketState.CLOSED, TicketState.ARCHIVED})
STAFF = CENTRE_ROLES | UNIT_ROLES
INTAKE_ROLES = frozenset({Role.AGENT, Role.CITIZEN, Role.IMPORTER})
SYSTEM_ONLY = frozenset({Role.SYSTEM})


def start(clock: ClockName, limit: LimitKind = LimitKind.POLICY) -> ClockOrder:
    """Order one of the ticket's clocks to start."""
    return ClockOrder(ClockOp.START, clock, limit=limit)


def stop(clock: ClockName) -> ClockOrder:
    """Order one of the ticket's clocks to stop."""
    return ClockOrder(ClockOp.STOP, clock)


def undo_start(clock: ClockName) -> ClockOrder:
    """Order one of the ticket's clocks to be called off, if the undone step started it."""
    return ClockOrder(ClockOp.UNDO_START, clock)


def undo_stop(clock: ClockName) -> ClockOrder:
    """Order one of the ticket's clocks to run on, if the undone step stopped it."""
    return ClockOrder(ClockOp.UNDO_STOP, clock)


STOP_ALL = ClockOrder(ClockOp.STOP_ALL)
ARCHIVE = start(ClockName.ARCHIVE)
REWORK = start(ClockName.HANDLE, LimitKind.REWORK)
SIGN = ClockOrder(ClockOp.START, ClockName.SIGN, ClockScope.ASSIGNMENT)
BEFORE_UNITS = (S.INTAKE_REVIEW, S.TO_DISPATCH)
WAITING = (S.INTAKE_REVIEW, S.TO_DISPATCH, S.IN_PROCESS)
ENDED = (S.CLOSED, S.ARCHIVED)
HOLD_ALL = ClockOrder(ClockOp.PAUSE)
GO_ON = ClockOrder(ClockOp.RESUME)
# The archive's own timer fires once; what kept the ticket from it asks again when it is over.
WAITED_FOR = FollowUp(Machine.TICKET, "archive")
RECALLED = Notice(Audience.RECALLED_UNITS, "ticket_recalled")


def until(clock: ClockName, date: str) -> ClockOrder:
    """Order one of the ticket's clocks to run until the end of the day named by `date` in the data."""
    return ClockOrder(ClockOp.START, clock, limit=LimitKind.CHOSEN_DATE, date=date)


OPEN_CLOCKS = (
    ClockOrder(ClockOp.START_IF_ABSENT, ClockName.CONTACT),
    ClockOrder(ClockOp.START_IF_ABSENT, ClockName.HANDLE),
)
