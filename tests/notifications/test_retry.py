"""When is a failed message tried again, and when does a provider rest."""

from datetime import timedelta

import pytest

from notifications.retry import Breaker, Trials, next_attempt_at
from tests.notifications.samples import MORNING


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 0), (2, 30), (3, 120), (4, 300), (5, 600), (6, 600), (20, 600)]
)
def test_the_delays_are_at_once_then_half_a_minute_two_five_and_ten(failures, seconds):
    trials = Trials(failures, MORNING)
    assert next_attempt_at(trials, MORNING) == MORNING + timedelta(seconds=seconds)


@pytest.mark.parametrize(("spread", "seconds"), [(-1.0, 480), (1.0, 720)])
def test_jitter_moves_a_delay_by_a_fifth_at_most(spread, seconds):
    assert next_attempt_at(Trials(5, MORNING), MORNING, spread) == MORNING + timedelta(seconds=seconds)


def test_a_provider_that_asks_for_more_time_gets_it():
    at = next_attempt_at(Trials(1, MORNING), MORNING, retry_after=timedelta(seconds=95))
    assert at == MORNING + timedelta(seconds=95)


def test_a_provider_that_asks_for_less_time_does_not_shorten_the_delay():
    at = next_attempt_at(Trials(4, MORNING), MORNING, retry_after=timedelta(seconds=1))
    assert at == MORNING + timedelta(minutes=5)


def test_one_absurd_header_does_not_kill_a_message():
    at = next_attempt_at(Trials(1, MORNING), MORNING, retry_after=timedelta(days=9))
    assert at == MORNING + timedelta(hours=1)


def test_after_four_hours_a_message_is_given_up():
    now = MORNING + timedelta(hours=3, minutes=51)
    assert next_attempt_at(Trials(28, MORNING), now) is None
    assert next_attempt_at(Trials(28, MORNING), now - timedelta(minutes=1)) is not None


def after(breaker: Breaker, outcomes: str, *, start: float = 0.0, step: float = 1.0) -> Breaker:
    for place, outcome in enumerate(outcomes):
        breaker = breaker.after(start + place * step, is_success=outcome == "+")
    return breaker


def test_five_failures_in_a_row_rest_a_provider_for_half_a_minute():
    breaker = after(Breaker(), "+++-----")
    assert breaker.rest_left(7.0) == 30.0
    assert breaker.rest_left(37.0) == 0.0


def test_half_of_the_last_twenty_rest_a_provider():
    assert after(Breaker(), "-+" * 10).rest_left(20.0) > 0
    assert after(Breaker(), "-++" * 7).rest_left(21.0) == 0


def test_failures_older_than_a_minute_are_forgotten():
    assert after(Breaker(), "-----", step=16.0).rest_left(64.0) == 0


def test_a_resting_provider_is_probed_once_per_rest():
    breaker = after(Breaker(), "-----").asked(40.0)
    assert breaker.rest_left(41.0) > 0
    assert breaker.rest_left(70.0) == 0


def test_one_good_probe_ends_the_rest():
    breaker = after(Breaker(), "-----").asked(40.0).after(41.0, is_success=True)
    assert breaker == Breaker()


def test_one_bad_probe_begins_another_rest():
    breaker = after(Breaker(), "-----").asked(40.0).after(45.0, is_success=False)
    assert breaker.rest_left(45.0) == 30.0
