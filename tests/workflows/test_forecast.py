"""What will be late today at today's pace, in numbers worked by hand."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.forecast import late_ones, pace, rest_of_day, rests_before
from workflows.worktime import WorkCalendar, office_week

CITY = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    "Asia/Shanghai",
    office_week((time(8, 30), time(12)), (time(13, 30), time(17, 30))),
    holidays=frozenset({date(2026, 11, 20)}),
)


def tuesday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=CITY)


def saturday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 28, hour, minute, tzinfo=CITY)


def test_a_working_day_lasts_until_the_offices_close_and_counts_office_hours():
    rest = rest_of_day(CALENDAR, tuesday(11))
    assert (rest.ends_at, rest.worked, rest.is_office) == (tuesday(17, 30), timedelta(hours=2.5), True)
    # One hour before lunch and four after it; lunch itself moves nothing on.
    assert rest.hours_until(tuesday(11, 30)) == 0.5
    assert rest.hours_until(tuesday(13)) == 1
    assert rest.hours_until(tuesday(14, 30)) == 2
    assert rest.hours_until(tuesday(23)) == 5


@pytest.mark.parametrize(
    ("now", "since", "hours"),
    [(tuesday(20), tuesday(17, 30), 2.5), (saturday(9), saturday(0), 9)],
)
def test_after_hours_and_on_days_off_it_lasts_until_midnight_round_the_clock(now, since, hours):
    rest = rest_of_day(CALENDAR, now)
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), CITY)
    assert (rest.since, rest.ends_at, rest.is_office) == (since, midnight, False)
    assert rest.worked == timedelta(hours=hours)
    assert rest.hours_until(now + timedelta(hours=3)) == 3


def test_at_the_very_closing_the_office_day_is_over():
    assert not rest_of_day(CALENDAR, tuesday(17, 30)).is_office


@pytest.mark.parametrize(("now", "is_young"), [(tuesday(9, 29), True), (tuesday(9, 30), False)])
def test_before_one_hour_of_office_the_day_says_nothing_of_its_pace(now, is_young):
    assert rest_of_day(CALENDAR, now).is_young is is_young


def test_then_the_same_rest_of_the_five_working_days_before_counts():
    now = tuesday(9)
    pasts = rests_before(CALENDAR, rest_of_day(CALENDAR, now), now)
    # The Friday before was a holiday.
    assert [past.begins.astimezone(CITY).date().day for past in pasts] == [23, 19, 18, 17, 16]
    assert {past.hours for past in pasts} == {7.0}
    assert pasts[0].ends == datetime(2026, 11, 23, 17, 30, tzinfo=CITY)


def test_on_a_day_off_the_five_days_before_count_until_midnight():
    now = saturday(0, 30)
    pasts = rests_before(CALENDAR, rest_of_day(CALENDAR, now), now)
    assert [past.begins.astimezone(CITY).date().day for past in pasts] == [27, 26, 25, 24, 23]
    assert {past.hours for past in pasts} == {23.5}


def test_a_unit_that_does_two_an_hour_reaches_five_of_seven():
    rest = rest_of_day(CALENDAR, tuesday(14, 30))
    dues = [
        tuesday(14, 45),  # half a ticket until then: late
        tuesday(15),  # the first is done at 15:00, to the minute
        tuesday(15, 15),  # the second would be done at 15:30: late
        tuesday(16),  # the second
        tuesday(17, 30),  # third
        tuesday(17, 30),  # fourth
        tuesday(17, 30),  # fifth: 2 an hour reach six by 17:30
    ]
    assert pace(12, 6) == 2
    assert late_ones(dues, 2, rest) == [True, False, True, False, False, False, False]


def test_what_is_more_than_the_rest_of_the_day_can_do_will_be_late():
    rest = rest_of_day(CALENDAR, tuesday(15, 30))
    assert late_ones([tuesday(17, 30)] * 5, 1.5, rest) == [False, False, False, True, True]


def test_who_has_done_nothing_will_be_late_with_everything():
    rest = rest_of_day(CALENDAR, tuesday(15, 30))
    assert late_ones([tuesday(17, 30)] * 2, pace(0, 6), rest) == [True, True]
    assert pace(3, 0) == 0


@given(minutes=st.lists(st.integers(1, 150), max_size=12), per_hour=st.integers(0, 12))
def test_no_faster_pace_ever_makes_more_late_and_nobody_does_more_than_the_pace(minutes, per_hour):
    rest = rest_of_day(CALENDAR, tuesday(15))
    dues = [tuesday(15) + timedelta(minutes=each) for each in sorted(minutes)]
    late = late_ones(dues, per_hour, rest)
    assert late.count(False) <= per_hour * 2.5
    assert sum(late_ones(dues, per_hour + 1, rest)) <= sum(late)
