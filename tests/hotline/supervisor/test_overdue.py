"""Do the lists of 时限督办 hold exactly what is over or soon over, by an independent count of every ticket?"""

from collections import Counter
from datetime import timedelta

import pytest

from hotline.queries import overdue
from hotline.queries.forecast import read_forecast
from hotline.queries.lights import light_of
from hotline.queries.marks import BadCursorError
from hotline.queries.overdue import Wanted, Window
from hotline.queries.overdue_rows import Trees, read_rows
from hotline.queries.trees import category_tree, unit_tree
from hotline.services.calendars import load_calendar
from hotline.services.lifecycle import Command
from hotline.supervisor.overdue_lists import Asked, Moments
from tests.hotline.supervisor.late_city import NOW, LateCity, late_city, on
from tests.hotline.supervisor.small_city import SmallCity
from tests.plans import explained
from workflows.definition import SYSTEM
from workflows.vocabulary import ClockName, Light

ANY = Wanted()
WARNED = {"red", "orange", "yellow"}


@pytest.fixture
def city(session_factory):
    return late_city(session_factory)


@pytest.fixture
def names(city):
    return {number: name for name, number in city.numbers.items()}


def shown(city, names, asked, now=NOW):
    """The names of the tickets of a list, in its order."""
    with city.factory() as session:
        trees = Trees(unit_tree(session), category_tree(session))
        wanted = asked.wanted(trees)
        last = overdue.count_by_unit(session, SYSTEM, wanted, now).last_due_at
        window = Moments.of(load_calendar(session), now).window(asked.view, last)
        found = overdue.find_page(session, SYSTEM, window, (50, None), (wanted, now))
        rows = read_rows(session, found.ids, trees, load_calendar(session), now)
    return [names[row.number] for row in rows]


def test_every_list_holds_what_it_says_and_the_first_to_fall_due_stands_first(city, names):
    assert shown(city, names, Asked(view="red")) == ["a month", "twelve days", "undispatched"]
    assert shown(city, names, Asked(view="soon")) == ["yellow", "orange"]
    assert shown(city, names, Asked(view="today")) == ["yellow", "orange", "today"]
    assert shown(city, names, Asked(view="tomorrow")) == ["tomorrow"]
    assert shown(city, names, Asked()) == [
        "a month",
        "twelve days",
        "undispatched",
        "yellow",
        "orange",
        "today",
    ]


def test_the_counts_by_unit_and_category_equal_a_count_of_every_ticket(city):
    with city.factory() as session:
        by_unit, by_category = overdue.count_both(session, SYSTEM, ANY, NOW)
        assert overdue.count_by_unit(session, SYSTEM, ANY, NOW) == by_unit
    lights = {each.number: str(light_of(each, NOW)) for each in LateCity.tickets(city)}
    warned = [each for each in city.tickets() if lights[each.number] in WARNED]
    for column, found in (("unit_id", by_unit), ("category_id", by_category)):
        wanted = Counter((getattr(each, column), lights[each.number]) for each in warned)
        counted = {
            (row_id, colour): getattr(lit, colour) for row_id, lit in found.by_id.items() for colour in WARNED
        }
        assert {key: count for key, count in counted.items() if count} == dict(wanted)
    assert by_unit.last_due_at == max(each.due_at for each in warned)


def test_the_counts_of_what_falls_due_reach_from_now_to_each_moment(city):
    with city.factory() as session:
        moments = Moments.of(load_calendar(session), NOW)
        steps = [moments.soon, moments.today_ends, moments.tomorrow_ends]
        assert overdue.count_until(session, SYSTEM, ANY, NOW, steps) == [2, 3, 4]


def test_a_unit_means_all_below_it_and_nobody_means_the_centre(city, names):
    below = {"twelve days", "yellow"}
    assert set(shown(city, names, Asked(unit=str(city.unit("JT"))))) == below
    assert set(shown(city, names, Asked(unit=str(city.unit("CG"))))) == below | {"a month", "orange", "today"}
    assert shown(city, names, Asked(unit="0")) == ["undispatched"]
    assert set(shown(city, names, Asked(tier="3"))) == below
    assert shown(city, names, Asked(tier="2", unit=str(city.unit("JT")))) == []


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (Asked(light="orange"), ["orange"]),
        (Asked(light="yellow"), ["yellow", "today"]),
        (Asked(view="tomorrow", light="green"), ["tomorrow"]),
        (Asked(type="help"), ["twelve days"]),
        (Asked(category="9999"), []),
        (Asked(unit="9999"), []),
    ],
)
def test_light_type_and_category_narrow_a_list(city, names, asked, wanted):
    assert shown(city, names, asked) == wanted


def test_pages_follow_one_another_without_gap(city, names):
    window, seen, after = Window(None, NOW), [], None
    with city.factory() as session:
        while True:
            found = overdue.find_page(session, SYSTEM, window, (1, after), (ANY, NOW))
            seen += found.ids
            after = found.next
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 3
        with pytest.raises(BadCursorError):
            overdue.find_page(session, SYSTEM, window, (1, "x"), (ANY, NOW))


def test_a_row_tells_the_promise_the_working_time_and_what_was_done_last(city):
    number = city.numbers["today"]
    city.act("supervisor", Command(number, "urge"), NOW)
    with city.factory() as session:
        trees = Trees(unit_tree(session), category_tree(session))
        found = overdue.find_page(session, SYSTEM, Window(NOW, on(24, 17, 30)), (9, None), (ANY, NOW))
        row = read_rows(session, found.ids, trees, load_calendar(session), NOW)[-1]
    assert (row.number, row.light, row.clock) == (number, Light.YELLOW, ClockName.HANDLE)
    # Two hours before lunch and four after it.
    assert row.worktime == timedelta(hours=6)
    assert (row.unit, row.tier, row.category) == ("梧桐区城管局", 2, "路灯照明")
    assert (row.urge_count, row.extension_count, row.is_unsigned) == (1, 0, True)
    assert (row.last_act, row.last_actor, row.last_at) == ("催办", "督办员 supervisor 的姓名", NOW)


def test_the_forecast_of_a_unit_that_did_three_in_two_and_a_half_hours(session_factory):
    """1.2 an hour reach six of the eight that fall due at 17:30; the two that fall due first are not late."""
    city, eleven = SmallCity(session_factory), on(24, 11)
    for _ in range(3):
        city.replied(on(24, 10))
    waiting = [city.dispatched(on(17)) for _ in range(8)]
    with session_factory() as session:
        forecast = read_forecast(session, SYSTEM, load_calendar(session), eleven)
    [queue] = forecast.queues
    assert (queue.due, queue.done, round(queue.per_hour, 9), queue.late) == (8, 3, 1.2, 2)
    ids = {each.number: each.id for each in LateCity.tickets(city)}
    assert [each.id for each in forecast.late] == [ids[number] for number in waiting[-2:]]
    assert forecast.stretch.ends_at == on(24, 17, 30)


def test_in_the_first_hour_the_pace_is_that_of_the_same_rest_of_the_days_before(session_factory):
    """Seven were handled after nine on one of the five days before, of which seven hours were left each."""
    city = SmallCity(session_factory)
    for minutes in range(7):
        city.replied(on(23, 15, minutes))
    city.replied(on(23, 8, 40))  # before nine: not of the same rest
    city.dispatched(on(17))
    with session_factory() as session:
        forecast = read_forecast(session, SYSTEM, load_calendar(session), on(24, 9))
    [queue] = [each for each in forecast.queues if isinstance(each.queue, int)]
    assert (queue.due, queue.done, queue.per_hour, queue.late) == (1, 0, 7 / 35, 0)


def test_what_waits_for_the_centre_is_forecast_by_its_own_step(city, session_factory):
    late = city.accepted(NOW)
    with session_factory() as session:
        forecast = read_forecast(session, SYSTEM, load_calendar(session), NOW)
    dispatch = next(each for each in forecast.queues if each.queue == "dispatch")
    # Dispatched this morning were the urgent one in the night, the critical one and the one of ten o'clock.
    assert (dispatch.due, dispatch.done) == (1, 2)
    assert {each.queue for each in forecast.queues if isinstance(each.queue, int)} == {
        city.unit("CG"),
        city.unit("JT"),
    }
    assert city.ticket(late).leading_clock == "dispatch"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_lights_are_counted_along_what_is_warned_and_not_along_what_is_open(city, engine):
    with explained(engine, "SELECT tickets") as plans, city.factory() as session:
        overdue.count_both(session, SYSTEM, ANY, NOW)
    read = [plan for plan in plans if "tickets" in plan]
    assert len(read) == 2
    assert all("ix_tickets_running_warn_at" in plan for plan in read)
