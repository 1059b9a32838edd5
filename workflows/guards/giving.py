"""To whom may a share be given, and when does it come back to its unit?"""

from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.guards.case import Case, guard


@guard(needs_data=True)
def person_is_colleague(case: Case) -> Refused | None:
    """Whoever gets the share handles for its very unit; who is of another one looks absent."""
    person = case.facts.person
    if person is not None and person.is_changing:
        return invalid(FieldError("person", FieldCode.BEING_CHANGED))
    if person is None or not person.may_handle or person.unit_id != case.assignment.unit_id:
        return invalid(FieldError("person", FieldCode.NOT_A_COLLEAGUE))
    return None


@guard(needs_data=True)
def changes_hands(case: Case) -> Refused | None:
    """Nobody is given what they hold."""
    is_theirs = case.data["person"] == case.assignment.handler_id
    return Refused(Code.HOLDS_IT_ALREADY, "person") if is_theirs else None


@guard()
def is_in_somebodys_hand(case: Case) -> Refused | None:
    """A person holds the share now."""
    return Refused(Code.IN_NOBODYS_HAND) if case.assignment.handler_id is None else None
