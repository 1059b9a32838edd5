"""How much may a day cost, and what happens at the cap; property tests over the whole day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.catalog import KINDS, Channel
from notifications.policy import Caps, Case, Send, Skip, Spent, Wait, day_start, judge

CITY = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=CITY).astimezone(UTC)
TOMORROW = datetime(2026, 11, 25, 7, 0, tzinfo=CITY).astimezone(UTC)
CAPS = Caps(per_person=3, segments_per_day=100)
CASE = Case(KINDS["closed"], Channel.SMS, "13800001234", is_urgent=False, has_opted_out=False)
FULL_PERSON, FULL_DAY = Spent(to_person=3, segments=9), Spent(to_person=0, segments=100)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone


@pytest.mark.parametrize(("spent", "reason"), [(FULL_PERSON, "person_cap"), (FULL_DAY, "spend_cap")])
def test_at_a_cap_an_sms_waits_until_tomorrow_morning(spent, reason):
    assert judge(replace(CASE, spent=spent), NOON, CITY, CAPS) == Wait(TOMORROW, reason)


@pytest.mark.parametrize(("spent", "reason"), [(FULL_PERSON, "person_cap"), (FULL_DAY, "spend_cap")])
def test_at_a_cap_whoever_has_mail_is_told_by_mail(spent, reason):
    case = replace(CASE, spent=spent, has_other_channel=True)
    assert judge(case, NOON, CITY, CAPS) == Skip(reason)


def test_one_below_the_cap_still_goes_out():
    assert judge(replace(CASE, spent=Spent(2, 99)), NOON, CITY, CAPS) == Send()


@pytest.mark.parametrize(("segments", "verdict"), [(1, Send()), (2, Wait(TOMORROW, "spend_cap"))])
def test_an_sms_goes_only_if_all_its_parts_have_room(segments, verdict):
    assert judge(replace(CASE, segments=segments, spent=Spent(2, 99)), NOON, CITY, CAPS) == verdict


def test_a_units_duty_has_no_personal_cap_but_pays_from_the_days_money():
    unit = replace(CASE, kind=KINDS["new_ticket"])
    assert judge(replace(unit, spent=Spent(500, 9)), NOON, CITY, CAPS) == Send()
    assert judge(replace(unit, spent=FULL_DAY), NOON, CITY, CAPS) == Wait(TOMORROW, "spend_cap")


@pytest.mark.parametrize(
    "changes", [{"is_urgent": True}, {"rings_nowhere": True}, {"channel": Channel.EMAIL}]
)
def test_what_is_urgent_or_costs_nothing_knows_no_cap(changes):
    assert judge(replace(CASE, spent=Spent(9, 900), **changes), NOON, CITY, CAPS) == Send()


def test_a_city_without_caps_sends_on():
    assert judge(replace(CASE, spent=Spent(999, 99_999)), NOON, CITY) == Send()


@given(INSTANTS, st.integers(0, 6), st.integers(0, 200), st.booleans())
def test_nothing_that_is_not_urgent_rings_at_night_and_nothing_goes_beyond_a_cap(
    now, to_person, segments, other
):
    case = replace(CASE, spent=Spent(to_person, segments), has_other_channel=other)
    if judge(case, now, CITY, CAPS) == Send():
        assert 7 <= now.astimezone(CITY).hour < 22
        assert to_person < 3
        assert segments < 100


@given(INSTANTS, st.sampled_from([Spent(), FULL_PERSON, FULL_DAY]))
def test_whatever_waits_waits_for_a_morning_within_a_day_and_a_half(now, spent):
    verdict = judge(replace(CASE, spent=spent), now, CITY, CAPS)
    if isinstance(verdict, Wait):
        assert timedelta(0) < verdict.until - now <= timedelta(hours=31)
        assert (verdict.until.astimezone(CITY).hour, verdict.until.minute) == (7, 0)
        assert verdict.until.astimezone(CITY).date() >= now.astimezone(CITY).date()


@given(INSTANTS)
def test_a_message_that_waited_for_the_morning_then_goes_out(now):
    verdict = judge(CASE, now, CITY, CAPS)
    if isinstance(verdict, Wait):
        assert judge(CASE, verdict.until, CITY, CAPS) == Send()


@given(INSTANTS)
def test_the_day_that_is_counted_is_the_citys(now):
    begins = day_start(now, CITY)
    assert timedelta(0) <= now - begins < timedelta(days=1)
    assert begins.astimezone(CITY).time() == datetime.min.time()
