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
    """The assignment belongs to the actor's unit or one below it; a child's is its own unit's alone.

    Who sub-dispatched reviews the child's answer, so they may not write it.
    """
    share, actor = case.assignment, case.actor
    is_theirs = share.unit_id == actor.unit_id if share.parent_id else share.unit_id in actor.subtree_unit_ids
    return None if case.role is Role.SYSTEM or is_theirs else Refused(Code.NOT_YOUR_UNIT)


@guard()
def acts_for_main_unit(case: Case) -> Refused | None:
    """The ticket's live main assignment belongs to the actor's unit or one below it."""
    main = case.facts.main
    if main is not None and main.unit_id in case.actor.subtree_unit_ids:
        return None
    return Refused(Code.NOT_YOUR_UNIT)


@guard()
def may_see(case: Case) -> Refused | None:
    """Staff of a unit act only on tickets of which their unit, or one below it, still has a share."""
    if case.role not in {Role.HANDLER, Role.UNIT_LEADER}:
        return None
    if any(a.is_live and a.unit_id in case.actor.subtree_unit_ids for a in case.facts.assignments):
        return None
    return Refused(Code.NOT_YOUR_UNIT)


@guard()
def not_own_intake(case: Case) -> Refused | None:
    """Whoever registered, revised or submitted a ticket does not review it: maker is never checker."""
    return Refused(Code.OWN_WORK) if case.actor.ids & case.facts.recorded_by_ids else None


@guard()
def not_own_work(case: Case) -> Refused | None:
    """Whoever wrote the reply does not approve it."""
    return Refused(Code.OWN_WORK) if case.actor.ids & case.assignment.handled_by_ids else None


@guard()
def not_own_answer(case: Case) -> Refused | None:
    """Whoever wrote a unit's answer in this round, or passed it on, neither reviews it nor calls about it."""
    facts = case.facts
    shares = [a for a in facts.assignments if a.is_live and a.round == facts.round]
    makers = frozenset[int]().union(*(a.handled_by_ids | a.approved_by_ids for a in shares))
    return Refused(Code.OWN_WORK) if case.actor.ids & makers else None


@guard()
def not_own_dispute(case: Case) -> Refused | None:
    """Whoever raised the dispute does not decide it."""
    return Refused(Code.OWN_DISPUTE) if case.actor.ids & case.facts.disputed_by_ids else None


@guard()
def not_own_order(case: Case) -> Refused | None:
    """Whoever issued an order does not answer it."""
    return Refused(Code.OWN_ORDER) if case.actor.ids & case.order.issued_by_ids else None


@guard()
def not_own_order_answer(case: Case) -> Refused | None:
    """Whoever answered an order for a unit neither closes it nor refuses the answer."""
    return Refused(Code.OWN_ORDER_ANSWER) if case.actor.ids & case.order.answered_by_ids else None


@guard()
def not_own_request(case: Case) -> Refused | None:
    """Whoever asked, or passed the wish on, does not decide."""
    request = case.facts.subject_request
    if request is None:
        return None
    makers = {request.asked_by_id, request.asked_for_id, *request.endorsed_by_ids}
    return Refused(Code.OWN_REQUEST) if case.actor.ids & makers else None


@guard()
def own_request(case: Case) -> Refused | None:
    """Only the asker takes a request back."""
    request = case.facts.subject_request
    is_own = request is not None and case.actor.user_id == request.asked_by_id
    is_own = is_own or case.role is Role.SYSTEM
    return None if is_own else Refused(Code.NOT_YOUR_TICKET)
