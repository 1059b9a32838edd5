"""Which row of an action applies, and which notice."""

from workflows.guards.case import Case, condition


@condition
def goes_to_unit_leader(case: Case) -> bool:
    """A main unit reviews its own reply unless it switched that step off."""
    return case.assignment.is_main and case.assignment.has_reply_review


@condition
def is_main_without_review(case: Case) -> bool:
    """The main unit switched its own review off and answers at once."""
    return case.assignment.is_main and not case.assignment.has_reply_review


@condition
def is_co_handler(case: Case) -> bool:
    """The assignment is not the main one."""
    return not case.assignment.is_main


@condition
def concerns_unit(case: Case) -> bool:
    """The clock is one the unit is measured by."""
    return case.data.get("clock") in {"sign", "contact", "handle"}


@condition
def concerns_dispatcher(case: Case) -> bool:
    """The clock is one of the centre's own before handling."""
    return case.data.get("clock") in {"dispatch", "dispute", "decision"}


@condition
def concerns_auditor(case: Case) -> bool:
    """The clock is the one for reviewing replies."""
    return case.data.get("clock") == "review"
