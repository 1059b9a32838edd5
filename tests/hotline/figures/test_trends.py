"""Is what is usual the same weekdays before, and is only what is far above it called a rise?"""

from datetime import date, timedelta

import pytest

from hotline.models.catalog import Category
from hotline.queries.periods import Period
from hotline.queries.trends import Dimension, is_rise, list_hours, list_rises, read_trend, weekly
from tests.hotline.figures.counted_city import ZONE, add_ticket, on

WEEK = timedelta(days=7)
TUESDAY = date(2026, 11, 24)


def test_a_day_is_compared_with_the_same_weekdays_of_four_weeks(session):
    for weeks, count in ((0, 6), (1, 2), (2, 4), (3, 0), (4, 2)):
        for _ in range(count):
            add_ticket(session, on(11, 24, 0) - weeks * WEEK)
    add_ticket(session, on(11, 24, 0) - timedelta(microseconds=1), type="help")
    add_ticket(session, on(11, 24), state="draft")
    trend = read_trend(session, Period(TUESDAY, TUESDAY, ZONE), Dimension.TYPE, on(11, 25, 0))
    (day,) = trend.days
    assert (day.count, day.usual, day.is_over) == (6, 2.0, True)
    assert [(share.key, share.count, share.change) for share in trend.shares] == [("complaint", 6, "+200%")]


def test_weeks_before_the_first_ticket_do_not_make_what_is_usual_less(session):
    lamps = Category(code="L", name="路灯", path="路灯", level=1)
    session.add(lamps)
    session.flush()
    for weeks, count in ((0, 6), (1, 6), (2, 4)):
        for _ in range(count):
            add_ticket(session, on(11, 24, 9) - weeks * WEEK, category_id=lamps.id)
    add_ticket(session, on(11, 10, 8), state="draft")
    period = Period(TUESDAY - 2 * WEEK, TUESDAY, ZONE)
    trend = read_trend(session, period, Dimension.TYPE, on(11, 25, 0))
    usual = {day.first.astimezone(ZONE).date(): day.usual for day in trend.days}
    told = [usual[TUESDAY - weeks * WEEK] for weeks in (0, 1, 2)]
    # The day of the first ticket itself may have begun late, so it is no week to compare with.
    assert told == [6.0, None, None]
    (share,) = trend.shares
    assert (share.comparable, share.usual, share.change) == (6, 6.0, "+0%")
    nine = list_hours(session, TUESDAY, ZONE, on(11, 25, 0))[9]
    assert (nine.count, nine.usual) == (6, 5.0)
    assert list_rises(session, on(11, 25, 0), timedelta(hours=24)) == []
    (week,) = weekly(trend.days[-7:])
    assert (week.count, week.usual) == (6, 6.0)


def test_a_system_of_its_first_week_calls_nothing_usual_and_nothing_a_rise(session):
    lamps = Category(code="L", name="路灯", path="路灯", level=1)
    session.add(lamps)
    session.flush()
    for _ in range(9):
        add_ticket(session, on(11, 24, 9), category_id=lamps.id)
    trend = read_trend(session, Period(TUESDAY, TUESDAY, ZONE), Dimension.TYPE, on(11, 25, 0))
    assert [day.usual for day in trend.days] == [None]
    assert [(share.comparable, share.usual, share.change) for share in trend.shares] == [(0, None, "—")]
    assert list_hours(session, TUESDAY, ZONE, on(11, 25, 0))[9].usual is None
    assert list_rises(session, on(11, 25, 0), timedelta(hours=24)) == []


def test_a_day_that_is_not_over_is_counted_and_not_compared(session):
    add_ticket(session, on(10, 1), district="梧桐区")
    add_ticket(session, on(11, 23))
    add_ticket(session, on(11, 24))
    period = Period(date(2026, 11, 18), TUESDAY, ZONE)
    trend = read_trend(session, period, Dimension.DISTRICT, on(11, 24, 12))
    assert [day.usual for day in trend.days] == [0.0] * 6 + [None]
    assert [(share.name, share.count, share.comparable) for share in trend.shares] == [("未填写", 2, 1)]
    (week,) = weekly(trend.days)
    assert (week.count, week.usual, week.is_over) == (2, None, False)


def test_hours_are_those_of_the_city_up_to_the_one_that_runs(session):
    add_ticket(session, on(11, 24, 9, 59))
    add_ticket(session, on(11, 17, 9, 0))
    hours = list_hours(session, TUESDAY, ZONE, on(11, 24, 10, 30))
    assert [(len(hours), hours[9].count, hours[9].usual, hours[10].is_over)] == [(11, 1, 1.0, False)]


def test_a_rise_is_told_where_it_happens(session):
    lamps = Category(code="L", name="路灯", path="路灯", level=1)
    noise = Category(code="N", name="噪声", path="噪声", level=1)
    session.add_all([lamps, noise])
    session.flush()
    until = on(11, 24)
    add_ticket(session, on(10, 1))
    for number in range(6):
        add_ticket(session, until - timedelta(hours=1), category_id=lamps.id, district="梧桐区")
        add_ticket(session, until - timedelta(hours=1), category_id=noise.id, district=f"{number % 2} 区")
    add_ticket(session, until, category_id=lamps.id, district="梧桐区")
    rises = list_rises(session, until, timedelta(hours=24))
    assert {(rise.category, rise.district, rise.count) for rise in rises} == {
        ("路灯", "梧桐区", 6),
        ("噪声", "", 6),
    }


@pytest.mark.parametrize(
    ("count", "usual", "is_told"), [(4, 0.0, False), (5, 0.0, True), (110, 100.0, False), (134, 100.0, True)]
)
def test_a_handful_and_what_scatters_by_chance_are_no_rise(count, usual, is_told):
    assert is_rise(count, usual) is is_told
