"""Working time: sums worked by hand, and what must hold for every instant."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.zones import host_zone
from workflows.counting import CountRule, DayEndRule, StartRule, TimeUnit
from workflows.worktime import WorkCalendar, office_week

CITY = ZoneInfo("Asia/Shanghai")
WEEK = office_week((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
NEXT_DAY_CLOSING = CountRule(StartRule.NEXT_WORKING_DAY, DayEndRule.CLOSING)
CALENDAR = WorkCalendar(
    "Asia/Shanghai",
    WEEK,
    holidays=frozenset({date(2026, 10, day) for day in range(1, 8)}),
    workdays_in_lieu=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    known_years=frozenset({2026}),
)
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants naive bounds
SECONDS = st.integers(0, 30 * 27_000)
RULES = st.builds(CountRule, st.sampled_from(StartRule), st.sampled_from(DayEndRule))


def city(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


def test_five_working_days_from_a_monday_end_at_closing_on_the_next_monday():
    due = CALENDAR.add(city("2026-11-23 09:12"), 5, TimeUnit.WORKING_DAYS, NEXT_DAY_CLOSING)
    assert due == city("2026-11-30 17:30")


@pytest.mark.parametrize(
    ("start", "amount", "rule", "due"),
    [
        ("2026-11-23 10:00", 1, CountRule(), "2026-11-24 10:00"),
        ("2026-11-21 10:00", 1, CountRule(), "2026-11-24 08:30"),
        ("2026-11-23 22:00", 1, CountRule(), "2026-11-25 08:30"),
        ("2026-11-23 10:00", 1, CountRule(day_end=DayEndRule.CLOSING), "2026-11-23 17:30"),
        ("2026-11-23 22:00", 1, CountRule(day_end=DayEndRule.CLOSING), "2026-11-24 17:30"),
        ("2026-11-23 10:00", 2, CountRule(StartRule.NEXT_WORKING_DAY), "2026-11-25 10:00"),
        ("2026-11-23 22:00", 1, CountRule(StartRule.NEXT_WORKING_DAY), "2026-11-24 17:30"),
        ("2026-09-30 10:00", 2, NEXT_DAY_CLOSING, "2026-10-09 17:30"),
        ("2026-09-18 10:00", 1, NEXT_DAY_CLOSING, "2026-09-20 17:30"),
        ("2026-11-23 10:00", 0, NEXT_DAY_CLOSING, "2026-11-23 10:00"),
    ],
)
def test_working_days_follow_the_start_and_day_end_rules(start, amount, rule, due):
    assert CALENDAR.add(city(start), amount, TimeUnit.WORKING_DAYS, rule) == city(due)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "rule", "due"),
    [
        ("2026-11-23 11:00", 4, TimeUnit.WORKING_HOURS, CountRule(), "2026-11-23 16:30"),
        ("2026-11-23 16:30", 4, TimeUnit.WORKING_HOURS, CountRule(), "2026-11-24 11:30"),
        ("2026-11-20 18:00", 2, TimeUnit.WORKING_HOURS, CountRule(), "2026-11-23 10:30"),
        (
            "2026-11-20 10:00",
            2,
            TimeUnit.WORKING_HOURS,
            CountRule(StartRule.NEXT_WORKING_DAY),
            "2026-11-23 10:30",
        ),
        ("2026-11-20 18:00", 15, TimeUnit.MINUTES, CountRule(), "2026-11-20 18:15"),
        ("2026-11-20 18:00", 24, TimeUnit.HOURS, CountRule(), "2026-11-21 18:00"),
        ("2026-11-20 18:00", 7, TimeUnit.DAYS, CountRule(), "2026-11-27 18:00"),
        ("2026-11-20 18:00", 7, TimeUnit.DAYS, CountRule(day_end=DayEndRule.CLOSING), "2026-11-28 00:00"),
    ],
)
def test_other_units_run_as_documented(start, amount, unit, rule, due):
    assert CALENDAR.add(city(start), amount, unit, rule) == city(due)


@pytest.mark.parametrize(
    ("end", "amount", "unit", "moment"),
    [
        ("2026-11-30 17:30", 1, TimeUnit.WORKING_DAYS, "2026-11-27 17:30"),
        ("2026-11-30 17:30", 4, TimeUnit.WORKING_HOURS, "2026-11-30 13:30"),
        ("2026-11-30 10:30", 4, TimeUnit.WORKING_HOURS, "2026-11-27 15:30"),
        ("2026-11-30 17:30", 30, TimeUnit.MINUTES, "2026-11-30 17:00"),
        ("2026-11-30 17:30", 6, TimeUnit.DAYS, "2026-11-24 17:30"),
    ],
)
def test_warnings_are_counted_back_from_the_end(end, amount, unit, moment):
    assert CALENDAR.before(city(end), amount, unit) == city(moment)


def test_a_year_without_a_notice_follows_the_week_and_says_so():
    assert CALENDAR.is_workday(date(2027, 10, 1))
    assert not CALENDAR.is_known(date(2027, 10, 1))
    assert CALENDAR.unknown_years(city("2026-12-30 09:00"), city("2027-01-02 09:00")) == [2027]


def test_special_hours_replace_those_of_the_weekday():
    calendar = WorkCalendar("Asia/Shanghai", WEEK, special_hours={date(2026, 11, 23): ((time(9), time(10)),)})
    assert calendar.working_seconds(city("2026-11-23 00:00"), city("2026-11-24 00:00")) == 3600


def test_a_day_of_several_spans_skips_what_lies_between_them():
    hours = ((time(9), time(10)), (time(12), time(13)), (time(20), time()))
    calendar = replace(CALENDAR, special_hours={date(2026, 11, 24): hours})
    assert calendar.add_working(city("2026-11-24 09:30"), 90 * 60) == city("2026-11-24 13:00")
    assert calendar.add_working(city("2026-11-24 12:30"), 4.5 * 3600) == city("2026-11-25 00:00")
    assert calendar.between(city("2026-11-24 00:00"), city("2026-11-25 00:00")) == timedelta(hours=6)


def test_hours_until_midnight_end_with_the_day_and_go_on_where_the_next_one_opens():
    late = replace(CALENDAR, special_hours={date(2026, 11, 24): ((time(22), time()),)})
    due = late.add(city("2026-11-23 10:00"), 1, TimeUnit.WORKING_DAYS, NEXT_DAY_CLOSING)
    assert due == city("2026-11-25 00:00")
    assert late.add_working(city("2026-11-24 23:00"), 2 * 3600) == city("2026-11-25 09:30")


def test_round_the_clock_every_hour_counts_also_on_the_days_of_23_and_25_hours():
    always = WorkCalendar("America/New_York", (((time(), time()),),) * 7, known_years=None)
    for on, hours in ((date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 11, 2), 24)):
        begins = datetime.combine(on, time(), ZoneInfo("America/New_York"))
        ends = datetime.combine(on + timedelta(days=1), time(), ZoneInfo("America/New_York"))
        assert always.between(begins, ends) == timedelta(hours=hours)
        assert always.add_working(begins, hours * 3600) == ends
    assert always.is_known(date(2099, 1, 1))


def test_summer_time_of_1990_moves_the_office_hours_with_the_city():
    # Asia/Shanghai was nine hours ahead from 1990-04-15 to 1990-09-16.
    assert CALENDAR.add(city("1990-04-13 17:00"), 1, TimeUnit.WORKING_HOURS) == datetime(
        1990, 4, 16, 0, tzinfo=UTC
    )
    assert CALENDAR.add(city("1990-07-02 09:00"), 1, TimeUnit.WORKING_DAYS, NEXT_DAY_CLOSING) == datetime(
        1990, 7, 3, 8, 30, tzinfo=UTC
    )
    assert CALENDAR.working_seconds(city("1990-04-14 00:00"), city("1990-04-17 00:00")) == 7.5 * 3600
    assert CALENDAR.add(city("1990-04-14 12:00"), 24, TimeUnit.HOURS) == city("1990-04-15 13:00")


def test_days_keep_the_time_of_day_when_summer_time_begins_and_ends():
    office = WorkCalendar("America/New_York", WEEK)
    zone = ZoneInfo("America/New_York")
    before, after = datetime(2026, 3, 7, 9, 15, tzinfo=zone), datetime(2026, 3, 9, 9, 15, tzinfo=zone)
    assert office.add(before, 2, TimeUnit.DAYS) == after.astimezone(UTC)
    assert office.before(after, 2, TimeUnit.DAYS) == before.astimezone(UTC)
    autumn = datetime(2026, 10, 31, 9, 15, tzinfo=zone)
    assert office.add(autumn, 1, TimeUnit.DAYS) - autumn.astimezone(UTC) == timedelta(hours=25)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.add(datetime(2026, 11, 23), 1, TimeUnit.HOURS)  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize("weekly", [((),) * 7, WEEK[:5], office_week((time(12), time(8)))])
def test_a_calendar_that_never_opens_or_runs_backwards_is_refused(weekly):
    with pytest.raises(ValueError):
        WorkCalendar("Asia/Shanghai", weekly)


def test_negative_lengths_are_refused():
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add(city("2026-11-23 10:00"), -1, TimeUnit.HOURS)
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.add_working(city("2026-11-23 10:00"), -1)


@given(INSTANTS, SECONDS)
def test_adding_working_time_and_measuring_it_are_inverse(start, seconds):
    assert CALENDAR.working_seconds(start, CALENDAR.add_working(start, seconds)) == seconds
    assert CALENDAR.working_seconds(CALENDAR.subtract_working(start, seconds), start) == seconds


@given(INSTANTS, INSTANTS)
def test_measuring_and_adding_come_back_to_the_last_worked_instant(a, b):
    first, last = sorted((a, b))
    worked = CALENDAR.between(first, last)
    back = CALENDAR.add_working(first, worked.total_seconds())
    assert back <= last
    assert CALENDAR.between(back, last) == timedelta()
    assert CALENDAR.between(last, first) == -worked


@given(INSTANTS, INSTANTS, INSTANTS)
def test_working_time_adds_up_over_any_cut(a, b, c):
    first, middle, last = sorted((a, b, c))
    assert CALENDAR.between(first, middle) + CALENDAR.between(middle, last) == CALENDAR.between(first, last)


@given(INSTANTS, INSTANTS, st.integers(0, 40), st.sampled_from(TimeUnit), RULES)
def test_who_starts_later_is_never_due_earlier(a, b, amount, unit, rule):
    first, last = sorted((a, b))
    assert CALENDAR.add(first, amount, unit, rule) <= CALENDAR.add(last, amount, unit, rule)


@given(INSTANTS, st.integers(0, 40), st.sampled_from(TimeUnit), RULES)
def test_a_longer_limit_is_never_due_earlier_and_nothing_is_due_before_it_starts(start, amount, unit, rule):
    assert start <= CALENDAR.add(start, amount, unit, rule) <= CALENDAR.add(start, amount + 1, unit, rule)


@given(INSTANTS, st.integers(1, 40), RULES)
def test_working_days_always_end_while_the_offices_are_open(start, amount, rule):
    due = CALENDAR.add(start, amount, TimeUnit.WORKING_DAYS, rule).astimezone(CITY)
    hours = CALENDAR.hours_on(due.date())
    assert hours
    assert hours[0][0] <= due.time() <= hours[-1][1]


@settings(max_examples=60, deadline=None)
@given(INSTANTS, st.integers(0, 40), st.sampled_from(TimeUnit), RULES)
def test_the_zone_of_the_machine_never_matters(start, amount, unit, rule):
    results = set()
    for zone in ("Asia/Shanghai", "UTC", "America/New_York"):
        with host_zone(zone):
            fresh = WorkCalendar("Asia/Shanghai", WEEK, CALENDAR.holidays, CALENDAR.workdays_in_lieu)
            results.add(fresh.add(start, amount, unit, rule))
            results.add(fresh.add(start.astimezone(CITY), amount, unit, rule))
    assert len(results) == 1
