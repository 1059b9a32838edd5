"""What a policy may not say: warnings before the start, ladders that fall, classes without a promise."""

from datetime import UTC, datetime, time

import pytest

from workflows.counting import DayEndRule, StartRule, TimeUnit
from workflows.policy import LimitClass, Policy, PolicyEntry, RowName, Scope, Step
from workflows.policy_checks import (
    NEEDED,
    amount_errors,
    gaps,
    is_rising,
    loose_extensions,
    misfit,
    warning_errors,
)
from workflows.sla import Limit, Span, SpanUnit
from workflows.worktime import WorkCalendar, office_week

CALENDAR = WorkCalendar("Asia/Shanghai", office_week((time(9), time(17))))
OPENING = datetime(2026, 11, 23, 1, tzinfo=UTC)


def limit(amount, unit, yellow=None, orange=None, *, is_from_next_day=False) -> Limit:
    rules = (StartRule.NEXT_WORKING_DAY, DayEndRule.CLOSING) if is_from_next_day else ()
    kept = rules or (StartRule.AT_ONCE, DayEndRule.SAME_TIME)
    return Limit(amount, unit, *kept, yellow and Span(*yellow), orange and Span(*orange))


def complaints(given: Limit) -> list[tuple[str, str]]:
    return [(each.field, str(each.code)) for each in warning_errors(given, CALENDAR, OPENING)]


@pytest.mark.parametrize(
    "given",
    [
        limit(24, TimeUnit.HOURS, (25, SpanUnit.PERCENT), (4, SpanUnit.HOURS)),
        limit(24, TimeUnit.HOURS, (24, SpanUnit.HOURS)),
        limit(1, TimeUnit.WORKING_DAYS, (1, SpanUnit.WORKING_DAYS), is_from_next_day=True),
        limit(5, TimeUnit.WORKING_DAYS, (1, SpanUnit.WORKING_DAYS), (4, SpanUnit.WORKING_HOURS)),
        limit(7, TimeUnit.DAYS, (6, SpanUnit.DAYS), (1, SpanUnit.DAYS)),
        limit(7, TimeUnit.DAYS),
    ],
)
def test_warnings_inside_the_limit_in_their_order_are_fine(given):
    assert complaints(given) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (limit(2, TimeUnit.HOURS, (121, SpanUnit.MINUTES)), [("yellow_amount", "warns_too_early")]),
        (
            limit(4, TimeUnit.WORKING_HOURS, (1, SpanUnit.WORKING_DAYS)),
            [("yellow_amount", "warns_too_early")],
        ),
        (
            limit(3, TimeUnit.WORKING_DAYS, (1, SpanUnit.WORKING_DAYS), (2, SpanUnit.WORKING_DAYS)),
            [("orange_amount", "orange_before_yellow")],
        ),
        (
            limit(3, TimeUnit.DAYS, (1, SpanUnit.DAYS), (24, SpanUnit.HOURS)),
            [("orange_amount", "orange_before_yellow")],
        ),
    ],
)
def test_a_warning_before_the_start_or_an_orange_one_before_the_yellow_is_named(given, said):
    assert complaints(given) == said


@pytest.mark.parametrize(
    ("name", "given", "fields"),
    [
        ("handle", limit(1, TimeUnit.HOURS, (99, SpanUnit.PERCENT)), []),
        ("handle", limit(0, TimeUnit.HOURS), ["amount"]),
        ("handle", limit(10_000, TimeUnit.HOURS), ["amount"]),
        (
            "handle",
            limit(1, TimeUnit.HOURS, (100, SpanUnit.PERCENT), (0, SpanUnit.HOURS)),
            ["yellow", "orange"],
        ),
        ("extension", limit(1, TimeUnit.HOURS), ["unit"]),
        ("second_extension", limit(1, TimeUnit.WORKING_DAYS), []),
    ],
)
def test_amounts_out_of_range_and_units_that_do_not_fit_are_named(name, given, fields):
    assert [each.field.removesuffix("_amount") for each in amount_errors(name, given)] == fields


def test_each_level_of_a_ladder_comes_later_than_the_one_below_it():
    day, days = Step(3, 1, TimeUnit.WORKING_DAYS), Step(4, 5, TimeUnit.WORKING_DAYS)
    assert is_rising([days, day], CALENDAR, OPENING)
    assert not is_rising([day, Step(4, 1, TimeUnit.WORKING_DAYS)], CALENDAR, OPENING)
    assert not is_rising([Step(3, 200, TimeUnit.HOURS), days], CALENDAR, OPENING)


def test_a_promise_counts_as_made_when_each_type_of_the_class_has_it():
    entry = PolicyEntry(1, limit(1, TimeUnit.DAYS))
    rows = {(str(name), False): [entry] for name in NEEDED}
    assert gaps(Policy(1, 1, rows)) == []
    halves = [
        PolicyEntry(n, entry.limit, scope=Scope(ticket_type=kind))
        for n, kind in enumerate(("help", "complaint"))
    ]
    found = gaps(Policy(1, 1, {**rows, ("handle", False): halves}))
    assert {gap.limit_class for gap in found} == set(LimitClass) - {LimitClass.ANY, LimitClass.ORDINARY}
    assert {gap.name for gap in found} == {RowName.HANDLE}
    tiers = [PolicyEntry(n, entry.limit, scope=Scope(unit_tier=n)) for n in (1, 2, 3)]
    assert len(gaps(Policy(1, 1, {**rows, ("handle", False): tiers}))) == len(LimitClass) - 1


def test_a_second_extension_needs_a_first_of_its_unit_that_is_no_shorter():
    def loose(first: Limit | None, second: Limit) -> list[LimitClass]:
        rows = {("second_extension", False): [PolicyEntry(1, second, scope=Scope("urgent"))]}
        if first is not None:
            rows["extension", False] = [PolicyEntry(2, first)]
        return loose_extensions(Policy(1, 1, rows), {})

    five = limit(5, TimeUnit.WORKING_DAYS)
    assert loose(five, five) == []
    assert loose(None, five) == [LimitClass.URGENT]
    assert loose(five, limit(6, TimeUnit.WORKING_DAYS)) == [LimitClass.URGENT]
    assert loose(five, limit(5, TimeUnit.DAYS)) == [LimitClass.URGENT]


HEAT, PIPES, TREES = 1, 2, 3
PATHS = {HEAT: frozenset({HEAT}), PIPES: frozenset({HEAT, PIPES}), TREES: frozenset({TREES})}


def days(row_id: int, amount: int, depth: int = 0, **scope) -> PolicyEntry:
    scoped = Scope("urgent", depth=depth, **scope)
    return PolicyEntry(row_id, limit(amount, TimeUnit.WORKING_DAYS), scope=scoped)


def extensions(first: list[PolicyEntry], second: list[PolicyEntry]) -> Policy:
    return Policy(1, 1, {("extension", False): first, ("second_extension", False): second})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([days(1, 5)], [days(2, 5), days(3, 10, 1, category_id=HEAT)]),
        ([days(1, 5)], [days(2, 5), days(3, 10, unit_tier=3)]),
        ([days(1, 10), days(4, 5, 1, category_id=HEAT)], [days(2, 10)]),
        ([days(1, 10), days(4, 5, 1, category_id=HEAT)], [days(3, 10, 2, category_id=PIPES)]),
        ([days(1, 10), days(4, 5, unit_tier=3)], [days(3, 10, 1, category_id=TREES)]),
    ],
)
def test_a_second_extension_is_held_to_the_first_of_the_same_category_and_tier(first, second):
    assert loose_extensions(extensions(first, second), PATHS) == [LimitClass.URGENT]
    assert misfit(extensions(first, second), second[-1], PATHS) in first


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([days(1, 5), days(4, 10, 1, category_id=HEAT)], [days(3, 10, 2, category_id=PIPES)]),
        ([days(1, 10), days(4, 5, 1, category_id=TREES)], [days(3, 10, 1, category_id=HEAT)]),
        ([days(1, 10), days(4, 5, 1, category_id=HEAT)], [days(3, 5, 1, category_id=HEAT), days(2, 10)]),
    ],
)
def test_a_second_extension_is_not_held_to_the_first_of_another_case(first, second):
    assert loose_extensions(extensions(first, second), PATHS) == []
    assert misfit(extensions(first, second), second[-1], PATHS) is None
