"""Many at once on real connections: one winner, the others told so, and nothing done twice.

RACE_ROUNDS sets how many rounds each race runs; a release asks for hundreds.
"""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Barrier, Thread
from typing import TypeVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.clocks import Timer
from hotline.models.ticket import Assignment, Ticket, TicketEvent
from hotline.services import idempotency
from hotline.services.idempotency import Answer, Asked
from hotline.services.intake import register
from hotline.services.lifecycle import Command, advance
from hotline.services.timers import fire_due
from notifications.catalog import Channel
from notifications.models import Delivery, OutboxMessage, State
from notifications.providers.base import Accepted, Outgoing
from notifications.worker import Options, send_due
from tests.stories.checker import find_faults, find_owed
from tests.stories.tale import Tale
from tests.stories.town import COMPLAINT, CONTENT_RATING, MONDAY, Town, found_town
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine

ROUNDS = int(os.environ.get("RACE_ROUNDS", "2"))
RUNNERS = 8
FAR = MONDAY + timedelta(days=40)
Factory = sessionmaker[Session]
_Result = TypeVar("_Result")


@pytest.fixture
def town(session_factory: Factory) -> Town:
    with session_factory.begin() as session:
        return found_town(session)


def at_once(calls: Sequence[Callable[[], _Result]]) -> list[_Result]:
    """Run the calls on a thread each, all let go at one moment, and give what they returned."""
    barrier, results = Barrier(len(calls)), []

    def run(call: Callable[[], _Result]) -> None:
        barrier.wait()
        results.append(call())

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(calls), "a runner died of something that is no refusal"
    return results


def attempt(factory: Factory, act: Callable[[Session], object]) -> str:
    """Act in a transaction of its own: "done", or the code of the refusal."""
    try:
        with factory.begin() as session:
            act(session)
    except Refused as refusal:
        return str(refusal.code)
    return "done"


def command(town: Town, who: str, asked: Command) -> Callable[[Session], object]:
    return lambda session: advance(session, asked, town[who], MONDAY + timedelta(hours=1))


def told(factory: Factory, tale_of: Callable[[Session], Tale]) -> Ticket:
    with factory.begin() as session:
        return tale_of(session).ticket


def assert_sound(factory: Factory) -> None:
    with factory() as session:
        assert find_faults(session) == []


def test_of_eight_at_one_version_exactly_one_wins_and_seven_write_nothing(session_factory, town):
    for _ in range(ROUNDS):
        ticket = told(session_factory, lambda session: Tale(session, town).to_dispatch())
        data = {"main_unit": "HOUSING"}
        asked = Command(ticket.number, "dispatch", data, version=ticket.version)
        act = command(town, "dispatcher", asked)
        results = at_once([lambda act=act: attempt(session_factory, act)] * RUNNERS)
        assert sorted(results) == ["done"] + [Code.STALE_VERSION] * (RUNNERS - 1)
        with session_factory() as session:
            of_ticket = select(func.count()).where(TicketEvent.ticket_id == ticket.id)
            shares = select(func.count()).where(Assignment.ticket_id == ticket.id)
            assert (session.scalar(of_ticket), session.scalar(shares)) == (ticket.version + 1, 1)
    assert_sound(session_factory)


def test_eight_who_saw_no_version_still_act_one_after_another(session_factory, town):
    for _ in range(ROUNDS):
        with session_factory.begin() as session:
            tale = Tale(session, town).to_dispatch().dispatched()
            asked = Command(tale.number, "sign", {}, None, Machine.ASSIGNMENT, tale.share("HOUSING").id)
        act = command(town, "handler_housing", asked)
        results = at_once([lambda act=act: attempt(session_factory, act)] * RUNNERS)
        assert sorted(results) == ["done"] + [Code.NOT_IN_THIS_STATE] * (RUNNERS - 1)
    assert_sound(session_factory)


def test_dispatch_and_withdrawal_at_once_leave_one_outcome_and_no_unit_at_work(session_factory, town):
    for _ in range(ROUNDS):
        ticket = told(session_factory, lambda session: Tale(session, town).to_dispatch())
        dispatch = Command(ticket.number, "dispatch", {"main_unit": "HOUSING", "co_units": ["ROADS"]})
        withdraw = Command(ticket.number, "withdraw", {"reason": "不再需要", "is_identity_checked": True})
        results = at_once(
            [
                lambda asked=dispatch: attempt(session_factory, command(town, "dispatcher", asked)),
                lambda asked=withdraw: attempt(session_factory, command(town, "agent", asked)),
            ]
        )
        assert sorted(results) in (["done", "done"], ["done", Code.NOT_IN_THIS_STATE])
        with session_factory() as session:
            assert session.get_one(Ticket, ticket.id).outcome == "withdrawn"
    assert_sound(session_factory)


def test_the_last_two_replies_at_once_finish_handling_once(session_factory, town):
    for _ in range(ROUNDS):
        with session_factory.begin() as session:
            tale = Tale(session, town).to_dispatch().dispatched("STREET", "ROADS")
            for unit in ("STREET", "ROADS"):
                tale.on_share(f"handler_{unit.lower()}", "sign", unit)
            reply = {
                "contact": "contacted",
                "result": "resolved",
                "answer": "路面已于今天上午修补并验收完毕。",
            }
            asks = {
                unit: Command(
                    tale.number, "submit_reply", reply, None, Machine.ASSIGNMENT, tale.share(unit).id
                )
                for unit in ("STREET", "ROADS")
            }
        results = at_once(
            [
                lambda unit=unit, asked=asked: attempt(
                    session_factory, command(town, f"handler_{unit.lower()}", asked)
                )
                for unit, asked in asks.items()
            ]
        )
        assert results == ["done", "done"]
    with session_factory() as session:
        actions = list(session.scalars(select(TicketEvent.action)))
        assert actions.count("finish_handling") == ROUNDS
    assert_sound(session_factory)


def test_two_presses_of_one_button_register_one_ticket(session_factory, town):
    for press in range(ROUNDS):
        asked = Asked("user:1", f"key-{press}", idempotency.digest("register"))
        results = at_once([lambda asked=asked: press_once(session_factory, town, asked)] * RUNNERS)
        assert len(set(results)) == 1
        with session_factory() as session:
            assert session.scalar(select(func.count(Ticket.id))) == press + 1
    assert_sound(session_factory)


def press_once(factory: Factory, town: Town, asked: Asked) -> str:
    """What a view does: look the key up, act, keep the answer; a twin that was faster gives its answer."""

    def act(session: Session) -> str:
        known = idempotency.find_answer(session, asked, MONDAY)
        if known is not None:
            return known.location
        number = register(session, COMPLAINT, town["agent"], MONDAY).number
        idempotency.keep_answer(session, asked, Answer(303, location=number), MONDAY)
        return number

    try:
        with factory.begin() as session:
            return act(session)
    except Refused as refusal:
        if refusal.code != Code.TWIN_IN_FLIGHT:
            raise
    with factory.begin() as session:
        return act(session)


def test_three_ticks_at_once_fire_each_timer_once_and_in_order(session_factory, town):
    with session_factory.begin() as session:
        for _ in range(3 * ROUNDS):
            Tale(session, town).to_dispatch().dispatched("HOUSING", "ROADS")
            Tale(session, town).to_call_back()
        waiting = session.scalar(select(func.count(Timer.id)).where(Timer.state == "pending"))
    counts = at_once([lambda: fire_due(session_factory, FAR)] * 3)
    while settled := fire_due(session_factory, FAR):
        counts.append(settled)
    assert sum(counts) >= waiting
    with session_factory() as session:
        assert [owed for owed in find_owed(session, FAR) if owed.startswith("timer")] == []
    assert_sound(session_factory)


def test_a_rating_by_link_and_by_telephone_at_once_close_once(session_factory, town):
    for _ in range(ROUNDS):
        ticket = told(session_factory, lambda session: Tale(session, town).to_call_back())
        asked = Command(ticket.number, "close", CONTENT_RATING)
        act = command(town, "callback", asked)
        results = at_once([lambda act=act: attempt(session_factory, act)] * 2)
        assert sorted(results) == ["done", Code.NOT_IN_THIS_STATE]
    assert_sound(session_factory)


class Ledger:
    """Takes every message and remembers its id."""

    name = "ledger"

    def __init__(self) -> None:
        self.ids: list[str] = []

    def send(self, outgoing: Outgoing) -> Accepted:
        self.ids.append(outgoing.id)
        return Accepted(outgoing.id)


def test_two_workers_at_once_send_each_message_once_and_in_order(session_factory, town):
    with session_factory.begin() as session:
        for _ in range(2 * ROUNDS):
            Tale(session, town).to_call_back().closed()
    ledger = Ledger()
    later = MONDAY + timedelta(hours=1)

    def work(name: str) -> int:
        carriers = dict.fromkeys(Channel, ledger)
        total = 0
        while sent := send_due(session_factory, carriers, lambda: later, 5, Options(owner=name)):
            total += sent
        return total

    at_once([lambda: work("one"), lambda: work("two")])
    work("last")
    with session_factory() as session:
        messages = session.execute(select(OutboxMessage.id, OutboxMessage.state)).all()
        assert sorted(ledger.ids) == sorted(row.id for row in messages)
        assert {row.state for row in messages} == {State.ACCEPTED}
        assert session.scalar(select(func.count(Delivery.id))) == len(messages)
    assert_sound(session_factory)
