"""Due timers: through the door, once each, in order, whoever else is at work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.clocks import Clock, Timer
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Ticket, TicketEvent
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.clocks import ClockSubject, follow
from hotline.services.lifecycle import Command, advance
from hotline.services.policy_seeds import seed_policy
from hotline.services.timers import fire_due
from workflows.definition import SYSTEM, ClockOp, ClockOrder, ClockScope
from workflows.vocabulary import ClockName, Machine

CITY = ZoneInfo("Asia/Shanghai")
Factory = sessionmaker[Session]


def city(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


MONDAY = city("2026-11-23 09:12")
FAR = MONDAY + timedelta(days=40)


def start(clock: ClockName, scope: ClockScope = ClockScope.TICKET) -> ClockOrder:
    return ClockOrder(ClockOp.START, clock, scope)


SIGN = start(ClockName.SIGN, ClockScope.ASSIGNMENT)
HANDLE = start(ClockName.HANDLE)


@pytest.fixture
def city_hall(session_factory: Factory) -> Factory:
    with session_factory.begin() as session:
        seed_calendar(session)
        seed_policy(session, datetime(2026, 1, 1, tzinfo=UTC))
        session.add(Unit(code="U1", name="梧桐区城管局"))
    return session_factory


def new_ticket(factory: Factory, *orders: ClockOrder, number: str = "20261123000001", **facts: str) -> None:
    with factory.begin() as session:
        ticket = Ticket(
            number=number,
            query_code="123456",
            link_token="token",
            link_hash=number,
            **{"state": "in_process", "type": "complaint", "urgency": "ordinary", **facts},
            title="路灯不亮",
            content="梧桐区文昌路路灯三天不亮。",
            channel="phone",
            is_anonymous=True,
            created_at=MONDAY,
        )
        session.add(ticket)
        session.flush()
        unit_id = session.scalars(select(Unit.id)).one()
        assignment = Assignment(
            ticket_id=ticket.id, unit_id=unit_id, is_main=True, round=1, state="to_sign", created_at=MONDAY
        )
        session.add(assignment)
        session.flush()
        follow(session, ticket, orders, ClockSubject((assignment,)), MONDAY)


def events(factory: Factory, number: str = "20261123000001") -> list[tuple[str, str, str]]:
    with factory() as session:
        found = session.scalars(
            select(TicketEvent)
            .join(Ticket, Ticket.id == TicketEvent.ticket_id)
            .where(Ticket.number == number)
            .order_by(TicketEvent.number)
        )
        return [(event.action, event.data.get("clock", ""), event.data.get("level", "")) for event in found]


def states(factory: Factory) -> list[tuple[str, str, str | None]]:
    with factory() as session:
        found = session.scalars(select(Timer).order_by(Timer.due_at, Timer.id))
        return [(timer.kind, timer.state, timer.refusal_code) for timer in found]


def test_nothing_fires_a_moment_early_and_the_warning_fires_when_due(city_hall):
    new_ticket(city_hall, HANDLE)
    yellow = city("2026-11-27 17:30")
    assert fire_due(city_hall, yellow - timedelta(seconds=1)) == 0
    assert fire_due(city_hall, yellow) == 1
    assert events(city_hall) == [("warn", "handle", "yellow")]


def test_a_timer_fires_once_though_the_tick_comes_again_or_the_time_jumps_back(city_hall):
    new_ticket(city_hall, HANDLE)
    yellow = city("2026-11-27 17:30")
    assert [fire_due(city_hall, yellow + timedelta(hours=hours)) for hours in (0, 1, -48, 0)] == [1, 0, 0, 0]
    assert len(events(city_hall)) == 1


def test_after_a_long_downtime_every_moment_is_caught_up_in_due_order(city_hall):
    numbers = [f"2026112300000{n}" for n in range(1, 4)]
    for number in numbers:
        new_ticket(city_hall, HANDLE, number=number)
    # Being overdue sets the timers of the ladder, which are as late and come right behind.
    assert [fire_due(city_hall, FAR) for _ in range(2)] == [18, 0]
    for number in numbers:
        assert events(city_hall, number) == [
            ("warn", "handle", "yellow"),
            ("warn", "handle", "orange"),
            ("mark_overdue", "handle", ""),
            ("escalate", "", "2"),
            ("escalate", "", "3"),
            ("issue", "", "3"),
            ("escalate", "", "4"),
            ("issue", "", "4"),
        ]


def test_a_tick_ends_at_its_limit_with_the_ticket_first_that_waits_longest(city_hall):
    new_ticket(city_hall, HANDLE, number="20261123000001")
    new_ticket(city_hall, SIGN, HANDLE, number="20261123000002")
    assert fire_due(city_hall, FAR, limit=1) == 8
    assert events(city_hall, "20261123000001") == []
    assert fire_due(city_hall, FAR, limit=1) == 6
    assert fire_due(city_hall, FAR, limit=1) == 0


def test_an_unsigned_assignment_is_signed_by_the_system_and_counted_late(city_hall):
    new_ticket(city_hall, SIGN)
    assert fire_due(city_hall, city("2026-11-23 14:42")) == 2
    with city_hall() as session:
        assignment = session.scalars(select(Assignment)).one()
        assert (assignment.state, assignment.is_signed_late) == ("handling", True)
    assert [action for action, _, _ in events(city_hall)] == ["warn_share", "sign_overdue"]


def test_an_unanswered_callback_closes_and_a_closed_ticket_is_archived(city_hall):
    new_ticket(city_hall, start(ClockName.CALLBACK), state="to_call_back")
    assert fire_due(city_hall, MONDAY + timedelta(days=7)) == 1
    with city_hall() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert (ticket.state, ticket.outcome) == ("closed", "unreachable")
    assert fire_due(city_hall, MONDAY + timedelta(days=37)) == 1
    with city_hall() as session:
        assert session.scalars(select(Ticket)).one().state == "archived"


@pytest.mark.parametrize("moment", ["stopped_at", "paused_at"])
def test_a_clock_that_stopped_or_was_held_a_moment_ago_never_fires(city_hall, moment):
    new_ticket(city_hall, HANDLE)
    with city_hall.begin() as session:
        session.execute(update(Clock).values({moment: MONDAY}))
    assert fire_due(city_hall, FAR) == 3
    assert events(city_hall) == []
    assert {state for _, state, _ in states(city_hall)} == {"cancelled"}


def test_a_refused_timer_is_cancelled_with_the_reason_and_never_tried_again(city_hall):
    new_ticket(city_hall, start(ClockName.CALLBACK), state="in_process")
    assert fire_due(city_hall, FAR) == 1
    assert states(city_hall) == [("red", "cancelled", "not_in_this_state")]
    assert fire_due(city_hall, FAR) == 0


def test_a_fault_in_one_ticket_stops_neither_the_others_nor_their_order(city_hall):
    new_ticket(city_hall, HANDLE, number="20261123000001")
    new_ticket(city_hall, HANDLE, number="20261123000002")
    with city_hall.begin() as session:
        first = session.scalars(select(Clock.id).order_by(Clock.id)).first()
        session.execute(
            update(Timer).where(Timer.clock_id == first, Timer.kind == "yellow").values(kind="broken")
        )
    faults = []

    @contextmanager
    def noting() -> Iterator[None]:
        try:
            yield
        except ValueError as fault:
            faults.append(fault)

    assert fire_due(city_hall, FAR, shield=noting) == 6
    assert len(faults) == 3  # of the batch, of the ticket and of the timer
    assert events(city_hall, "20261123000001") == []
    assert len(events(city_hall, "20261123000002")) == 8


def at_once(*calls: Callable[[], object]) -> list[object]:
    barrier, results = Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        barrier.wait()
        results.append(call())

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_four_ticks_at_once_fire_each_timer_once(city_hall):
    numbers = [f"202611230000{n:02}" for n in range(12)]
    for number in numbers:
        new_ticket(city_hall, HANDLE, number=number)
    counts = at_once(*[lambda: fire_due(city_hall, FAR)] * 4)
    assert len(counts) == 4
    assert sum(counts) == 72
    for number in numbers:
        assert [level for _, _, level in events(city_hall, number)] == [
            "yellow",
            "orange",
            "",
            *"23344",
        ]


def test_a_tick_and_a_person_at_the_same_ticket_both_finish_and_leave_one_trail(city_hall):
    numbers = [f"202611230000{n:02}" for n in range(6)]
    for number in numbers:
        new_ticket(city_hall, SIGN, HANDLE, number=number)

    def recall() -> None:
        for number in numbers:
            with city_hall.begin() as session:
                assignment = session.scalars(
                    select(Assignment.id)
                    .join(Ticket, Ticket.id == Assignment.ticket_id)
                    .where(Ticket.number == number)
                ).one()
                command = Command(number, "recall", machine=Machine.ASSIGNMENT, subject_id=assignment)
                advance(session, command, SYSTEM, FAR)

    assert len(at_once(recall, lambda: fire_due(city_hall, FAR), lambda: fire_due(city_hall, FAR))) == 3
    with city_hall() as session:
        assert set(session.scalars(select(Assignment.state))) == {"recalled"}
    fire_due(city_hall, FAR)
    with city_hall() as session:
        owed = select(Timer.kind).where(Timer.state == "pending", Timer.due_at <= FAR)
        assert session.scalars(owed).all() == []
    for number in numbers:
        actions = [action for action, _, _ in events(city_hall, number)]
        assert actions.count("recall") == 1
        assert actions.count("sign_overdue") <= 1
