"""Which row holds for a case: the narrowest one, by class, type, category with all below it, and tier."""

import pytest

from workflows.counting import TimeUnit
from workflows.policy import Case, LimitClass, Policy, PolicyEntry, Scope, Step, limit_class
from workflows.simulation import Rules
from workflows.sla import Limit
from workflows.vocabulary import TicketType, Urgency

UTILITIES, HEATING = 10, 11
SCOPES = {
    "any": Scope(),
    "class": Scope(LimitClass.URGENT),
    "type": Scope(ticket_type="complaint"),
    "class and type": Scope(LimitClass.URGENT, "complaint"),
    "tier": Scope(unit_tier=3),
    "branch": Scope(category_id=UTILITIES, depth=1),
    "leaf": Scope(category_id=HEATING, depth=2),
    "leaf and tier": Scope(category_id=HEATING, depth=2, unit_tier=3),
}
BELOW_UTILITIES = frozenset({UTILITIES, 12})
AT_HEATING = frozenset({UTILITIES, HEATING})


def policy_of(*names: str, is_rework: bool = False) -> Policy:
    rows = [
        PolicyEntry(number, Limit(number, TimeUnit.HOURS), scope=SCOPES[name])
        for number, name in enumerate(names, 1)
    ]
    return Policy(1, 1, {("handle", is_rework): rows})


def found(case: Case, *names: str) -> str | None:
    entry = policy_of(*names).find("handle", case)
    return None if entry is None else names[entry.row_id - 1]


@pytest.mark.parametrize(
    ("case", "wins"),
    [
        (Case("ordinary", "help"), "any"),
        (Case("urgent", "help"), "class"),
        (Case("ordinary", "complaint"), "type"),
        (Case("urgent", "complaint"), "class and type"),
        (Case("urgent", "complaint", unit_tier=3), "tier"),
        (Case("urgent", "complaint", BELOW_UTILITIES), "branch"),
        (Case("urgent", "complaint", BELOW_UTILITIES, 3), "branch"),
        (Case("urgent", "help", AT_HEATING, 2), "leaf"),
        (Case("urgent", "help", AT_HEATING, 3), "leaf and tier"),
    ],
)
def test_the_narrowest_row_that_holds_for_a_case_wins(case, wins):
    assert found(case, *SCOPES) == wins
    assert found(case, *reversed(SCOPES)) == wins


@pytest.mark.parametrize(
    ("case", "name"),
    [
        (Case("urgent", "help"), "type"),
        (Case("ordinary", "complaint"), "class and type"),
        (Case("urgent", "help", frozenset({UTILITIES})), "leaf"),
        (Case("urgent", "help", unit_tier=2), "tier"),
        (Case("urgent", "help"), "tier"),
    ],
)
def test_a_row_says_nothing_about_a_case_it_is_too_narrow_for(case, name):
    assert found(case, name) is None


def test_a_rework_takes_the_first_limit_only_where_it_has_none_of_its_own():
    first, rework = policy_of("any"), policy_of("any", is_rework=True)
    both = Policy(1, 1, {**first.rows, ("handle", True): [PolicyEntry(7, Limit(3, TimeUnit.DAYS))]})
    case = Case("ordinary", "help")
    assert first.find_or_first("handle", case, is_rework=True) is first.find("handle", case)
    own = both.find_or_first("handle", case, is_rework=True)
    assert own is not None
    assert own.row_id == 7
    assert Rules(both, {}).find("handle", case, is_rework=True) is own
    assert rework.find_or_first("handle", case, is_rework=False) is None


def test_only_a_policy_that_tells_categories_or_tiers_apart_asks_for_them():
    asked = {name: policy_of(name) for name in SCOPES}
    assert {name for name, policy in asked.items() if policy.asks_for_category} == {
        *("branch", "leaf", "leaf and tier")
    }
    assert {name for name, policy in asked.items() if policy.asks_for_tier} == {"tier", "leaf and tier"}


def test_a_class_with_a_ladder_of_its_own_does_not_climb_that_of_all():
    own, common = [Step(3, 4, TimeUnit.HOURS)], [Step(3, 1, TimeUnit.WORKING_DAYS)]
    policy = Policy(1, 1, {}, {"urgent": own, "any": common})
    assert (policy.steps_of("urgent"), policy.steps_of("ordinary")) == (own, common)


def test_urgency_places_a_ticket_before_difficulty_and_difficulty_before_type():
    assert limit_class(TicketType.REPORT, Urgency.URGENT, is_hard=True) is LimitClass.URGENT
    assert limit_class(TicketType.REPORT, Urgency.ORDINARY, is_hard=True) is LimitClass.HARD
    assert limit_class(TicketType.HELP, Urgency.ORDINARY) is LimitClass.ORDINARY
