"""Does what breaks, hangs or dies with one message leave all others alone, and that one only for a while?"""

from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import select, text

from notifications.catalog import Channel
from notifications.models import OutboxMessage, State
from notifications.worker import send_due
from tests.notifications.samples import ACCEPTED, ScriptedProvider, message, steady

LEASE = timedelta(seconds=30)


class WorkerKilled(BaseException):
    """Stands for SIGKILL: nothing in the worker may catch it."""


def test_a_worker_killed_between_sending_and_settling_sends_again_with_the_same_id(
    put, send, provider, clock, rows
):
    def killed(point):
        if point == "after_send":
            raise WorkerKilled(point)

    put(ACCEPTED)
    with pytest.raises(WorkerKilled):
        send(fault=killed)
    assert send() == 0
    clock.at += LEASE
    assert send() == 1
    first, second = provider.taken
    assert first.id == second.id
    assert (rows()[0].state, rows()[0].attempts) == (State.ACCEPTED, 2)


def test_the_rest_of_a_dead_workers_batch_is_not_suspected(put, send, provider, clock, rows):
    def killed(point):
        if point == "after_send":
            raise WorkerKilled(point)

    put(*(message(key=str(number), order_key=str(number)) for number in range(3)))
    with pytest.raises(WorkerKilled):
        send(fault=killed)
    assert [row.crashes for row in rows()] == [1, 0, 0]


class Deadly(ScriptedProvider):
    """Kills whoever sends to one address."""

    def send(self, outgoing):
        if outgoing.address == POISON.address:
            self.asked += 1
            raise WorkerKilled
        return super().send(outgoing)


POISON = message(key="poison", order_key="poison", address="13900000000")


def test_a_message_whose_worker_dies_five_times_is_dead_and_the_others_flow(
    put, session_factory, clock, rows
):
    deadly = Deadly()
    put(POISON, *(message(key=str(number), order_key=str(number)) for number in range(9)))
    for _ in range(5):
        with pytest.raises(WorkerKilled):
            send_due(session_factory, {Channel.SMS: deadly}, clock, 50, steady())
        clock.at += LEASE
    send_due(session_factory, {Channel.SMS: deadly}, clock, 50, steady())
    poison, *others = rows()
    assert (poison.state, poison.last_error, poison.crashes, deadly.asked) == (State.DEAD, "poison", 5, 14)
    assert {row.state for row in others} == {State.ACCEPTED}
    assert len(deadly.taken) == 9


def test_a_message_that_raises_is_dead_after_five_attempts_and_the_others_flow(
    put, send, provider, clock, rows
):
    def breaks():
        if provider.asked != 2:
            raise RuntimeError

    provider.look = breaks
    put(ACCEPTED, message(key="other", order_key="other"))
    for _ in range(12):
        send()
        clock.advance(minutes=11)
    poison, other = rows()
    assert (poison.state, poison.crashes, poison.last_error) == (State.DEAD, 5, "raised_RuntimeError")
    assert other.state == State.ACCEPTED
    assert provider.asked == 6


def test_a_slow_batch_gives_up_what_another_worker_took_meanwhile(
    put, send, provider, clock, session_factory
):
    other = ScriptedProvider(name="other")

    def slow():
        provider.look = None
        clock.at += LEASE
        send_due(session_factory, {Channel.SMS: other}, clock, 50, steady())

    provider.look = slow
    put(ACCEPTED, message(key="other", order_key="other"))
    send()
    assert len(provider.taken) == 1
    assert len(other.taken) == 2


def test_a_message_that_cannot_be_unsealed_is_dead_in_time_and_the_others_flow(
    put, send, provider, clock, rows, session_factory
):
    put(ACCEPTED, message(key="other", order_key="other"))
    with session_factory() as session, session.begin():
        session.execute(
            text("UPDATE outbox_messages SET facts = '1:AAAA' WHERE key = :key"), {"key": ACCEPTED.key}
        )
    for _ in range(8):
        send()
        clock.advance(minutes=11)
    with session_factory() as session:
        states = dict(session.execute(select(OutboxMessage.key, OutboxMessage.state)).all())
    assert states == {ACCEPTED.key: State.DEAD, "other": State.ACCEPTED}
    assert len(provider.taken) == 1


def test_a_lease_is_held_on_to_while_a_send_takes_its_time(put, session_factory, clock):
    lease = timedelta(seconds=0.03)
    seen = []

    def renewed():
        with session_factory() as session:
            return session.scalars(select(OutboxMessage.lease_until)).one() >= clock() + lease

    def slow():
        """Another worker looks when, without the first one's heart, the lease would have run out long ago."""
        for _ in range(3):
            clock.at += lease / 2
            while not renewed():
                Event().wait(0.01)
            seen.append(send_due(session_factory, {Channel.SMS: ScriptedProvider()}, clock, 50, steady()))

    provider = ScriptedProvider(look=slow)
    put(ACCEPTED)
    send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady(parallel=2, lease=lease))
    assert seen == [0, 0, 0]
    assert len(provider.taken) == 1
