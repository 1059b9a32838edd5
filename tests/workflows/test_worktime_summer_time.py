"""Two thousand clocks at any hour, those of China's six summers with summer time too, on machines of three zones."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.workflows.zones import host_zone
from workflows.counting import CountRule, DayEndRule, StartRule, TimeUnit
from workflows.sla import Limit, Span, SpanUnit, plan
from workflows.worktime import WorkCalendar, office_week

CITY = ZoneInfo("Asia/Shanghai")
# First day and the day it ended on, both from two o'clock in the night, as the State Council set them.
SUMMER_TIME = (
    (date(1986, 5, 4), date(1986, 9, 14)),
    (date(1987, 4, 12), date(1987, 9, 13)),
    (date(1988, 4, 17), date(1988, 9, 11)),
    (date(1989, 4, 16), date(1989, 9, 17)),
    (date(1990, 4, 15), date(1990, 9, 16)),
    (date(1991, 4, 14), date(1991, 9, 15)),
)
HOSTS = ("Asia/Shanghai", "UTC", "America/New_York")
WEEK = office_week((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
THEN = st.datetimes(datetime(1986, 1, 1), datetime(1992, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants naive bounds
NOW = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - same
LIMITS = st.builds(
    Limit,
    st.integers(0, 40),
    st.sampled_from(TimeUnit),
    st.sampled_from(StartRule),
    st.sampled_from(DayEndRule),
    st.none() | st.builds(Span, st.integers(1, 30), st.sampled_from(SpanUnit)),
    st.none() | st.builds(Span, st.integers(1, 30), st.sampled_from(SpanUnit)),
)


def offset(moment: datetime) -> timedelta:
    """How far the city was ahead, by the table alone."""
    for first, last in SUMMER_TIME:
        begins = datetime.combine(first, time(2), UTC) - timedelta(hours=8)
        ends = datetime.combine(last, time(2), UTC) - timedelta(hours=9)
        if begins <= moment < ends:
            return timedelta(hours=9)
    return timedelta(hours=8)


@pytest.mark.parametrize(("first", "last"), SUMMER_TIME, ids=str)
def test_the_city_kept_summer_time_from_two_oclock_to_two_oclock(first, last):
    for day, before, after in ((first, 8, 9), (last, 9, 8)):
        change = datetime.combine(day, time(2), UTC) - timedelta(hours=before)
        moments = (change - timedelta(seconds=1), change)
        assert [moment.astimezone(CITY).utcoffset() for moment in moments] == [
            timedelta(hours=before),
            timedelta(hours=after),
        ]
        assert [offset(moment) for moment in moments] == [timedelta(hours=before), timedelta(hours=after)]


@settings(max_examples=2_000, deadline=None)
@given(THEN | NOW, LIMITS)
@example(datetime(1987, 9, 12, 16, tzinfo=UTC), Limit(0, TimeUnit.MINUTES))
@example(
    datetime(1992, 1, 1, tzinfo=UTC),
    Limit(0, TimeUnit.WORKING_DAYS, StartRule.NEXT_WORKING_DAY, yellow_before=Span(1, SpanUnit.PERCENT)),
)
def test_a_clock_is_laid_out_alike_on_machines_of_every_zone(start, limit):
    planned = []
    for host in HOSTS:
        with host_zone(host):
            calendar = WorkCalendar("Asia/Shanghai", WEEK)
            planned.append(plan(limit, calendar, start))
            planned.append(plan(limit, calendar, start.astimezone(CITY)))
    assert all(each == planned[0] for each in planned)


@given(THEN, st.integers(0, 200))
def test_hours_run_on_and_days_keep_the_time_of_day_when_summer_time_begins_or_ends(start, amount):
    calendar = WorkCalendar("Asia/Shanghai", WEEK)
    assert calendar.add(start, amount, TimeUnit.HOURS, CountRule()) == start + timedelta(hours=amount)
    due = calendar.add(start, amount, TimeUnit.DAYS, CountRule())
    before, after = start + offset(start), due + offset(due)
    # Only a time of day in the hour that summer time skips may come out otherwise.
    assert after - before == timedelta(days=amount) or before.hour == 2
