"""Past rounds of handling judged under two policies: held, extended and reworked as they were."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

import pytest

from workflows.counting import TimeUnit
from workflows.policy import PAUSES, Policy, PolicyEntry, Scope
from workflows.simulation import Arrival, Grant, Hold, Rules, judge
from workflows.sla import Limit, Span, SpanUnit
from workflows.trial import MOST_NAMED, compare
from workflows.worktime import WorkCalendar, office_week

CALENDARS = {
    "city": WorkCalendar("Asia/Shanghai", office_week((time(9), time(17)))),
    "always": WorkCalendar("Asia/Shanghai", (((time(), time()),),) * 7),
}
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 in the city
FRIDAY = MONDAY + timedelta(days=4)
HOUR = timedelta(hours=1)
UNTIL = MONDAY + timedelta(days=30)


def rules(
    hours: int, *more: PolicyEntry, pauses: Iterable[str] = PAUSES, caps: tuple[int, ...] = (1, 1)
) -> Rules:
    warned = Limit(hours, TimeUnit.HOURS, yellow_before=Span(2, SpanUnit.HOURS))
    rows = [PolicyEntry(1, warned, pauses_in=frozenset(pauses)), *more]
    named = zip(("extension", "second_extension"), caps, strict=False)
    extensions = {(name, False): [PolicyEntry(0, Limit(days, TimeUnit.WORKING_DAYS))] for name, days in named}
    return Rules(Policy(1, 1, {("handle", False): rows, **extensions}), CALENDARS)


def came(lasted: float | None, line: int = 1, **known) -> Arrival:
    ended = None if lasted is None else MONDAY + lasted * HOUR
    named = {"limit_class": "ordinary", "unit": "水务", **known}
    return Arrival(line, at=MONDAY, closed_at=ended, **named)


def due(under: Rules, arrival: Arrival) -> datetime:
    clock = judge(under, arrival, UNTIL).clock
    assert clock is not None
    return clock.due_at


def test_time_in_a_state_that_holds_the_clock_does_not_count():
    held = Hold("suspended", MONDAY + HOUR, MONDAY + 4 * HOUR)
    assert due(rules(10), came(20, befell=(held,))) == MONDAY + 13 * HOUR
    assert due(rules(10, pauses=["awaiting_supplement"]), came(20, befell=(held,))) == MONDAY + 10 * HOUR


def test_held_time_is_measured_in_the_kind_of_time_of_the_limit():
    working = PolicyEntry(2, Limit(10, TimeUnit.WORKING_HOURS), scope=Scope("ordinary"))
    overnight = Hold("suspended", MONDAY + 7 * HOUR, MONDAY + 25 * HOUR)
    # Ten working hours end on Tuesday at 11; of the night, one hour on Monday and one on Tuesday were open.
    assert due(rules(1, working), came(99, befell=(overnight,))) == MONDAY + 28 * HOUR


def test_a_hold_that_has_not_ended_keeps_a_clock_from_falling_due():
    outcome = judge(rules(10), came(None, befell=(Hold("suspended", MONDAY + HOUR, None),)), UNTIL)
    assert not outcome.is_late
    held_too_late = came(None, befell=(Hold("suspended", MONDAY + 11 * HOUR, None),))
    assert judge(rules(10), held_too_late, UNTIL).is_late


@pytest.mark.parametrize(
    ("caps", "grants", "days"),
    [((5, 5), (3,), 3), ((2, 5), (3,), 2), ((5, 1), (3, 3), 4), ((5,), (3, 3), 3), ((), (3,), 0)],
)
def test_a_granted_extension_is_cut_to_what_the_policy_allows(caps, grants, days):
    # From Monday 14:00 on, each working day of the week ends at the same time of the next.
    arrival = came(999, befell=tuple(Grant(each) for each in grants))
    moved = due(rules(5, caps=caps), arrival) - (MONDAY + 5 * HOUR)
    assert moved == timedelta(days=days)


def test_a_round_of_rework_is_judged_by_the_limit_for_rework():
    under = rules(10)
    rework = {**under.policy.rows, ("handle", True): [PolicyEntry(3, Limit(4, TimeUnit.HOURS))]}
    own = Rules(Policy(1, 1, rework), CALENDARS)
    assert due(own, came(5, is_rework=True)) == MONDAY + 4 * HOUR
    assert due(under, came(5, is_rework=True)) == MONDAY + 10 * HOUR


def test_each_row_is_counted_by_its_own_calendar():
    nights = PolicyEntry(2, Limit(10, TimeUnit.WORKING_HOURS), "always", scope=Scope("urgent"))
    assert due(rules(1, nights), came(5, limit_class="urgent")) == MONDAY + 10 * HOUR


def test_the_case_of_a_ticket_finds_its_narrower_row():
    heating = PolicyEntry(2, Limit(4, TimeUnit.HOURS), scope=Scope(category_id=7, depth=2, unit_tier=3))
    under = rules(10, heating)
    assert due(under, came(5, categories=frozenset({1, 7}), unit_tier=3)) == MONDAY + 4 * HOUR
    assert due(under, came(5, categories=frozenset({1, 7}), unit_tier=2)) == MONDAY + 10 * HOUR


def test_two_policies_are_compared_in_all_by_class_and_by_unit():
    tickets = [
        [came(3, 4)],
        [came(6, 3, unit="城管")],
        [came(12, 2, limit_class="urgent")],
        [came(1, 1), came(7, 1, unit="城管")],
    ]
    found = compare(rules(10), rules(5), tickets, UNTIL)
    total = found.total
    assert (total.tickets, total.before.late, total.after.late) == (4, 1, 3)
    assert (found.newly_late, found.no_longer_late) == (2, 0)
    assert {name: (group.before.late, group.after.late) for name, group in found.by_unit.items()} == {
        "水务": (1, 1),
        "城管": (0, 2),
    }
    assert {name: group.tickets for name, group in found.by_class.items()} == {"ordinary": 3, "urgent": 1}
    assert [pair.before.arrival.line for pair in found.moved] == [3, 1]
    assert (total.before.yellow, total.after.yellow) == (1, 3)


def test_a_longer_limit_keeps_tickets_from_being_late():
    found = compare(rules(5), rules(10), [[came(6)]], UNTIL)
    assert (found.newly_late, found.no_longer_late, found.moved[0].after.is_late) == (0, 1, False)


def test_a_policy_compared_with_itself_changes_nothing():
    tickets = [[came(hours, hours)] for hours in range(1, 30)]
    found = compare(rules(10), rules(10), tickets, UNTIL)
    assert (found.moved, found.total.before) == ([], found.total.after)


def test_no_more_tickets_are_named_than_fit_a_screen_but_all_are_counted():
    tickets = [[came(6, line)] for line in range(MOST_NAMED + 5)]
    found = compare(rules(10), rules(5), tickets, UNTIL)
    assert (len(found.moved), found.newly_late) == (MOST_NAMED, MOST_NAMED + 5)
