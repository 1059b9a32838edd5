"""May a step be taken back: was it the last one, just now, and one's own?"""

from workflows.errors import Code, Refused
from workflows.facts import LastAct
from workflows.grace import GRACE
from workflows.guards.case import Case, condition, guard


@guard()
def just_dispatched(case: Case) -> Refused | None:
    """The same person dispatched the ticket a moment ago, and nothing has happened since."""
    return _not_undoable(case, "dispatch")


@guard()
def just_redirected(case: Case) -> Refused | None:
    """The same person redirected a share a moment ago; nothing but that share was taken back with it."""
    return _not_undoable(case, "redirect", ("recall",))


@guard()
def just_added_co_handler(case: Case) -> Refused | None:
    """The same person called in a supporting unit a moment ago, and nothing has happened since."""
    return _not_undoable(case, "add_co_handler")


@guard()
def just_signed(case: Case) -> Refused | None:
    """The same person signed for this share a moment ago, and nothing has happened since."""
    return _not_undoable(case, "sign", share_id=case.assignment.id)


@guard()
def just_sub_dispatched(case: Case) -> Refused | None:
    """The same person passed this share down a moment ago, and nothing has happened since."""
    return _not_undoable(case, "sub_dispatch", share_id=case.assignment.id)


@condition
def was_to_sign(case: Case) -> bool:
    """The unit had not signed for the share when it was taken from it."""
    return case.data.get("state") == "to_sign"


@condition
def was_handling(case: Case) -> bool:
    """The unit was at work on the share when it was taken from it."""
    return case.data.get("state") == "handling"


@condition
def was_in_unit_review(case: Case) -> bool:
    """The unit's leader was checking its answer when the share was taken from it."""
    return case.data.get("state") == "unit_review"


def _not_undoable(
    case: Case, action: str, after: tuple[str, ...] = (), share_id: int | None = None
) -> Refused | None:
    last = case.facts.last_act
    if last is None or case.now - last.at >= GRACE:
        return Refused(Code.UNDO_TOO_LATE)
    if not _is_step(last, action, after, share_id):
        return Refused(Code.UNDO_OVERTAKEN)
    is_own = case.actor.user_id is not None and last.actor_id == case.actor.user_id
    return None if is_own else Refused(Code.UNDO_NOT_YOURS)


def _is_step(last: LastAct, action: str, after: tuple[str, ...], share_id: int | None) -> bool:
    return (last.action, last.after, last.subject_id) == (action, after, share_id)
