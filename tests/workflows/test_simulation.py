"""A stream of tickets under some limits: who is late, who is warned, how much lies open at once."""

from datetime import UTC, datetime, time, timedelta

import pytest

from workflows.counting import TimeUnit
from workflows.policy import Policy, PolicyEntry, Scope
from workflows.simulation import Arrival, Rules, simulate
from workflows.sla import Limit, Span, SpanUnit
from workflows.worktime import WorkCalendar, office_week

CALENDAR = WorkCalendar("Asia/Shanghai", office_week((time(9), time(17))))
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEN_HOURS = Limit(
    10,
    TimeUnit.HOURS,
    yellow_before=Span(4, SpanUnit.HOURS),
    orange_before=Span(1, SpanUnit.HOURS),
)
POLICY = Policy(1, 1, {("handle", False): [PolicyEntry(1, TEN_HOURS, scope=Scope("ordinary"))]})


def arrival(
    line: int, after: int, lasts: float | None, unit: str = "水务", named: str = "ordinary"
) -> Arrival:
    came = MONDAY + after * HOUR
    return Arrival(line, named, unit, came, None if lasts is None else came + lasts * HOUR)


def played(*arrivals: Arrival, until: datetime = MONDAY + 100 * HOUR):
    return simulate(Rules.by_one(POLICY, CALENDAR), arrivals, until)


@pytest.mark.parametrize(
    ("lasts", "late", "yellow", "orange"),
    [
        (5, 0, 0, 0),
        (6, 0, 0, 0),
        (7, 0, 1, 0),
        (9.5, 0, 1, 1),
        (10, 0, 1, 1),
        (10.01, 1, 1, 1),
        (None, 1, 1, 1),
    ],
)
def test_a_ticket_is_warned_and_late_as_its_clock_says(lasts, late, yellow, orange):
    total = played(arrival(1, 0, lasts)).total
    assert (total.late, total.yellow, total.orange) == (late, yellow, orange)


def test_who_closed_late_and_who_is_still_open_and_over_are_told_apart():
    total = played(arrival(1, 0, 20), arrival(2, 0, None), arrival(3, 95, None)).total
    assert (total.late_closed, total.late_open, total.still_open) == (1, 1, 2)


def test_what_lies_after_the_end_of_the_simulated_clock_has_not_happened():
    total = played(arrival(1, 0, 20), arrival(2, 50, 1), until=MONDAY + 9 * HOUR).total
    assert (total.tickets, total.closed, total.late, total.yellow) == (1, 0, 0, 1)


def test_a_class_without_a_limit_is_counted_and_never_late():
    found = played(arrival(1, 0, 90, named="praise"))
    assert (found.total.without_limit, found.total.late, found.outcomes[0].clock) == (1, 0, None)


def test_the_load_of_a_unit_is_what_lay_open_at_once():
    found = played(
        arrival(1, 0, 3), arrival(2, 1, 1), arrival(3, 2, 5), arrival(4, 2, 5, unit="环卫"), arrival(5, 9, 1)
    )
    # At the third hour the second had just ended when the third came.
    assert {name: tally.most_open for name, tally in found.by_unit.items()} == {"水务": 3, "环卫": 1}
    assert found.by_unit["水务"].open_time == 10 * HOUR
    assert found.total.most_open == 4


def test_the_groups_add_up_to_the_whole():
    found = played(*(arrival(n, n, n % 17, unit=f"单位{n % 3}", named="ordinary") for n in range(60)))
    for name in ("tickets", "closed", "late", "yellow", "orange"):
        assert sum(getattr(tally, name) for tally in found.by_unit.values()) == getattr(found.total, name)
        assert sum(getattr(tally, name) for tally in found.by_class.values()) == getattr(found.total, name)
    assert found.total.late == sum(outcome.is_late for outcome in found.outcomes) > 0
