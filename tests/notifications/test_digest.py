"""Do reminders wait for their recipient's opening, and go out then as one, once, and only while they hold?"""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from notifications import outbox
from notifications.catalog import Channel
from notifications.models import OutboxMessage, State
from notifications.reminders import Why, renew, withdraw
from notifications.render import count_segments
from notifications.worker import send_due
from tests.notifications.samples import FACTS, MORNING, Clock, ScriptedProvider, message, steady

FRIDAY_EVENING = MORNING - timedelta(hours=64)
OPENING = MORNING - timedelta(hours=1, minutes=30)


class WorkerKilled(BaseException):
    """Stands for SIGKILL: nothing in the worker may catch it."""


@pytest.fixture
def clock():
    return Clock(OPENING)


@pytest.fixture
def provider():
    return ScriptedProvider()


@pytest.fixture
def put(session_factory):
    def put_messages(*messages):
        with session_factory() as session, session.begin():
            for one in messages:
                outbox.put(session, one)

    return put_messages


@pytest.fixture
def send(session_factory, provider, clock):
    def send_once(**options):
        return send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady(**options))

    return send_once


@pytest.fixture
def outcomes(session_factory):
    """What became of the messages, as (kind, state, why not)."""

    def read():
        with session_factory() as session:
            rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
            return [(row.kind, row.state, row.skip_reason) for row in rows]

    return read


def reminder(number: str, kind: str = "due_soon", **changes):
    asked = {
        "kind": kind,
        "key": f"{number}:{kind}:{changes.get('recipient', '')}",
        "recipient": "unit:7",
        "facts": {**FACTS, "number": number},
        "subject": number,
        "order_key": f"{number}:unit:7",
        "topic": f"clock:{number}",
        "created_at": FRIDAY_EVENING,
        "not_before": OPENING,
    }
    return message(**{**asked, **changes})


def test_a_reminder_waits_for_the_opening_and_then_goes_as_it_is(put, send, clock, provider, outcomes):
    put(reminder("A1"))
    clock.at = OPENING - timedelta(seconds=1)
    assert send() == 0
    clock.at = OPENING
    assert send() == 1
    assert "A1" in provider.taken[0].text
    assert outcomes() == [("due_soon", State.ACCEPTED, None)]


def test_several_tickets_make_one_message_that_names_the_gravest_first(put, send, provider, outcomes):
    put(reminder("A1"), reminder("A2"), reminder("A3", "overdue"))
    send()
    (sent,) = provider.taken
    assert sent.text == "【12345】上班提醒：您有3件工单需要处理（已超期1项、即将到期2项）：A3、A1、A2。"
    assert outcomes() == [
        ("due_soon", State.SKIPPED, "digested"),
        ("due_soon", State.SKIPPED, "digested"),
        ("overdue", State.SKIPPED, "digested"),
        ("opening_digest", State.ACCEPTED, None),
    ]


def test_of_one_promise_only_the_gravest_is_told(put, send, provider, outcomes):
    put(reminder("A1"), reminder("A1", "overdue"), reminder("A1", key="orange"))
    send()
    assert [sent.kind for sent in provider.taken] == ["overdue"]
    assert [state for _, state, _ in outcomes()] == [State.SKIPPED, State.ACCEPTED, State.SKIPPED]


def test_two_promises_of_one_ticket_are_both_told(put, send, provider, outcomes):
    put(
        reminder("A1", "overdue"),
        reminder("A1", topic="order:1", key="warned"),
        reminder("A1", "order_overdue", topic="order:1"),
    )
    send()
    send()
    assert [sent.kind for sent in provider.taken] == ["overdue", "order_overdue"]
    assert outcomes()[1] == ("due_soon", State.SKIPPED, "digested")


def test_of_several_tickets_each_is_named_once_and_all_its_promises_are_counted(put, send, provider):
    put(
        reminder("A1", "overdue"),
        reminder("A1", "order_overdue", topic="order:1"),
        reminder("A2"),
    )
    send()
    (sent,) = provider.taken
    assert "2件工单需要处理（已超期1项、督办反馈超期1项、即将到期1项）：A1、A2。" in sent.text


def test_a_promise_counts_once_and_as_the_gravest_it_is(put, send, provider):
    put(reminder("A1"), reminder("A1", "overdue"), reminder("A2"))
    send()
    assert "2件工单需要处理（已超期1项、即将到期1项）" in provider.taken[0].text


def test_one_that_stands_for_several_reminders_counts_as_the_gravest_of_them(put, send, provider):
    put(
        reminder("A1", "catch_up", facts={**FACTS, "number": "A1", "gravest": "escalated"}),
        reminder("A2", "catch_up", facts={**FACTS, "number": "A2", "gravest": "due_soon"}),
    )
    send()
    assert "（已提级1项、即将到期1项）：A1、A2" in provider.taken[0].text


def test_a_digest_of_many_names_five_and_fits_in_three_sms(put, send, provider):
    put(*(reminder(f"YJ20261127-{number:05}", "overdue") for number in range(40)))
    send()
    (sent,) = provider.taken
    assert "您有40件" in sent.text
    assert sent.text.count("YJ") == 5
    assert "等。" in sent.text
    assert count_segments(sent.text) <= 3


def test_a_digest_is_in_its_readers_language(put, send, provider):
    put(reminder("A1", language="en"), reminder("A2", "overdue", language="en"))
    send()
    assert provider.taken[0].text == "[12345] On duty: 2 tickets need you (1 overdue, 1 due soon): A2, A1."


def test_each_recipient_has_a_message_of_their_own(put, send, provider):
    put(*(reminder(number, recipient=f"unit:{unit}") for number in ("A1", "A2") for unit in (7, 8)))
    send()
    assert sorted(sent.recipient for sent in provider.taken) == ["unit:7", "unit:8"]


def test_what_is_held_holds_up_nothing_else(put, send, clock, provider):
    put(reminder("A1"))
    put(message(key="later", order_key="A1:unit:7", created_at=FRIDAY_EVENING + timedelta(hours=1)))
    clock.at = FRIDAY_EVENING + timedelta(hours=2)
    send()
    assert [sent.kind for sent in provider.taken] == ["accepted"]


def test_what_is_over_by_the_opening_is_not_told(put, send, session_factory, provider, outcomes):
    put(reminder("A1"), reminder("A2", "overdue"))
    with session_factory.begin() as session:
        withdraw(session, ["clock:A2"], Why.MOOT)
    send()
    assert [sent.subject for sent in provider.taken] == ["A1"]
    assert outcomes()[1] == ("overdue", State.SKIPPED, "moot")


def test_what_only_stood_still_is_told_when_it_goes_on(put, send, session_factory, clock, provider):
    put(reminder("A1"))
    with session_factory.begin() as session:
        withdraw(session, ["clock:A1"], Why.PAUSED)
    assert send() == 0
    evening, tomorrow = OPENING + timedelta(hours=10), OPENING + timedelta(days=1)
    with session_factory.begin() as session:
        renew(session, ["clock:A1"], lambda _recipient: tomorrow, evening)
    clock.at = evening
    assert send() == 0
    clock.at = tomorrow
    assert send() == 1
    assert [sent.subject for sent in provider.taken] == ["A1"]


def test_what_ended_while_it_stood_still_is_never_told(put, send, session_factory):
    put(reminder("A1"))
    with session_factory.begin() as session:
        withdraw(session, ["clock:A1"], Why.PAUSED)
        withdraw(session, ["clock:A1"], Why.MOOT)
        renew(session, ["clock:A1"], lambda _recipient: OPENING, OPENING)
    assert send() == 0


def test_many_workers_at_once_send_one_digest(put, session_factory, clock, outcomes):
    put(*(reminder(f"A{number:02}") for number in range(20)))
    provider, barrier = ScriptedProvider(), threading.Barrier(4)

    def work():
        barrier.wait()
        while send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady()):
            pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady()):
        pass
    assert [sent.kind for sent in provider.taken] == ["opening_digest"]
    assert {state for kind, state, _ in outcomes() if kind == "due_soon"} == {State.SKIPPED}


def test_a_worker_killed_between_marking_and_writing_loses_nothing(put, send, provider, outcomes):
    put(reminder("A1"), reminder("A2"))

    def killed(point: str) -> None:
        if point == "between_marking_and_writing":
            raise WorkerKilled

    with pytest.raises(WorkerKilled):
        send(fault=killed)
    assert {state for _, state, _ in outcomes()} == {State.CREATED}
    send()
    assert [sent.kind for sent in provider.taken] == ["opening_digest"]


def test_a_worker_that_comes_while_another_folds_leaves_the_group_to_it(put, session_factory, clock, engine):
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    put(reminder("A1"), reminder("A2"))
    with session_factory() as holder, holder.begin():
        first = select(OutboxMessage).order_by(OutboxMessage.id).limit(1).with_for_update()
        assert holder.scalars(first).one()
        provider = ScriptedProvider()
        assert send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady()) == 0
    assert send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady()) == 1
