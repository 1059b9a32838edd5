"""Which units may be given a ticket."""

from workflows.errors import Code, Refused
from workflows.guards.case import Case, guard
from workflows.vocabulary import Role, TicketState

_RETURNS_OF_A_DISPUTE = 2


@guard(needs_data=True)
def units_are_fit(case: Case) -> Refused | None:
    """Every named unit is active, is not the accused one, and does not hold the ticket already."""
    return _unfit(case, {a.unit_id for a in case.facts.open_assignments})


@guard(needs_data=True)
def decided_units_are_fit(case: Case) -> Refused | None:
    """A decision may name a unit that holds the ticket, since every share is given anew."""
    return _unfit(case, set())


@guard(needs_data=True)
def live_share_is_named(case: Case) -> Refused | None:
    """The share to take from its unit is one of this ticket and was neither answered nor given back."""
    movable = {a.id for a in case.facts.open_assignments if a.parent_id is None}
    return None if case.data["assignment"] in movable else Refused(Code.SHARE_NOT_LIVE, "assignment")


@guard()
def dispatches_or_leads(case: Case) -> Refused | None:
    """A unit calls in others only when it leads the handling."""
    if case.role is Role.DISPATCHER:
        return None
    main = case.facts.main
    is_theirs = main is not None and main.unit_id in case.actor.subtree_unit_ids
    return None if is_theirs else Refused(Code.NOT_YOUR_UNIT)


@guard(needs_data=True)
def child_below_unit(case: Case) -> Refused | None:
    """Work goes down the actor's own branch only."""
    is_below = case.assignment.unit_id in case.facts.units[case.data["unit"]].above_ids
    return None if is_below else Refused(Code.UNIT_NOT_BELOW, "unit")


@guard()
def returned_twice_or_no_owner(case: Case) -> Refused | None:
    """A dispute needs two returns, or a matter nobody owns."""
    facts = case.facts
    is_nobodys = facts.state == TicketState.TO_DISPATCH and not facts.suggested_unit_ids
    is_disputed = facts.return_count >= _RETURNS_OF_A_DISPUTE or is_nobodys
    return None if is_disputed else Refused(Code.NO_DISPUTE_YET)


@guard(needs_data=True)
def catalogue_or_reason(case: Case) -> Refused | None:
    """The main unit is one the catalogue suggests, or the dispatcher says why not."""
    suggested = case.facts.suggested_unit_ids
    if not suggested or case.data["main_unit"] in suggested or case.data.get("choice_reason"):
        return None
    return Refused(Code.REASON_FOR_CHOICE_NEEDED, "choice_reason")


def _unfit(case: Case, busy: set[int]) -> Refused | None:
    named = _named(case)
    if len({unit for _, unit in named}) < len(named):
        return Refused(Code.UNIT_HAS_IT_ALREADY, "co_units")
    for field, unit_id in named:
        unit = case.facts.units[unit_id]
        details = {"unit": unit.name}
        if not unit.is_active:
            return Refused(Code.UNIT_INACTIVE, field, details=details)
        if unit.is_accused:
            return Refused(Code.UNIT_ACCUSED, field, details=details)
        if unit_id in busy:
            return Refused(Code.UNIT_HAS_IT_ALREADY, field, details=details)
    return None


def _named(case: Case) -> list[tuple[str, int]]:
    ones = [(name, case.data[name]) for name in ("main_unit", "unit") if name in case.data]
    return ones + [("co_units", unit) for unit in case.data.get("co_units") or ()]
