"""Faults of other systems' deadlines, and how ours stand against each."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline.models.clocks import Clock, Timer
from hotline.models.ticket import Ticket, TicketEvent
from hotline.queries.board import Days, read_figures
from hotline.services.lifecycle import ENGINES
from hotline.services.timers import fire_due
from tests.stories.tale import Tale
from tests.stories.town import CITY, city, found_town
from workflows.definition import SYSTEM, ClockOp, citizen_actor
from workflows.timer_actions import timer_action
from workflows.vocabulary import ClockName, Machine, Role, TicketState, TicketType, TimerKind

# Where a ticket waits for somebody outside, and the clock that ends the waiting.
WAITS = {
    TicketState.AWAITING_SUPPLEMENT: ClockName.SUPPLEMENT,
    TicketState.SUSPENDED: ClockName.SUSPENSION,
    TicketState.TO_CALL_BACK: ClockName.CALLBACK,
    TicketState.CLOSED: ClockName.ARCHIVE,
}


@pytest.fixture
def tale(session) -> Tale:
    return Tale(session, found_town(session))


def promises(tale: Tale) -> dict[str, tuple]:
    found = select(Clock).where(Clock.ticket_id == tale.ticket.id, Clock.stopped_at.is_(None))
    return {
        clock.name: (clock.due_at, clock.original_due_at, clock.yellow_at, clock.orange_at)
        for clock in tale.session.scalars(found)
    }


def test_a_monday_morning_call_counts_as_monday_in_the_citys_zone(tale):
    """Signalen took the weekday from the stored UTC date, so a call before eight on a Monday was Sunday's."""
    tale.now = city("2026-11-23 07:30")
    tale.to_dispatch().dispatched()
    # Sunday's call would count from Monday and be due on Friday; Monday's counts from Tuesday.
    assert promises(tale)["handle"][0] == city("2026-11-30 17:30")


@pytest.mark.parametrize("kind", sorted(TicketType))
def test_every_open_ticket_has_a_moment_by_which_it_is_due(tale, kind):
    """Signalen's old open tickets had no deadline, so they never showed as late."""
    changes = {"accused": "某物业公司"} if kind == TicketType.REPORT else {}
    tale.register(type=kind.value, **changes).act("agent", "submit")
    assert tale.ticket.due_at is not None
    tale.act("reviewer", "approve_intake").dispatched()
    assert tale.ticket.due_at is not None


def test_words_beside_the_work_move_no_promise(tale):
    """CCRS counted escalation from the last change, so any comment put it off."""
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    before = promises(tale)
    tale.now += timedelta(hours=3)
    tale.act("agent", "note", {"text": "诉求人补充说明", "visibility": "citizen"})
    tale.act("supervisor", "urge", {"words": "请尽快办理"})
    tale.act("supervisor", "escalate", {"level": "2", "reason": "领导关注"})
    assert promises(tale) == before


def test_a_note_does_not_restart_the_time_in_which_a_ticket_may_be_reopened(tale):
    """CCRS counted the reopening window from the last change, so a comment opened it again."""
    tale.to_call_back().closed()
    before = promises(tale)
    tale.now += timedelta(days=20)
    tale.act("agent", "note", {"text": "来电致谢", "visibility": "internal"})
    assert promises(tale) == before
    tale.now = before["archive"][0]
    tale.act(SYSTEM, "archive")
    assert tale.ticket.state == "archived"


@pytest.mark.parametrize("state", sorted(WAITS))
def test_whoever_waits_for_somebody_outside_does_not_wait_for_ever(state):
    """Signalen had tickets stuck in "sent" for years, freed by commands that somebody ran by hand."""
    clock = WAITS[TicketState(state)]
    asked = timer_action(clock, TimerKind.RED, is_of_share=False)
    rows = [row for row in ENGINES[Machine.TICKET].workflow.transitions if state in row.sources]
    leads_out = [row for row in rows if row.action == asked.action and Role.SYSTEM in row.roles]
    assert leads_out
    assert all(row.target not in {None, state} for row in leads_out)
    entries = [row for row in ENGINES[Machine.TICKET].workflow.transitions if row.target == state]
    starts = [order.clock for row in entries for order in row.clocks if order.op is ClockOp.START]
    assert clock in starts


def test_a_ticket_without_a_unit_is_pressed_too(session_factory):
    """CCRS skipped unassigned complaints in its escalation for ever."""
    with session_factory.begin() as session:
        tale = Tale(session, found_town(session)).to_dispatch()
        number, late = tale.number, tale.ticket.due_at
        due = select(Timer.due_at).where(Timer.state == "pending", Timer.due_at <= late)
        moments = list(session.scalars(due.order_by(Timer.due_at)))
    for moment in moments:
        fire_due(session_factory, moment)
    with session_factory() as session:
        told = Tale(session, tale.town, number=number).told("mark_overdue")
    assert {kind for kind, _, _ in told} == {"overdue_supervisor"}
    assert {tale.town.user("supervisor"), tale.town.user("dispatcher")} <= {who for _, who, _ in told}


def test_the_oldest_overdue_comes_first_and_none_starves_behind_a_hundred_newer_ones(session_factory):
    """CCRS read the newest hundred of a state at each tick, so the oldest overdue were never reached."""
    with session_factory.begin() as session:
        tale = Tale(session, found_town(session))
        numbers = [tale.register().act("agent", "submit").number for _ in range(110)]
    moment = tale.now + timedelta(days=1)
    fire_due(session_factory, moment, limit=10)
    with session_factory() as session:
        acted = select(Ticket.number).join(TicketEvent).where(TicketEvent.role == "system")
        assert set(session.scalars(acted)) <= set(numbers[:10])
    while fire_due(session_factory, moment, limit=50):
        continue
    with session_factory() as session:
        left = select(Timer.id).where(Timer.state == "pending", Timer.due_at <= moment)
        assert session.scalars(left).all() == []
        marked = select(Ticket.number).join(TicketEvent).where(TicketEvent.action == "mark_overdue")
        assert set(session.scalars(marked)) == set(numbers)


def test_a_reopened_ticket_does_not_count_as_resolved(tale):
    """CCRS counted complaints as resolved that had been reopened."""
    tale.to_call_back().closed()
    days = Days.of(tale.now.astimezone(CITY))
    assert read_figures(tale.session, tale.town["supervisor"], days, tale.now).closed == 1
    tale.act("supervisor", "reopen", {"reason": "电梯又停了"})
    figures = read_figures(tale.session, tale.town["supervisor"], days, tale.now)
    assert (figures.closed, figures.open) == (0, 1)
    assert tale.ticket.closed_at is None


def test_a_citizen_who_is_not_content_leaves_a_trace_that_everybody_reads(tale):
    """FixMyStreet's questionnaire reopened reports with no visible trace, and the council never heard."""
    tale.to_call_back()
    rating = {"solved": "no", "satisfaction": "dissatisfied", "reason": "电梯第二天又停了"}
    tale.act(citizen_actor(tale.number), "rework", rating)
    event = next(event for event in tale.events() if event.action == "rework")
    assert (event.role, event.data["reason"]) == ("citizen", "电梯第二天又停了")
    told = {(kind, who) for kind, who, _ in tale.told("rework")}
    assert {
        ("rework_unit", tale.town.unit("HOUSING")),
        ("supervisor_rework", tale.town.user("supervisor")),
    } <= told
