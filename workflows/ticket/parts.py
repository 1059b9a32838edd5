"""What the rows of the ticket's table are made of: role sets and clock orders they share."""

from workflows.definition import ClockOp, ClockOrder, ClockScope, LimitKind
from workflows.vocabulary import ClockName, Role, TicketState

S = TicketState
OPEN = tuple(str(s) for s in TicketState if s not in {TicketState.CLOSED, TicketState.ARCHIVED})
STAFF = frozenset(Role) - {
    Role.CITIZEN,
    Role.SYSTEM,
    Role.IMPORTER,
    Role.ADMINISTRATOR,
    Role.SECURITY_OFFICER,
    Role.AUDIT_ADMINISTRATOR,
}
INTAKE_ROLES = frozenset({Role.AGENT, Role.CITIZEN, Role.IMPORTER})
SYSTEM_ONLY = frozenset({Role.SYSTEM})


def start(clock: ClockName, limit: LimitKind = LimitKind.POLICY) -> ClockOrder:
    """Order one of the ticket's clocks to start."""
    return ClockOrder(ClockOp.START, clock, limit=limit)


def stop(clock: ClockName) -> ClockOrder:
    """Order one of the ticket's clocks to stop."""
    return ClockOrder(ClockOp.STOP, clock)


STOP_ALL = ClockOrder(ClockOp.STOP_ALL)
ARCHIVE = start(ClockName.ARCHIVE)
REWORK = start(ClockName.HANDLE, LimitKind.REWORK)
SIGN = ClockOrder(ClockOp.START, ClockName.SIGN, ClockScope.ASSIGNMENT)
