"""Clocks and timers as rows: what an order does to them, and what the ticket shows."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, Timer
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.clocks import ClockSubject, follow, list_running, replan_running
from hotline.services.policies import current_policy
from hotline.services.policy_seeds import seed_policy
from workflows.definition import ClockOp, ClockOrder, ClockScope, LimitKind
from workflows.vocabulary import ClockName

CITY = ZoneInfo("Asia/Shanghai")


def city(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


MONDAY = city("2026-11-23 09:12")
DISPATCHED = (
    ClockOrder(ClockOp.STOP, ClockName.DISPATCH),
    ClockOrder(ClockOp.START, ClockName.SIGN, ClockScope.ASSIGNMENT),
    ClockOrder(ClockOp.START_IF_ABSENT, ClockName.CONTACT),
    ClockOrder(ClockOp.START_IF_ABSENT, ClockName.HANDLE),
)
START_DISPATCH = (ClockOrder(ClockOp.START, ClockName.DISPATCH),)
STOP_HANDLE = (ClockOrder(ClockOp.STOP, ClockName.HANDLE),)
REWORK = (ClockOrder(ClockOp.START, ClockName.HANDLE, limit=LimitKind.REWORK),)
PAUSE, RESUME = (ClockOrder(ClockOp.PAUSE),), (ClockOrder(ClockOp.RESUME),)
STOP_ALL = (ClockOrder(ClockOp.STOP_ALL),)


@pytest.fixture
def rules(session: Session) -> Session:
    seed_calendar(session)
    seed_policy(session, datetime(2026, 1, 1, tzinfo=UTC))
    return session


@pytest.fixture
def ticket(rules: Session) -> Ticket:
    made = Ticket(
        number="20261123000001",
        query_code="123456",
        link_token="token",
        link_hash="hash",
        state="to_dispatch",
        type="complaint",
        urgency="ordinary",
        title="路灯不亮",
        content="梧桐区文昌路路灯三天不亮。",
        channel="phone",
        round=1,
        is_hard=False,
        created_at=MONDAY,
    )
    rules.add(made)
    rules.flush()
    return made


@pytest.fixture
def assignment(rules: Session, ticket: Ticket) -> Assignment:
    unit = Unit(code="U1", name="梧桐区城管局")
    rules.add(unit)
    rules.flush()
    made = Assignment(
        ticket_id=ticket.id, unit_id=unit.id, is_main=True, round=1, state="to_sign", created_at=MONDAY
    )
    rules.add(made)
    rules.flush()
    return made


def dispatched(session: Session, ticket: Ticket, assignment: Assignment, at: datetime = MONDAY) -> None:
    ticket.state = "in_process"
    follow(session, ticket, DISPATCHED, ClockSubject((assignment,)), at)


def clock(session: Session, name: str) -> Clock:
    return session.scalars(select(Clock).where(Clock.name == name).order_by(Clock.id.desc())).first()


def timers(session: Session, name: str) -> list[tuple[str, str, int]]:
    found = (
        select(Timer)
        .join(Clock, Clock.id == Timer.clock_id)
        .where(Clock.name == name)
        .order_by(Timer.cycle, Timer.due_at)
        .execution_options(populate_existing=True)
    )
    return [(timer.kind, timer.state, timer.cycle) for timer in session.scalars(found)]


def names(clocks: Iterable[Clock]) -> set[str]:
    return {each.name for each in clocks}


def test_a_submitted_ticket_shows_its_dispatch_clock(rules, ticket):
    follow(rules, ticket, START_DISPATCH, ClockSubject(), MONDAY)
    assert ticket.leading_clock == "dispatch"
    assert ticket.due_at == ticket.original_due_at == MONDAY + timedelta(hours=2)
    assert timers(rules, "dispatch") == [("yellow", "pending", 1), ("red", "pending", 1)]


def test_dispatch_stops_one_clock_and_starts_three(rules, ticket, assignment):
    follow(rules, ticket, START_DISPATCH, ClockSubject(), MONDAY)
    dispatched(rules, ticket, assignment, MONDAY + timedelta(minutes=30))
    assert clock(rules, "dispatch").stopped_at == MONDAY + timedelta(minutes=30)
    assert not clock(rules, "dispatch").is_cancelled
    assert names(list_running(rules, ticket.id)) == {"sign", "contact", "handle"}
    assert {state for _, state, _ in timers(rules, "dispatch")} == {"cancelled"}
    assert (ticket.leading_clock, ticket.due_at) == ("handle", city("2026-11-30 17:30"))
    assert (ticket.yellow_at, ticket.orange_at) == (city("2026-11-27 17:30"), city("2026-11-30 13:30"))


def test_dispatch_tells_the_assignment_by_when_to_sign_answer_and_give_back(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    assert assignment.sign_due_at == city("2026-11-23 14:42")
    assert assignment.due_at == city("2026-11-30 17:30")
    assert assignment.return_until == city("2026-11-24 17:30")


def test_the_policy_is_frozen_when_handling_starts(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    assert ticket.policy_version_id == current_policy(rules, date(2026, 11, 23)).version_id


def test_a_hard_ticket_has_no_window_to_give_it_back(rules, ticket, assignment):
    ticket.is_hard = True
    dispatched(rules, ticket, assignment)
    assert assignment.return_until is None
    assert ticket.due_at == city("2026-12-14 17:30")


def test_praise_promises_no_first_contact(rules, ticket, assignment):
    ticket.type = "praise"
    dispatched(rules, ticket, assignment)
    assert names(list_running(rules, ticket.id)) == {"sign", "handle"}


def test_a_contact_clock_has_a_timer_only_for_its_end(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    assert timers(rules, "contact") == [("red", "pending", 1)]


def test_handling_runs_on_when_the_ticket_is_dispatched_again(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    ticket.state = "to_dispatch"
    follow(rules, ticket, START_DISPATCH, ClockSubject(), MONDAY + timedelta(hours=1))
    assert ticket.leading_clock == "dispatch"
    second = Assignment(
        ticket_id=ticket.id,
        unit_id=assignment.unit_id,
        is_main=True,
        round=1,
        state="to_sign",
        created_at=MONDAY,
    )
    rules.add(second)
    rules.flush()
    dispatched(rules, ticket, second, MONDAY + timedelta(hours=2))
    assert len([each for each in list_running(rules, ticket.id) if each.name == "handle"]) == 1
    assert second.due_at == ticket.due_at == city("2026-11-30 17:30")
    assert clock(rules, "sign").assignment_id == second.id


def test_finishing_in_time_is_kept_as_on_time_and_late_as_late(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    ticket.state = "reply_review"
    follow(rules, ticket, STOP_HANDLE, ClockSubject(), city("2026-11-30 17:30"))
    assert (ticket.handled_at, ticket.is_late) == (city("2026-11-30 17:30"), False)
    assert (ticket.leading_clock, ticket.due_at) == (None, None)
    ticket.state = "in_process"
    follow(rules, ticket, REWORK, ClockSubject(), city("2026-12-01 09:00"))
    follow(rules, ticket, STOP_HANDLE, ClockSubject(), city("2026-12-04 17:31"))
    assert ticket.is_late is True


def test_once_late_a_ticket_stays_late_though_its_rework_was_on_time(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    follow(rules, ticket, STOP_HANDLE, ClockSubject(), city("2026-12-01 09:00"))
    follow(rules, ticket, REWORK, ClockSubject(), city("2026-12-01 10:00"))
    follow(rules, ticket, STOP_HANDLE, ClockSubject(), city("2026-12-01 11:00"))
    assert ticket.is_late is True


def test_rework_takes_its_own_limit_and_replaces_a_running_clock(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    first = clock(rules, "handle")
    follow(rules, ticket, REWORK, ClockSubject(), city("2026-11-25 10:00"))
    assert first.is_cancelled
    again = clock(rules, "handle")
    assert (again.is_rework, again.due_at) == (True, city("2026-11-30 17:30"))
    assert assignment.due_at == again.due_at
    assert ("red", "cancelled", 1) in timers(rules, "handle")


def test_a_pause_silences_the_timers_and_a_resume_sets_the_next_cycle_later(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    follow(rules, ticket, PAUSE, ClockSubject(), city("2026-11-24 14:30"))
    assert ticket.paused_at == city("2026-11-24 14:30")
    assert {state for _, state, _ in timers(rules, "handle")} == {"cancelled"}
    follow(rules, ticket, RESUME, ClockSubject(), city("2026-11-26 09:30"))
    assert ticket.paused_at is None
    assert ticket.due_at == assignment.due_at == city("2026-12-02 14:00")
    assert ticket.original_due_at == city("2026-11-30 17:30")
    assert clock(rules, "handle").paused_seconds == 11.5 * 3600
    assert timers(rules, "handle")[3:] == [
        ("yellow", "pending", 2),
        ("orange", "pending", 2),
        ("red", "pending", 2),
    ]


def test_a_moment_that_no_tick_saw_before_the_pause_is_still_asked_for_afterwards(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    follow(rules, ticket, PAUSE, ClockSubject(), city("2026-12-01 09:00"))
    follow(rules, ticket, RESUME, ClockSubject(), city("2026-12-01 10:00"))
    assert [row for row in timers(rules, "handle") if row[2] == 2] == [
        ("yellow", "pending", 2),
        ("orange", "pending", 2),
        ("red", "pending", 2),
    ]


def test_a_warning_that_fired_before_the_pause_is_not_repeated(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    yellow = rules.scalars(
        select(Timer)
        .join(Clock, Clock.id == Timer.clock_id)
        .where(Clock.name == "handle", Timer.kind == "yellow")
    ).one()
    yellow.state, yellow.fired_at = "fired", city("2026-11-27 17:30:03")
    follow(rules, ticket, PAUSE, ClockSubject(), city("2026-11-30 09:30"))
    follow(rules, ticket, RESUME, ClockSubject(), city("2026-11-30 10:30"))
    assert [kind for kind, _, cycle in timers(rules, "handle") if cycle == 2] == ["orange", "red"]


def test_stopping_all_cancels_promises_but_keeps_the_callback_as_done(rules, ticket):
    ticket.state = "to_call_back"
    orders = (ClockOrder(ClockOp.START, ClockName.CALLBACK), ClockOrder(ClockOp.START, ClockName.HANDLE))
    follow(rules, ticket, orders, ClockSubject(), MONDAY)
    assert (ticket.leading_clock, ticket.due_at) == ("callback", MONDAY + timedelta(days=7))
    follow(rules, ticket, STOP_ALL, ClockSubject(), MONDAY + timedelta(days=1))
    assert list_running(rules, ticket.id) == []
    assert (clock(rules, "callback").is_cancelled, clock(rules, "handle").is_cancelled) == (False, True)
    assert ticket.handled_at is None


def test_recalling_one_assignment_stops_its_clocks_alone(rules, ticket, assignment):
    dispatched(rules, ticket, assignment)
    order = ClockOrder(ClockOp.STOP_ALL, scope=ClockScope.ASSIGNMENT)
    follow(rules, ticket, (order,), ClockSubject((assignment,)), MONDAY)
    assert names(list_running(rules, ticket.id)) == {"contact", "handle"}


def test_a_request_has_a_decision_clock_of_its_own(rules, ticket, assignment):
    request = Request(
        ticket_id=ticket.id,
        assignment_id=assignment.id,
        kind="return",
        state="requested",
        reason="not_our_duty",
        basis="不属城管职责",
        asked_at=MONDAY,
    )
    rules.add(request)
    rules.flush()
    order = ClockOrder(ClockOp.START, ClockName.DECISION, ClockScope.REQUEST)
    follow(rules, ticket, (order,), ClockSubject((assignment,), request), MONDAY)
    assert clock(rules, "decision").request_id == request.id
    assert clock(rules, "decision").due_at == city("2026-11-23 11:12")


def test_a_ticket_made_urgent_before_dispatch_is_laid_out_again(rules, ticket):
    follow(rules, ticket, START_DISPATCH, ClockSubject(), MONDAY)
    ticket.urgency = "critical"
    replan_running(rules, ticket, MONDAY + timedelta(minutes=3))
    assert ticket.due_at == MONDAY + timedelta(minutes=5)
    assert ticket.original_due_at == MONDAY + timedelta(hours=2)
    assert timers(rules, "dispatch")[2:] == [("yellow", "pending", 2), ("red", "pending", 2)]


def test_no_orders_only_refresh_the_leading_clock(rules, ticket):
    follow(rules, ticket, START_DISPATCH, ClockSubject(), MONDAY)
    ticket.state, ticket.outcome = "closed", "rejected"
    follow(rules, ticket, (), ClockSubject(), MONDAY)
    assert ticket.leading_clock is None
