"""Whose ticket is it: who may touch which row."""

from workflows.errors import Code, Refused
from workflows.guards.case import Case, guard
from workflows.vocabulary import Role


@guard()
def own_ticket(case: Case) -> Refused | None:
    """A citizen acts only on the ticket they proved to own; an agent only on a draft of the centre."""
    if case.role is Role.CITIZEN and case.actor.citizen_number != case.facts.number:
        return Refused(Code.NOT_YOUR_TICKET)
    return None


@guard()
def acts_for_unit(case: Case) -> Refused | None:
    """The assignment belongs to the actor's unit or one below it."""
    if case.role is Role.SYSTEM or case.assignment.unit_id in case.actor.subtree_unit_ids:
        return None
    return Refused(Code.NOT_YOUR_UNIT)


@guard()
def acts_for_main_unit(case: Case) -> Refused | None:
    """The ticket's live main assignment belongs to the actor's unit or one below it."""
    main = case.facts.main
    if main is not None and main.unit_id in case.actor.subtree_unit_ids:
        return None
    return Refused(Code.NOT_YOUR_UNIT)


@guard()
def may_see(case: Case) -> Refused | None:
    """Staff of a unit act only on tickets that were given to their unit or one below it."""
    if case.role not in {Role.HANDLER, Role.UNIT_LEADER}:
        return None
    if any(a.unit_id in case.actor.subtree_unit_ids for a in case.facts.assignments):
        return None
    return Refused(Code.NOT_YOUR_UNIT)


@guard()
def not_own_intake(case: Case) -> Refused | None:
    """Whoever registered a ticket does not review it: maker is never checker."""
    is_own = case.actor.user_id is not None and case.actor.user_id == case.facts.registered_by_id
    return Refused(Code.OWN_WORK) if is_own else None


@guard()
def not_own_work(case: Case) -> Refused | None:
    """Whoever wrote the reply does not approve it."""
    is_own = case.actor.user_id is not None and case.actor.user_id == case.assignment.handler_id
    return Refused(Code.OWN_WORK) if is_own else None


@guard()
def not_own_request(case: Case) -> Refused | None:
    """Whoever asked does not decide."""
    request = case.facts.subject_request
    is_own = (
        request is not None and case.actor.user_id is not None and case.actor.user_id == request.asked_by_id
    )
    return Refused(Code.OWN_REQUEST) if is_own else None


@guard()
def own_request(case: Case) -> Refused | None:
    """Only the asker takes a request back."""
    request = case.facts.subject_request
    is_own = request is not None and case.actor.user_id == request.asked_by_id
    is_own = is_own or case.role is Role.SYSTEM
    return None if is_own else Refused(Code.NOT_YOUR_TICKET)
