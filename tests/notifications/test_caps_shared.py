"""Do the caps of a day hold exactly while several workers send, fail and die? On both databases."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from notifications import spending
from notifications.catalog import Channel
from notifications.models import SmsUse, State
from notifications.policy import Caps
from notifications.providers.base import PermanentFailure, TemporaryFailure, UnclearOutcome
from notifications.spending import Use, note_uses
from notifications.worker import send_due
from tests.notifications.samples import MORNING, Clock, ScriptedProvider, message, steady


class Killed(BaseException):
    """A worker's death, as its process would see it."""


@pytest.fixture
def cap(session_factory):
    def choose(**caps):
        with session_factory.begin() as session:
            spending.choose_caps(session, Caps(**caps))

    return choose


@pytest.fixture
def used(session_factory):
    def read():
        with session_factory() as session:
            return {use.message_id: use for use in session.scalars(select(SmsUse))}

    return read


def closed(number: int, **changes):
    """One SMS of one part, to the same telephone unless another is given."""
    return message(key=str(number), kind="closed", order_key=str(number), **changes)


def kill_at(point: str):
    def fault(reached: str) -> None:
        if reached == point:
            raise Killed

    return fault


@pytest.mark.parametrize("caps", [{"per_person": 5}, {"segments_per_day": 5}])
@pytest.mark.parametrize("point", ["after_claim", "before_send", "after_send"])
def test_a_worker_sees_what_another_sent_meanwhile(session_factory, put, cap, used, caps, point):
    cap(**caps)
    put(*(closed(n) for n in range(24)))
    mine, others = ScriptedProvider("mine"), ScriptedProvider("others")

    def fault(reached: str) -> None:
        if reached == point:
            send_due(session_factory, {Channel.SMS: others}, Clock(), 4, steady())

    while send_due(session_factory, {Channel.SMS: mine}, Clock(), 8, steady(fault=fault)):
        pass
    assert others.taken
    assert len(mine.taken) + len(others.taken) == len(used()) == 5


@pytest.mark.parametrize("caps", [{"per_person": 7}, {"segments_per_day": 7}])
def test_workers_side_by_side_send_exactly_what_the_day_allows(session_factory, put, cap, used, rows, caps):
    cap(**caps)
    put(*(closed(n) for n in range(40)))
    provider, start = ScriptedProvider(), threading.Barrier(3)

    def work() -> None:
        start.wait()
        while send_due(session_factory, {Channel.SMS: provider}, Clock(), 5, steady(parallel=3)):
            pass

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len({each.id for each in provider.taken}) == len(provider.taken) == len(used()) == 7
    assert Counter(row.state for row in rows()) == {State.ACCEPTED: 7, State.CREATED: 33}


def test_nothing_is_locked_while_a_provider_is_asked(session_factory, put, cap, provider, send):
    cap(per_person=5, segments_per_day=50)
    put(closed(1), closed(2))

    def look() -> None:
        with session_factory.begin() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("SET LOCAL lock_timeout = '500ms'"))
            spending.hold_caps(session)
            spending.choose_caps(session, Caps(5, 50))

    provider.look = look
    send()
    assert len(provider.taken) == 2


def test_a_killed_workers_message_is_counted_once_and_no_room_is_lost(
    session_factory, put, cap, provider, clock, used, send
):
    cap(per_person=2)
    put(closed(1), closed(2), closed(3))
    with pytest.raises(Killed):
        send(fault=kill_at("after_send"))
    assert len(used()) == 1
    clock.advance(minutes=1)
    while send():
        pass
    # The first one went out twice, as it must; it has one place of the two.
    assert Counter(Counter(each.id for each in provider.taken).values()) == {2: 1, 1: 1}
    assert used().keys() == {each.id for each in provider.taken}


def test_one_killed_before_it_was_sent_keeps_its_place_until_it_is_sent(
    put, cap, provider, clock, used, send
):
    cap(segments_per_day=1)
    put(closed(1), closed(2, address="13800009999"))
    with pytest.raises(Killed):
        send(fault=kill_at("before_send"))
    clock.advance(minutes=1)
    while send():
        pass
    assert used().keys() == {each.id for each in provider.taken}
    assert len(provider.taken) == 1


@pytest.mark.parametrize("failure", [PermanentFailure("bad_number"), TemporaryFailure("busy")])
def test_what_a_provider_did_not_take_gives_its_place_back(put, cap, provider, send, used, failure):
    cap(per_person=1)
    provider.script = [failure]
    put(closed(1))
    send()
    assert used() == {}


def test_what_may_have_been_taken_keeps_its_place_and_takes_no_second(put, cap, provider, clock, send, used):
    cap(per_person=1)
    provider.script = [UnclearOutcome("timeout"), TemporaryFailure("busy")]
    put(closed(1), closed(2))
    send()
    assert len(used()) == 1
    for _ in range(3):
        clock.advance(minutes=3)
        while send():
            pass
        assert len(used()) == 1
    assert used().keys() == {each.id for each in provider.taken}


def test_a_message_of_yesterday_that_goes_again_today_is_todays(put, cap, provider, clock, send, used):
    cap(per_person=1)
    clock.at = MORNING + timedelta(hours=11, minutes=59)  # 21:59 in the city
    provider.script = [UnclearOutcome("timeout")]
    put(closed(1), closed(2))
    send()
    clock.advance(hours=9, minutes=2)
    while send():
        pass
    assert len(provider.taken) == 1
    assert [use.at for use in used().values()] == [clock.at]


def test_a_long_sms_goes_only_if_all_its_parts_have_room(session_factory, put, cap, provider, send, rows):
    cap(segments_per_day=3)
    with session_factory.begin() as session:
        note_uses(session, [Use("earlier", "somebody", False, 2, MORNING)])
    link = f"https://hotline.example/t/{'x' * 60}"
    put(message(key="long", kind="replied", order_key="1", facts={"number": "1", "link": link}))
    put(closed(2, address="13800009999"))
    while send():
        pass
    assert [each.kind for each in provider.taken] == ["closed"]
    assert [row.last_error for row in rows() if row.kind == "replied"] == ["spend_cap"]


def test_the_day_a_batch_finds_full_is_judged_like_any_other(session_factory, put, cap, provider, rows):
    cap(per_person=1)
    put(closed(1), closed(2))
    book = {"citizen:1": {Channel.SMS: "13800001234", Channel.EMAIL: "chen@example.cn"}}
    options = steady(book=lambda _session, _who: book, parallel=2)
    send_due(session_factory, {Channel.SMS: provider}, Clock(), 50, options)
    assert Counter(row.skip_reason for row in rows() if row.channel == "sms") == {None: 1, "person_cap": 1}
