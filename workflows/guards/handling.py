"""When has a unit done its part."""

from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.guards.case import Case, guard
from workflows.texts import find_leaks, find_weak_spots


@guard(needs_data=True)
def contact_recorded(case: Case) -> Refused | None:
    """The citizen was contacted, or the reply says why not."""
    if case.data["contact"] == "contacted" or case.data.get("no_contact_reason"):
        return None
    return invalid(FieldError("no_contact_reason", FieldCode.REQUIRED))


@guard(needs_data=True)
def contact_followed_intake(case: Case) -> Refused | None:
    """Nobody was called about a ticket before it was taken down; people give the time to the minute."""
    taken_down = case.facts.created_at
    if taken_down is None or case.data["contacted_at"] >= taken_down.replace(second=0, microsecond=0):
        return None
    return invalid(FieldError("contacted_at", FieldCode.BEFORE_INTAKE))


@guard(needs_data=True)
def answers_every_point(case: Case) -> Refused | None:
    """Empty words and leaked numbers in the answer are shown once; the handler may confirm and go on."""
    if case.data.get("is_confirmed"):
        return None
    leaks = find_leaks(case.data.get("public_answer") or "")
    spots = [*find_weak_spots(case.data["answer"], case.facts.empty_words), *leaks]
    if spots:
        return Refused(Code.REPLY_NEEDS_A_SECOND_LOOK, "answer", details={"spots": "、".join(spots)})
    return None


@guard(needs_data=True)
def says_nothing_forbidden(case: Case) -> Refused | None:
    """No answer holds a word that may not be said to a citizen, confirmed or not."""
    said: dict[str, list[str]] = {}
    for name, word in case.facts.forbidden_words:
        said.setdefault(name, []).append(word)
    errors = [FieldError(name, FieldCode.FORBIDDEN_WORDS, "」「".join(words)) for name, words in said.items()]
    return invalid(*errors) if errors else None


@guard()
def main_has_replied(case: Case) -> Refused | None:
    """The main unit's reply passed its own review."""
    main = case.facts.main
    return None if main is not None and main.state == "replied" else Refused(Code.MAIN_NOT_REPLIED)


@guard()
def co_handlers_done(case: Case) -> Refused | None:
    """No co-handler is still at work."""
    return Refused(Code.CO_HANDLERS_OPEN) if case.facts.open_assignments else None


@guard()
def main_came_back(case: Case) -> Refused | None:
    """Nobody holds the main assignment any more."""
    return None if case.facts.main is None else Refused(Code.NOT_IN_THIS_STATE)
