"""When may a unit give a ticket back."""

from workflows.errors import Code, Refused
from workflows.guards.case import Case, guard


@guard()
def within_return_window(case: Case) -> Refused | None:
    """A unit gives back early or not at all."""
    until = case.assignment.return_until
    return Refused(Code.RETURN_WINDOW_OVER) if until is None or case.now > until else None


@guard()
def return_not_forbidden(case: Case) -> Refused | None:
    """After a refused return or a dispute decision the ticket stays where it is."""
    return Refused(Code.RETURN_FORBIDDEN) if case.facts.forbid_return else None


@guard()
def assignment_is_open(case: Case) -> Refused | None:
    """Only what is still to be signed or handled can be given back."""
    return None if case.assignment.state in {"to_sign", "handling"} else Refused(Code.NOT_IN_THIS_STATE)
