"""When does a message go out, wait for the morning or stay unsent."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from notifications.catalog import KINDS, Channel
from notifications.policy import Case, Send, Skip, Wait, judge

CITY = ZoneInfo("Asia/Shanghai")
CASE = Case(KINDS["closed"], Channel.SMS, "13800001234", is_urgent=False, has_opted_out=False)


def city(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=CITY).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (city(23, 22), city(24, 7)),
        (city(23, 23, 59, 59), city(24, 7)),
        (city(24, 0), city(24, 7)),
        (city(24, 6, 59, 59), city(24, 7)),
    ],
)
def test_an_sms_waits_through_the_night(at, until):
    assert judge(CASE, at, CITY) == Wait(until)


@pytest.mark.parametrize("at", [city(24, 7), city(24, 12), city(24, 21, 59, 59)])
def test_an_sms_goes_out_by_day(at):
    assert judge(CASE, at, CITY) == Send()


def test_an_urgent_sms_goes_out_at_night():
    assert judge(replace(CASE, is_urgent=True), city(23, 23), CITY) == Send()


def test_the_number_of_a_new_ticket_goes_out_at_night_because_the_citizen_is_waiting_for_it():
    assert judge(replace(CASE, kind=KINDS["accepted"]), city(23, 23), CITY) == Send()


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.MAILBOX])
def test_what_does_not_ring_goes_out_at_night(channel):
    assert judge(replace(CASE, kind=KINDS["overdue"], channel=channel), city(23, 23), CITY) == Send()


def test_a_citizen_who_opted_out_gets_no_sms():
    assert judge(replace(CASE, has_opted_out=True), city(24, 12), CITY) == Skip("opted_out")


def test_a_unit_cannot_opt_out_of_its_duty():
    assert judge(replace(CASE, kind=KINDS["new_ticket"], has_opted_out=True), city(24, 12), CITY) == Send()


def test_a_message_without_an_address_is_skipped_and_says_why():
    assert judge(replace(CASE, address=" "), city(24, 12), CITY) == Skip("no_address")


def test_the_mailbox_needs_no_address():
    case = replace(CASE, kind=KINDS["overdue"], channel=Channel.MAILBOX, address="")
    assert judge(case, city(24, 12), CITY) == Send()


def test_the_in_app_mailbox_stands_for_a_phone_that_rings_nowhere():
    assert judge(replace(CASE, rings_nowhere=True), city(23, 23), CITY) == Send()
