"""What clocks promise, worked by hand for a week in November 2026."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.counting import DayEndRule, StartRule, TimeUnit
from workflows.policy import Case, LimitClass, Policy, PolicyEntry, Scope, limit_class
from workflows.sla import ClockReading, Limit, Span, SpanUnit, light, pause, plan, replan, resume, shift
from workflows.timer_actions import TIMER_ACTIONS, TimerAction, timer_action
from workflows.vocabulary import ClockName, Light, Machine, TicketType, TimerKind, Urgency
from workflows.worktime import WorkCalendar, office_week

CITY = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar("Asia/Shanghai", office_week((time(8, 30), time(12)), (time(13, 30), time(17, 30))))
FIVE_DAYS = Limit(
    5,
    TimeUnit.WORKING_DAYS,
    StartRule.NEXT_WORKING_DAY,
    DayEndRule.CLOSING,
    Span(1, SpanUnit.WORKING_DAYS),
    Span(4, SpanUnit.WORKING_HOURS),
)
ONE_DAY = Limit(
    1,
    TimeUnit.WORKING_DAYS,
    StartRule.NEXT_WORKING_DAY,
    DayEndRule.CLOSING,
    Span(25, SpanUnit.PERCENT),
)
URGENT = Limit(
    24, TimeUnit.HOURS, yellow_before=Span(25, SpanUnit.PERCENT), orange_before=Span(4, SpanUnit.HOURS)
)
CRITICAL = Limit(
    2, TimeUnit.HOURS, yellow_before=Span(60, SpanUnit.MINUTES), orange_before=Span(30, SpanUnit.MINUTES)
)


def city(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


MONDAY = city("2026-11-23 10:00")


def reading(limit: Limit, at: datetime = MONDAY, **moments: datetime) -> ClockReading:
    planned = plan(limit, CALENDAR, at)
    return ClockReading(planned.started_at, planned.due_at, planned.yellow_at, planned.orange_at, **moments)


@pytest.mark.parametrize(
    ("limit", "due", "yellow", "orange"),
    [
        (FIVE_DAYS, "2026-11-30 17:30", "2026-11-27 17:30", "2026-11-30 13:30"),
        (ONE_DAY, "2026-11-24 17:30", "2026-11-24 15:37:30", None),
        (URGENT, "2026-11-24 10:00", "2026-11-24 04:00", "2026-11-24 06:00"),
        (CRITICAL, "2026-11-23 12:00", "2026-11-23 11:00", "2026-11-23 11:30"),
    ],
)
def test_a_plan_lays_out_the_end_and_the_warnings(limit, due, yellow, orange):
    planned = plan(limit, CALENDAR, MONDAY)
    assert planned.due_at == city(due)
    assert planned.yellow_at == city(yellow)
    assert planned.orange_at == (city(orange) if orange else None)


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        ("2026-11-23 10:59:59", Light.GREEN),
        ("2026-11-23 11:00", Light.YELLOW),
        ("2026-11-23 11:30", Light.ORANGE),
        ("2026-11-23 12:00", Light.RED),
    ],
)
def test_a_running_clock_changes_colour_at_its_moments(now, colour):
    assert light(reading(CRITICAL), city(now)) is colour


def test_a_held_clock_shows_paused_and_a_stopped_one_whether_it_was_on_time():
    late = city("2026-11-25 10:00")
    assert light(reading(CRITICAL, paused_at=MONDAY), late) is Light.PAUSED
    assert light(reading(CRITICAL, stopped_at=city("2026-11-23 12:00")), late) is Light.DONE_ON_TIME
    assert light(reading(CRITICAL, stopped_at=city("2026-11-23 12:00:01")), late) is Light.DONE_LATE


def test_a_pause_moves_the_end_by_working_time_only():
    held = pause(reading(FIVE_DAYS), city("2026-11-24 14:30"))
    running = resume(held, TimeUnit.WORKING_DAYS, CALENDAR, city("2026-11-26 09:30"))
    # 3 h of Tuesday, 7.5 h of Wednesday, 1 h of Thursday.
    assert running.due_at == city("2026-12-02 14:00")
    assert CALENDAR.between(reading(FIVE_DAYS).due_at, running.due_at) == timedelta(hours=11.5)
    assert running.paused_at is None


def test_a_pause_of_a_limit_in_hours_moves_every_moment_by_the_time_elapsed():
    held = pause(reading(URGENT), city("2026-11-23 18:00"))
    running = resume(held, TimeUnit.HOURS, CALENDAR, city("2026-11-24 08:00"))
    assert running.due_at == city("2026-11-25 00:00")
    assert (running.yellow_at, running.orange_at) == (city("2026-11-24 18:00"), city("2026-11-24 20:00"))


def test_a_pause_outside_office_hours_costs_nothing():
    held = pause(reading(FIVE_DAYS), city("2026-11-27 18:00"))
    assert (
        resume(held, TimeUnit.WORKING_DAYS, CALENDAR, city("2026-11-30 08:00")).due_at
        == reading(FIVE_DAYS).due_at
    )


def test_pausing_twice_keeps_the_first_moment_and_resuming_a_running_clock_changes_nothing():
    held = pause(pause(reading(URGENT), MONDAY), city("2026-11-24 09:00"))
    assert held.paused_at == MONDAY
    assert resume(reading(URGENT), TimeUnit.HOURS, CALENDAR, MONDAY) == reading(URGENT)
    stopped = reading(URGENT, stopped_at=MONDAY)
    assert pause(stopped, MONDAY) == stopped


def test_a_pause_that_ends_before_it_began_counts_as_none():
    held = pause(reading(URGENT), city("2026-11-23 12:00"))
    assert resume(held, TimeUnit.HOURS, CALENDAR, city("2026-11-23 11:00")).due_at == reading(URGENT).due_at


@given(
    st.integers(0, 400_000), st.integers(0, 400_000), st.sampled_from([FIVE_DAYS, ONE_DAY, URGENT, CRITICAL])
)
def test_what_is_left_of_a_clock_is_the_same_before_and_after_a_pause(until_pause, length, limit):
    paused_at = MONDAY + timedelta(seconds=until_pause)
    resumed_at = paused_at + timedelta(seconds=length)
    before = reading(limit)
    after = resume(pause(before, paused_at), limit.unit, CALENDAR, resumed_at)

    def left(due: datetime, now: datetime) -> timedelta:
        return CALENDAR.between(now, due) if limit.unit.is_working else due - now

    assert left(after.due_at, resumed_at) == left(before.due_at, paused_at)


def test_a_change_to_a_shorter_class_keeps_the_time_used():
    moved = replan(reading(FIVE_DAYS), URGENT, CALENDAR, city("2026-11-23 16:00"))
    assert moved.due_at == city("2026-11-24 10:00")


def test_a_change_of_class_alone_never_makes_a_ticket_late():
    now = city("2026-11-25 10:00")
    moved = replan(reading(FIVE_DAYS), URGENT, CALENDAR, now)
    assert moved.due_at == city("2026-11-26 10:00")
    assert moved.started_at == MONDAY


def test_a_change_of_class_near_the_end_never_gives_more_time_than_was_promised():
    now = city("2026-11-30 16:00")
    assert replan(reading(FIVE_DAYS), URGENT, CALENDAR, now).due_at == reading(FIVE_DAYS).due_at


def test_a_late_ticket_stays_late_under_a_shorter_class_and_gains_under_a_longer_one():
    now = city("2026-11-25 10:00")
    assert replan(reading(URGENT), CRITICAL, CALENDAR, now).due_at == reading(URGENT).due_at
    assert replan(reading(URGENT), FIVE_DAYS, CALENDAR, now).due_at == reading(FIVE_DAYS).due_at


def test_a_shift_moves_the_end_and_the_warnings_by_the_same_working_time():
    moved = shift(reading(FIVE_DAYS), TimeUnit.WORKING_DAYS, CALENDAR, timedelta(hours=7.5))
    assert (moved.due_at, moved.yellow_at) == (city("2026-12-01 17:30"), city("2026-11-30 17:30"))


@pytest.mark.parametrize(
    ("ticket_type", "urgency", "is_hard", "expected"),
    [
        (TicketType.HELP, Urgency.ORDINARY, False, LimitClass.ORDINARY),
        (TicketType.COMPLAINT, Urgency.ORDINARY, False, LimitClass.ORDINARY),
        (TicketType.REPORT, Urgency.ORDINARY, False, LimitClass.REPORT),
        (TicketType.PRAISE, Urgency.ORDINARY, False, LimitClass.PRAISE),
        (TicketType.COMPLAINT, Urgency.ORDINARY, True, LimitClass.HARD),
        (TicketType.CONSULTATION, Urgency.URGENT, True, LimitClass.URGENT),
        (TicketType.CONSULTATION, Urgency.CRITICAL, False, LimitClass.CRITICAL),
    ],
)
def test_urgency_decides_the_class_before_difficulty_and_type(ticket_type, urgency, is_hard, expected):
    assert limit_class(ticket_type, urgency, is_hard=is_hard) is expected


def test_a_policy_answers_with_the_class_row_then_the_row_for_any_class_then_none():
    urgent, anyone = PolicyEntry(1, URGENT, scope=Scope("urgent")), PolicyEntry(2, FIVE_DAYS)
    policy = Policy(7, 1, {("handle", False): [urgent], ("review", False): [anyone]})
    assert policy.find(ClockName.HANDLE, Case(LimitClass.URGENT)) is urgent
    assert policy.find(ClockName.REVIEW, Case(LimitClass.URGENT)) is anyone
    assert policy.find(ClockName.HANDLE, Case(LimitClass.URGENT), is_rework=True) is None


def test_every_due_moment_with_a_timer_asks_for_its_own_action():
    red = {clock: action for (clock, kind), action in TIMER_ACTIONS.items() if kind is TimerKind.RED}
    assert red.pop(ClockName.SIGN) == TimerAction(Machine.ASSIGNMENT, "sign_overdue")
    assert red.pop(ClockName.CALLBACK) == TimerAction(Machine.TICKET, "close")
    assert red.pop(ClockName.ARCHIVE) == TimerAction(Machine.TICKET, "archive")
    assert red.pop(ClockName.SUPPLEMENT) == TimerAction(Machine.TICKET, "supplement_expired")
    assert red.pop(ClockName.SUSPENSION) == TimerAction(Machine.TICKET, "resume")
    assert red.pop(ClockName.SUPERVISION) == TimerAction(Machine.ORDER, "mark_order_overdue")
    assert red.pop(ClockName.DECISION).action == "mark_decision_overdue"
    assert {action.action for action in red.values()} == {"mark_overdue"}
    assert all(red[clock].data == {"clock": clock} for clock in red)


def test_only_warned_clocks_have_timers_before_they_are_due():
    early = {clock for clock, kind in TIMER_ACTIONS if kind in {TimerKind.YELLOW, TimerKind.ORANGE}}
    assert early == {
        ClockName.DISPATCH,
        ClockName.SIGN,
        ClockName.HANDLE,
        ClockName.REVIEW,
        ClockName.DISPUTE,
        ClockName.SUPERVISION,
    }
    assert TIMER_ACTIONS[ClockName.HANDLE, TimerKind.ORANGE].data == {"clock": "handle", "level": "orange"}


def test_a_shares_own_time_speaks_to_its_unit_and_the_tickets_to_everybody_concerned():
    of_ticket = timer_action(ClockName.HANDLE, TimerKind.RED, is_of_share=False)
    of_share = timer_action(ClockName.HANDLE, TimerKind.RED, is_of_share=True)
    assert (of_ticket.action, of_share.action) == ("mark_overdue", "mark_share_overdue")
    assert timer_action(ClockName.SIGN, TimerKind.RED, is_of_share=True).action == "sign_overdue"
    assert timer_action(ClockName.ARCHIVE, TimerKind.YELLOW, is_of_share=False) is None
