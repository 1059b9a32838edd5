"""Who is asked next: by shares, by health, and never two at once for one message that may be under way."""

from datetime import timedelta

import pytest

from notifications.catalog import Channel
from notifications.providers.base import NotCarried, Outgoing, TemporaryFailure, UnclearOutcome, Watched
from notifications.providers.routing import Resting, Route, Tried
from tests.notifications.samples import MORNING, Clock, ScriptedProvider

OUTGOING = Outgoing("01a2", "accepted", Channel.SMS, "citizen:1", "13800001234", "1", "text")


@pytest.fixture
def clock():
    return Clock()


def watched(name, clock, *failures):
    return Watched(ScriptedProvider(name=name, script=list(failures)), clock=clock.seconds)


def wear_out(provider, times=5):
    for _ in range(times):
        with pytest.raises(TemporaryFailure):
            provider.send(OUTGOING)


def chosen(route, clock, **tried):
    found = route.choose(Tried("01a2", **tried), clock())
    return found if isinstance(found, Resting) else found.name


def test_shares_decide_who_comes_first_and_a_message_meets_the_same_one_again(clock):
    route = Route([(watched("one", clock), 1.0), (watched("three", clock), 3.0)])
    names = [route.choose(Tried(str(number)), clock()).name for number in range(2000)]
    assert 400 <= names.count("one") <= 600
    assert names == [route.choose(Tried(str(number)), clock()).name for number in range(2000)]


def test_who_failed_last_comes_last(clock):
    route = Route([(watched("a", clock), 1.0), (watched("b", clock), 1.0)])
    assert chosen(route, clock, provider="a") == "b"
    assert chosen(route, clock, provider="b") == "a"


def test_who_rests_is_passed_over_and_when_all_rest_the_shortest_rest_counts(clock):
    a, b = (watched(name, clock, *[TemporaryFailure(code="http_503")] * 5) for name in "ab")
    route = Route([(a, 1.0), (b, 1.0)])
    wear_out(a)
    assert chosen(route, clock) == "b"
    clock.advance(seconds=10)
    wear_out(b)
    assert chosen(route, clock) == Resting(timedelta(seconds=20))
    assert route.rest_left() == timedelta(seconds=20)


def test_what_a_provider_may_have_stays_with_it_for_a_while_and_then_goes_to_the_other(clock):
    a, b = watched("a", clock), watched("b", clock)
    route = Route([(a, 1.0), (b, 1.0)])
    assert chosen(route, clock, provider="a", unclear_since=MORNING) == "a"
    clock.advance(seconds=44)
    assert chosen(route, clock, provider="a", unclear_since=MORNING) == "a"
    clock.advance(seconds=1)
    assert chosen(route, clock, provider="a", unclear_since=MORNING) == "b"


def test_what_a_resting_provider_may_have_waits_no_longer_than_that(clock):
    a = watched("a", clock, *[UnclearOutcome(code="ReadTimeout")] * 5)
    route = Route([(a, 1.0), (watched("b", clock), 1.0)])
    wear_out(a)
    clock.advance(seconds=20)
    assert chosen(route, clock, provider="a", unclear_since=MORNING) == Resting(timedelta(seconds=10))
    assert chosen(route, clock, provider="a", unclear_since=MORNING - timedelta(seconds=20)) == Resting(
        timedelta(seconds=5)
    )


def test_a_wait_the_provider_asks_for_is_a_rest_for_all_and_then_one_tries(clock):
    busy = TemporaryFailure(code="http_429", retry_after=timedelta(seconds=95))
    provider = watched("a", clock, busy)
    wear_out(provider, times=1)
    assert provider.rest_left() == timedelta(seconds=95)
    clock.advance(seconds=95)
    assert provider.is_on_probation
    assert provider.ask_leave() == timedelta(0)
    assert provider.ask_leave() == timedelta(seconds=30)
    provider.send(OUTGOING)
    assert not provider.is_on_probation


def test_a_wait_is_believed_for_an_hour_at_most(clock):
    provider = watched("a", clock, TemporaryFailure(code="http_429", retry_after=timedelta(days=3)))
    wear_out(provider, times=1)
    assert provider.rest_left() == timedelta(hours=1)


def test_what_one_does_not_carry_says_nothing_of_its_health(clock):
    provider = watched("a", clock, *[NotCarried(code="no_template")] * 6)
    wear_out(provider, times=6)
    assert provider.rest_left() == timedelta(0)


def test_half_of_the_last_twenty_failed_is_reason_to_rest(clock):
    failures = [TemporaryFailure(code="http_503"), None] * 10
    provider = watched("a", clock, *failures)
    for wrong in failures[:-1]:
        if wrong is None:
            provider.send(OUTGOING)
        else:
            wear_out(provider, times=1)
    assert provider.rest_left() == timedelta(0)
    provider.send(OUTGOING)
    assert provider.rest_left() == timedelta(seconds=30)
