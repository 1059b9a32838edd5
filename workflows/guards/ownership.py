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
    is_own = case.actor.user_id is not None and case.actor.user_id in case.facts.recorded_by_ids
    return Refused(Code.OWN_WORK) if is_own else None


@guard()
def not_own_work(case: Case) -> Refused | None:
    """Whoever wrote the reply does not approve it."""
    is_own = case.actor.user_id is not None and case.actor.user_id == case.assignment.handler_id
    return Refused(Code.OWN_WORK) if is_own else None


@guard()
def not_own_answer(case: Case) -> Refused | None:
    """Whoever wrote a unit's answer in this round, or passed it on, neither reviews it nor calls about it."""
    facts, user_id = case.facts, case.actor.user_id
    shares = [a for a in facts.assignments if a.is_live and a.round == facts.round]
    makers = {a.handler_id for a in shares} | {a.approved_by_id for a in shares}
    return Refused(Code.OWN_WORK) if user_id is not None and user_id in makers else None


@guard()
def not_own_dispute(case: Case) -> Refused | None:
    """Whoever raised the dispute does not decide it."""
    user_id = case.actor.user_id
    is_own = user_id is not None and user_id == case.facts.disputed_by_id
    return Refused(Code.OWN_DISPUTE) if is_own else None


@guard()
def not_own_order(case: Case) -> Refused | None:
    """Whoever issued an order does not answer it."""
    user_id = case.actor.user_id
    return Refused(Code.OWN_ORDER) if user_id is not None and user_id == case.order.issued_by_id else None


@guard()
def not_own_order_answer(case: Case) -> Refused | None:
    """Whoever answered an order for a unit neither closes it nor refuses the answer."""
    user_id = case.actor.user_id
    is_own = user_id is not None and user_id in case.order.answered_by_ids
    return Refused(Code.OWN_ORDER_ANSWER) if is_own else None


@guard()
def not_own_request(case: Case) -> Refused | None:
    """Whoever asked, or passed the wish on, does not decide."""
    request, user_id = case.facts.subject_request, case.actor.user_id
    is_own = (
        request is not None
        and user_id is not None
        and user_id in {request.asked_by_id, request.endorsed_by_id}
    )
    return Refused(Code.OWN_REQUEST) if is_own else None


@guard()
def own_request(case: Case) -> Refused | None:
    """Only the asker takes a request back."""
    request = case.facts.subject_request
    is_own = request is not None and case.actor.user_id == request.asked_by_id
    is_own = is_own or case.role is Role.SYSTEM
    return None if is_own else Refused(Code.NOT_YOUR_TICKET)
