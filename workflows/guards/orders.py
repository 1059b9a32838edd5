"""Whom may a supervision order name, and who answers it?"""

from workflows.errors import Code, Refused
from workflows.guards.case import Case, guard


@guard()
def is_not_archived(case: Case) -> Refused | None:
    """What lies in the archive is only read."""
    return Refused(Code.NOT_IN_THIS_STATE) if case.facts.state == "archived" else None


@guard(needs_data=True)
def ordered_units_are_fit(case: Case) -> Refused | None:
    """An order goes to active units that hold or have answered the ticket, or to the units over them."""
    reach: set[int] = set()
    for share in case.facts.assignments:
        if not share.is_live:
            continue
        unit = case.facts.units.get(share.unit_id)
        reach |= {share.unit_id, *(unit.above_ids if unit else ())}
    for unit_id in case.data["units"]:
        unit = case.facts.units[unit_id]
        if not unit.is_active:
            return Refused(Code.UNIT_INACTIVE, "units", details={"unit": unit.name})
        if unit_id not in reach:
            return Refused(Code.UNIT_NOT_ORDERED, "units", details={"unit": unit.name})
    return None


@guard()
def acts_for_ordered_unit(case: Case) -> Refused | None:
    """The actor's own unit is one the order names."""
    if case.actor.unit_id not in case.order.unit_ids:
        return Refused(Code.NOT_YOUR_UNIT)
    is_done = case.actor.unit_id in case.order.answered_unit_ids
    return Refused(Code.ANSWERED_ALREADY) if is_done else None


@guard()
def order_has_no_answer(case: Case) -> Refused | None:
    """What a unit has answered is refused or closed, so that its work is not thrown away."""
    return Refused(Code.ORDER_ANSWERED) if case.order.answered_unit_ids else None


@guard(needs_data=True)
def refused_units_are_named(case: Case) -> Refused | None:
    """Only a unit the order names can be asked to answer again."""
    strangers = set(case.data.get("units") or ()) - case.order.unit_ids
    return Refused(Code.UNIT_NOT_ORDERED, "units") if strangers else None
