"""Which row of an action applies, and which notice."""

from workflows.choices import SYSTEM_ACTS, OrderLevel, SystemAct
from workflows.guards.case import Case, Condition, comes_from_lowest_tier, condition, is_content
from workflows.vocabulary import RequestKind, Role, TicketState, Urgency


@condition
def goes_to_unit_leader(case: Case) -> bool:
    """A main unit reviews its own reply unless it switched that step off."""
    return case.assignment.is_main and case.assignment.has_reply_review


@condition
def is_main_without_review(case: Case) -> bool:
    """The main unit switched its own review off and answers at once."""
    return case.assignment.is_main and not case.assignment.has_reply_review


@condition
def is_co_handler(case: Case) -> bool:
    """The assignment is a supporting one, given by the centre or the main unit."""
    return not case.assignment.is_main and case.assignment.parent_id is None


@condition
def cannot_wait(case: Case) -> bool:
    """The ticket is urgent, so somebody is told at any hour."""
    return case.facts.urgency != Urgency.ORDINARY


@condition
def concerns_unit(case: Case) -> bool:
    """The clock is one the unit is measured by."""
    return case.data.get("clock") in {"sign", "contact", "handle"}


@condition
def concerns_dispatcher(case: Case) -> bool:
    """The clock is one of the centre's own before handling."""
    return case.data.get("clock") in {"dispatch", "dispute"}


@condition
def concerns_auditor(case: Case) -> bool:
    """The clock is the one for reviewing replies."""
    return case.data.get("clock") == "review"


@condition
def is_child(case: Case) -> bool:
    """The share was sub-dispatched by another unit."""
    return case.assignment.parent_id is not None


@condition
def is_no_child(case: Case) -> bool:
    """The share was given by the centre."""
    return case.assignment.parent_id is None


@condition
def came_from_intake_review(case: Case) -> bool:
    """The ticket waited for its citizen during intake review."""
    return case.facts.came_from == TicketState.INTAKE_REVIEW


@condition
def came_from_to_dispatch(case: Case) -> bool:
    """The ticket waited for its citizen before dispatch."""
    return case.facts.came_from == TicketState.TO_DISPATCH


@condition
def came_from_in_process(case: Case) -> bool:
    """The ticket waited for its citizen while units handled it."""
    return case.facts.came_from == TicketState.IN_PROCESS


@condition
def has_main_unit(case: Case) -> bool:
    """A unit led the handling to its end."""
    return case.facts.main is not None


@condition
def has_no_main_unit(case: Case) -> bool:
    """No unit ever led the handling, or its share was taken back."""
    return case.facts.main is None


@condition
def is_with_unit(case: Case) -> bool:
    """A unit has the ticket in hand."""
    return case.facts.main is not None and case.facts.state in {"in_process", "suspended"}


@condition
def is_with_centre(case: Case) -> bool:
    """The centre has the ticket in hand."""
    return not is_with_unit(case)


@condition
def is_by_agent(case: Case) -> bool:
    """An agent acts for the citizen on the telephone."""
    return case.role is Role.AGENT


@condition
def is_reminder_level(case: Case) -> bool:
    """The first level reminds the unit."""
    return _level_of(case) == OrderLevel.REMINDER


@condition
def is_urging_level(case: Case) -> bool:
    """At the second level the centre urges the unit."""
    return _level_of(case) == OrderLevel.URGING


@condition
def is_pressed_level(case: Case) -> bool:
    """From the third level on the unit's leader answers for it."""
    return _level_of(case) >= OrderLevel.ORDER and not is_proposed_level(case)


@condition
def is_high_level(case: Case) -> bool:
    """Listed supervision and above concern the head of the centre."""
    return _level_of(case) >= OrderLevel.LISTED and not is_proposed_level(case)


@condition
def is_proposed_level(case: Case) -> bool:
    """The ladder has come to what only a person may order."""
    level = _level_of(case)
    return case.role is Role.SYSTEM and bool(level) and SYSTEM_ACTS[OrderLevel(level)] is SystemAct.PROPOSE


@condition
def is_merged(case: Case) -> bool:
    """The ticket follows a master."""
    return case.facts.outcome == "merged"


@condition
def stands_alone(case: Case) -> bool:
    """The ticket follows no master."""
    return case.facts.outcome != "merged"


@condition
def is_discontent(case: Case) -> bool:
    """The rating complains."""
    return not is_content(case.data)


@condition
def others_still_owe(case: Case) -> bool:
    """Another unit named by the order has not answered yet."""
    return bool(case.order.unit_ids - case.order.answered_unit_ids - {case.actor.unit_id})


@condition
def nobody_else_owes(case: Case) -> bool:
    """With the answer the order is complete."""
    return not others_still_owe(case)


def _level_of(case: Case) -> str:
    """The level asked for; levels are single digits, so they compare as words."""
    return str(case.data.get("level") or "")


def _is_of(kind: RequestKind) -> Condition:
    def is_of_kind(case: Case) -> bool:
        return case.request.kind == kind

    is_of_kind.__name__ = f"is_{kind}"
    is_of_kind.__doc__ = f"What is asked for: {kind.label_en.lower()}."
    return condition(is_of_kind)


for _kind in RequestKind:
    if _kind is not RequestKind.RETURN:  # told apart by who gave the share
        _is_of(_kind)


@condition
def is_return_of_child(case: Case) -> bool:
    """A unit gives back what the unit above it sub-dispatched."""
    return case.request.kind == RequestKind.RETURN and case.assignment.parent_id is not None


@condition
def is_return_to_centre(case: Case) -> bool:
    """A unit gives back what the centre gave it."""
    return case.request.kind == RequestKind.RETURN and case.assignment.parent_id is None


@condition
def is_of_lowest_tier(case: Case) -> bool:
    """The share's unit has a unit over it that passes its wishes on."""
    return comes_from_lowest_tier(case)


@condition
def is_of_upper_tier(case: Case) -> bool:
    """The share's unit speaks to the centre itself."""
    return not comes_from_lowest_tier(case)
