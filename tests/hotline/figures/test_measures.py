"""Do the figures of units equal a count by hand, and is the list behind each the very tickets counted?"""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hotline.models.clocks import ClockChange
from hotline.models.ticket import Request, Ticket
from hotline.queries.board import Days, read_figures
from hotline.queries.handling_times import WorkLine, list_medians
from hotline.queries.measures import Measure, behind, count_by_unit
from hotline.queries.peers import LEAST_RANKED, PeerGroup, RateName, group_of, list_peers
from hotline.queries.periods import Period
from hotline.queries.rates import Rate
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.calendars import load_calendar
from tests.copies import copied
from tests.hotline.figures.counted_city import (
    ZONE,
    Said,
    add_clock,
    add_closed,
    add_share,
    add_ticket,
    add_unit,
    on,
)
from workflows.definition import Actor, ActorKind
from workflows.vocabulary import Role

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30), ZONE)
DAY = timedelta(days=1)


@pytest.fixture
def lamps(session):
    return add_unit(session, "lamps")


@pytest.fixture
def roads(session):
    return add_unit(session, "roads")


def numbers(session, unit_id):
    """The figures of a unit; that each list is as long as its figure is checked on the way."""
    found = count_by_unit(session, NOVEMBER)[unit_id]
    for measure in Measure:
        listed = session.scalars(select(Ticket.id).where(behind(measure, NOVEMBER, unit_id))).all()
        assert len(listed) == found[measure], measure
    return found


def test_every_figure_is_the_count_by_hand(session, lamps):
    add_closed(session, [lamps], on(11, 3), Said())
    add_closed(session, [lamps], on(11, 4), Said(solved="partly", satisfaction="fairly_satisfied"))
    add_closed(session, [lamps], on(11, 5), Said("no", "dissatisfied", was_contacted=False), is_late=True)
    add_closed(session, [lamps], on(11, 6))
    add_closed(session, [lamps], on(11, 6), is_late=True, appeal_upheld="lateness")
    add_closed(session, [lamps], on(11, 7), is_late=None)
    found = numbers(session, lamps)
    expected = {"closed": 5, "on_time": 4, "late": 1, "valid": 3, "solved": 1, "not_solved": 2}
    expected |= {"rated": 3, "content": 2, "discontent": 1, "asked": 3, "contacted": 2, "received": 6}
    assert {name: found[Measure(name)] for name in expected} == expected


def test_the_board_and_the_comparison_of_units_count_the_same_tickets_as_on_time(session, lamps, roads):
    add_closed(session, [lamps], on(11, 3), is_late=True)
    add_closed(session, [lamps], on(11, 6), is_late=True, appeal_upheld="lateness")
    add_closed(session, [lamps], on(11, 6), is_late=True, is_excluded=True)
    add_closed(session, [lamps, roads], on(11, 7), is_late=True)
    supervisor = Actor(ActorKind.USER, "督办员", frozenset({Role.SUPERVISOR}), user_id=1)
    board = read_figures(session, supervisor, Days.of(on(11, 20).astimezone(ZONE)), on(11, 20))
    units = count_by_unit(session, NOVEMBER).values()
    compared = [sum(unit[each] for unit in units) for each in (Measure.CLOSED, Measure.ON_TIME)]
    assert [board.closed, board.on_time] == compared == [3, 2]


def test_an_excluded_ticket_is_in_no_figure_but_its_own(session, lamps):
    add_closed(session, [lamps], on(11, 3), Said("no", "dissatisfied"), is_late=True, is_excluded=True)
    found = numbers(session, lamps)
    assert {measure: number for measure, number in found.items() if number} == {Measure.EXCLUDED: 1}


def test_a_rating_appealed_with_success_is_out_of_what_citizens_say(session, lamps):
    add_closed(session, [lamps], on(11, 3), Said("no", "dissatisfied"), appeal_upheld="rating")
    found = numbers(session, lamps)
    assert (found[Measure.CLOSED], found[Measure.VALID], found[Measure.RATED]) == (1, 0, 0)


def test_a_period_holds_its_first_midnight_and_not_the_one_after_its_last_day(session, lamps):
    add_closed(session, [lamps], on(11, 1, 0))
    add_closed(session, [lamps], on(11, 30, 23, 59))
    add_closed(session, [lamps], on(11, 1, 0) - timedelta(microseconds=1))
    add_closed(session, [lamps], on(12, 1, 0))
    assert numbers(session, lamps)[Measure.CLOSED] == 2


def test_a_rework_is_due_to_the_unit_of_the_round_before_it(session, lamps, roads):
    add_closed(session, [lamps, roads], on(11, 3))
    before, after = numbers(session, lamps), numbers(session, roads)
    assert (before[Measure.HELD], before[Measure.REWORKED], before[Measure.CLOSED]) == (1, 1, 0)
    assert (after[Measure.HELD], after[Measure.REWORKED], after[Measure.CLOSED]) == (1, 0, 1)


def test_who_was_contacted_too_late_was_not_responded_to(session, lamps):
    ticket = add_closed(session, [lamps], on(11, 3), Said())
    add_clock(session, ticket, "contact", on(11, 2), on(11, 2, 11))
    found = numbers(session, lamps)
    assert (found[Measure.ASKED], found[Measure.CONTACTED], found[Measure.NOT_CONTACTED]) == (1, 0, 1)


def test_a_share_taken_back_was_never_received_and_a_refused_return_is_told_apart(session, lamps):
    taken, given, kept = (add_ticket(session, on(11, 2)) for _ in range(3))
    add_share(session, taken, lamps, on(11, 2), state="recalled")
    add_share(session, given, lamps, on(11, 2), state="returned")
    share = add_share(session, kept, lamps, on(11, 2))
    add_share(session, add_ticket(session, on(11, 2)), lamps, on(11, 2), is_main=False)
    refused = {"kind": "return", "state": "refused", "basis": "x", "asked_at": on(11, 2)}
    session.add(Request(ticket_id=kept.id, assignment_id=share.id, **refused))
    session.flush()
    found = numbers(session, lamps)
    counted = (found[Measure.RECEIVED], found[Measure.RETURNED], found[Measure.RETURN_REFUSED])
    assert counted == (2, 1, 1)


def test_handling_takes_working_time_alone_and_no_pause(session, lamps):
    copied(session, "calendar alone", seed_calendar)
    ticket = add_ticket(session, on(11, 6, 15), state="closed", outcome="resolved", is_late=False)
    ticket.closed_at = on(11, 10, 11)
    add_share(session, ticket, lamps, on(11, 6, 15), state="replied", replied_at=on(11, 10, 10))
    clock = add_clock(session, ticket, "handle", on(11, 12), on(11, 10, 10))
    calendar = load_calendar(session)
    for number, (reason, at) in enumerate((("paused", on(11, 6, 16)), ("resumed", on(11, 10, 9))), 1):
        edition = {"event_number": 1, "calendar_edition_id": calendar.edition_id, "due_at": clock.due_at}
        session.add(ClockChange(clock_id=clock.id, number=number, reason=reason, at=at, **edition))
    session.flush()
    assert list_medians(session, calendar, NOVEMBER) == {lamps: timedelta(hours=2)}


def test_a_line_of_working_time_measures_as_its_calendar_does(session):
    copied(session, "calendar alone", seed_calendar)
    calendar = load_calendar(session)
    moments = [on(11, 6) + timedelta(hours=11 * number) for number in range(12)]
    line = WorkLine.laid(calendar, moments[0], moments[-1])
    for first, last in zip(moments, moments[3:], strict=False):
        assert line.between(first, last) == calendar.between(first, last)


def test_units_with_few_tickets_are_shown_last_and_not_ranked(session, lamps, roads):
    copied(session, "calendar alone", seed_calendar)
    few = add_unit(session, "few")
    for number in range(LEAST_RANKED):
        add_closed(session, [lamps], on(11, 3), is_late=number < 2)
        add_closed(session, [roads], on(11, 3), is_late=number < 2)
        if number:
            add_closed(session, [few], on(11, 3))
    (peers,) = list_peers(session, load_calendar(session), NOVEMBER, RateName.ON_TIME)
    assert [(peer.unit_id, peer.rank) for peer in peers.peers] == [(lamps, 1), (roads, 1), (few, None)]


def test_a_unit_is_called_worse_than_its_peers_only_where_chance_cannot_explain_it(session, lamps, roads):
    copied(session, "calendar alone", seed_calendar)
    worst = add_unit(session, "worst")
    for number in range(20):
        add_closed(session, [lamps], on(11, 3), is_late=number < 1)
        add_closed(session, [roads], on(11, 3), is_late=number < 4)
        add_closed(session, [worst], on(11, 3), is_late=number < 14)
    (peers,) = list_peers(session, load_calendar(session), NOVEMBER, RateName.ON_TIME)
    assert {peer.unit_id: peer.verdict for peer in peers.peers} == {lamps: 1, roads: 0, worst: -1}


def test_worst_first_is_who_is_surely_worse_and_not_who_had_bad_luck_with_few(session, lamps, roads):
    copied(session, "calendar alone", seed_calendar)
    worst, unlucky, few = (add_unit(session, name) for name in ("worst", "unlucky", "few"))
    for number in range(60):
        add_closed(session, [lamps], on(11, 3), is_late=number < 10)
        add_closed(session, [roads], on(11, 3), is_late=number < 14)
        add_closed(session, [worst], on(11, 3), is_late=number < 30)
        if number < LEAST_RANKED:
            add_closed(session, [unlucky], on(11, 3), is_late=number < 6)
        if number < 3:
            add_closed(session, [few], on(11, 3), is_late=True)
    (peers,) = list_peers(session, load_calendar(session), NOVEMBER, RateName.ON_TIME, is_worst_first=True)
    told = [(peer.unit_id, peer.rank, peer.verdict) for peer in peers.peers]
    assert told == [(worst, 3, -1), (unlucky, 4, 0), (roads, 2, 0), (lamps, 1, 1), (few, None, 0)]
    assert [peer.unit_id for peer in peers.worse] == [worst]


def test_a_rate_that_is_bad_when_high_makes_worse_where_it_is_above_its_peers(session, lamps, roads):
    copied(session, "calendar alone", seed_calendar)
    few = add_unit(session, "few")
    for number in range(20):
        add_closed(session, [lamps, roads], on(11, 3))
        add_closed(session, [roads], on(11, 3))
        if number < 3:
            add_closed(session, [few, roads], on(11, 3))
    (peers,) = list_peers(session, load_calendar(session), NOVEMBER, RateName.ON_TIME)
    told = {peer.unit_id: peer.verdicts[RateName.REWORKED] for peer in peers.peers}
    assert told == {lamps: -1, roads: 1, few: 0}


@pytest.mark.parametrize(
    ("kind", "district", "tier", "group"),
    [
        ("bureau", "", 2, PeerGroup.CITY_BUREAU),
        ("bureau", "梧桐区", 2, PeerGroup.DISTRICT_BUREAU),
        ("bureau", "梧桐区", 3, PeerGroup.OFFICE),
        ("street", "梧桐区", 3, PeerGroup.STREET),
    ],
)
def test_a_unit_is_compared_with_those_of_its_kind_and_reach(kind, district, tier, group):
    assert group_of(kind, district, tier) is group


def test_the_interval_is_wilsons():
    # 95 of 100: NIST's formula by hand.
    low, high = Rate(95, 100).interval
    assert (round(low, 4), round(high, 4)) == (0.8882, 0.9785)
    assert Rate(0, 0).interval is None
    assert Rate(10, 10).interval[1] == pytest.approx(1)
    assert Rate(10, 10).compare(0.99) == 0
