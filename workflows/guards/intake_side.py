"""When may a ticket wait for its citizen, be judged invalid, or be classed anew?"""

from datetime import date, timedelta

from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.guards.case import Case, guard
from workflows.vocabulary import Role

URGE_APART = timedelta(hours=4)


@guard(needs_data=True)
def answer_by_is_soon(case: Case) -> Refused | None:
    """A citizen gets five working days at most, so that nothing waits unseen."""
    horizon = case.facts.horizon
    latest = None if horizon is None else horizon.supplement_latest
    return _too_late("answer_by", case.data["answer_by"], latest)


@guard(needs_data=True)
def review_on_is_soon(case: Case) -> Refused | None:
    """A suspended ticket is looked at again within ninety days."""
    horizon = case.facts.horizon
    return _too_late("review_on", case.data["review_on"], None if horizon is None else horizon.review_latest)


@guard(needs_data=True)
def limit_within_remaining(case: Case) -> Refused | None:
    """A unit below is due no later than the unit above, or today where that is over.

    The limit of the unit above may be shorter than the ticket's.
    """
    horizon = case.facts.horizon
    latest = None if horizon is None else horizon.last_day_below
    return _too_late("answer_by", case.data["answer_by"], latest)


@guard(needs_data=True)
def dates_are_to_come(case: Case) -> Refused | None:
    """A chosen day has not passed in the city."""
    horizon = case.facts.horizon
    for name in ("answer_by", "review_on"):
        chosen = case.data.get(name)
        if chosen and horizon is not None and date.fromisoformat(chosen) < horizon.today:
            return invalid(FieldError(name, FieldCode.IN_THE_PAST))
    return None


@guard()
def asks_for_main_unit(case: Case) -> Refused | None:
    """A unit asks the citizen only when it leads the handling."""
    main = case.facts.main
    is_theirs = main is not None and main.unit_id in case.actor.subtree_unit_ids
    return None if case.role is not Role.HANDLER or is_theirs else Refused(Code.NOT_YOUR_UNIT)


@guard()
def supplement_is_over(case: Case) -> Refused | None:
    """The system goes on without the citizen only when the last day has passed."""
    due = case.facts.supplement_due_at
    return Refused(Code.TOO_EARLY) if due is not None and due > case.now else None


@guard()
def second_person(case: Case) -> Refused | None:
    """One reviewer proposes, another decides."""
    proposers = case.facts.invalid_proposed_by_ids
    if not proposers:
        return Refused(Code.NO_PROPOSAL)
    return Refused(Code.SECOND_PERSON_NEEDED) if proposers & case.actor.ids else None


@guard()
def is_proposed_invalid(case: Case) -> Refused | None:
    """There is a proposal to drop; its maker may take it back too."""
    return None if case.facts.invalid_proposed_by_ids else Refused(Code.NO_PROPOSAL)


@guard()
def not_yet_proposed(case: Case) -> Refused | None:
    """One proposal at a time."""
    return Refused(Code.PROPOSED_ALREADY) if case.facts.invalid_proposed_by_ids else None


@guard()
def not_urged_within_4h(case: Case) -> Refused | None:
    """Urging is heard once; more often it is noise."""
    last = case.facts.last_urged_at
    return Refused(Code.URGED_RECENTLY) if last is not None and case.now - last < URGE_APART else None


@guard(needs_data=True)
def something_changes(case: Case) -> Refused | None:
    """A new class names at least one value that differs."""
    data, facts = case.data, case.facts
    changes = (
        data.get("type", facts.type) != facts.type,
        data.get("urgency", facts.urgency) != facts.urgency,
        data.get("category", facts.category_id) != facts.category_id,
    )
    return None if any(changes) else Refused(Code.NOTHING_CHANGED)


@guard(needs_data=True)
def level_is_higher(case: Case) -> Refused | None:
    """Escalation goes up only; the system's ladder begins anew with each round of handling."""
    reached = case.facts.pressed_level if case.role is Role.SYSTEM else case.facts.supervised_level
    is_higher = int(case.data["level"]) > reached
    return None if is_higher else Refused(Code.LEVEL_NOT_HIGHER, "level")


@guard(needs_data=True)
def not_claimed_by_another(case: Case) -> Refused | None:
    """A colleague has opened it from the pool a moment ago and is at work on it."""
    holder = case.facts.claimed_by
    return None if holder is None else Refused(Code.CLAIMED_BY_ANOTHER, details={"holder": holder})


def _too_late(field: str, chosen: str, latest: date | None) -> Refused | None:
    if latest is None or date.fromisoformat(chosen) <= latest:
        return None
    return invalid(FieldError(field, FieldCode.TOO_LATE, latest.isoformat()))
