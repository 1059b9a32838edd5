"""Which units may be given a ticket."""

from workflows.errors import Code, Refused
from workflows.guards.case import Case, guard


@guard(needs_data=True)
def units_are_fit(case: Case) -> Refused | None:
    """Every named unit is active, is not the accused one, and does not hold the ticket already."""
    busy = {a.unit_id for a in case.facts.open_assignments}
    named = [
        ("main_unit", case.data["main_unit"]),
        *(("co_units", u) for u in case.data.get("co_units") or ()),
    ]
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


@guard(needs_data=True)
def catalogue_or_reason(case: Case) -> Refused | None:
    """The main unit is one the catalogue suggests, or the dispatcher says why not."""
    suggested = case.facts.suggested_unit_ids
    if not suggested or case.data["main_unit"] in suggested or case.data.get("choice_reason"):
        return None
    return Refused(Code.REASON_FOR_CHOICE_NEEDED, "choice_reason")
