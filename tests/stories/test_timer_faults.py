"""Each timer fires once, never early and in due order, whatever becomes of clocks and processes."""

import os
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from notifications.catalog import Channel
from notifications.models import OutboxMessage
from tests.stories.checker import find_faults
from tests.stories.timer_campaign import (
    FAR,
    figures,
    jumping_clock,
    populate,
    populate_signed,
    run_after_downtime,
    run_with_jumping_clocks,
    run_with_kills,
)
from tests.stories.timer_figures import TimerFigures

LIVES = int(os.environ.get("KILL_LIVES", "8"))


def most_of_one_ticket(told: Sequence[OutboxMessage], channel: Channel) -> int:
    """How often the person who hears most often of one ticket hears of it by a channel."""
    return max(Counter((row.recipient, row.subject) for row in told if row.channel == channel).values())


def test_no_jump_of_the_clock_makes_a_timer_fire_early_twice_out_of_order_or_never(session_factory, engine):
    populate(session_factory, 500)
    latest = run_with_jumping_clocks(engine, jumping_clock())
    found = figures(session_factory, latest)
    assert found.fired >= 500
    assert found == TimerFigures(found.fired)
    with session_factory() as session:
        assert find_faults(session) == []


def test_after_forty_days_of_downtime_each_timer_fires_once_in_order_and_each_person_hears_once_of_a_ticket(
    session_factory, engine
):
    populate_signed(session_factory, 100)
    with session_factory() as session:
        before = set(session.scalars(select(OutboxMessage.id)))
    run_after_downtime(engine)
    found = figures(session_factory, FAR)
    assert found == TimerFigures(700)
    with session_factory() as session:
        assert find_faults(session) == []
        told = [row for row in session.scalars(select(OutboxMessage)) if row.id not in before]
    assert most_of_one_ticket(told, Channel.SMS) == 1
    assert most_of_one_ticket(told, Channel.MAILBOX) == 1
    assert {row.kind for row in told if row.channel == Channel.SMS} == {"catch_up"}


def test_no_kill_of_three_workers_and_two_schedulers_loses_doubles_or_disorders_a_timer(
    session_factory, engine
):
    populate(session_factory, 300)
    kills = run_with_kills(engine, LIVES)
    assert kills >= LIVES // 2
    found = figures(session_factory, FAR)
    assert found.fired >= 300
    assert found == TimerFigures(found.fired)
    with session_factory() as session:
        assert find_faults(session) == []
