"""Clocks where several things happen to one ticket: pauses, more time, other classes, lateness."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, Timer
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment
from hotline.services.lifecycle import Command, advance
from tests.stories.checker import find_faults
from tests.stories.tale import Tale
from tests.stories.town import CITY, city, found_wide_town
from workflows.definition import SYSTEM
from workflows.errors import Refused
from workflows.vocabulary import Machine

MORE_TIME: Mapping[str, Any] = {"reason": "配件须从外地调运", "days": 5, "citizen_words": "配件下周到货"}
ASKED: Mapping[str, Any] = {"missing": "请补充楼栋号", "answer_by": "2026-11-27"}
LATE: Mapping[str, Any] = {"clock": "handle"}
BELOW: Mapping[str, Any] = {"unit": "STREET", "answer_by": "2026-11-25", "advice": "请入户核实"}
FAR = city("2026-12-08 10:00")


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_wide_town(session)).to_dispatch().dispatched()


def clock_of(tale: Tale, name: str, share: Assignment | None = None) -> Clock:
    owner = Clock.assignment_id.is_(None) if share is None else Clock.assignment_id == share.id
    wanted = select(Clock).where(Clock.ticket_id == tale.ticket.id, Clock.name == name, owner)
    clock = tale.session.scalars(wanted.order_by(Clock.id.desc())).first()
    assert clock is not None
    return clock


def waiting_steps(tale: Tale) -> list[str]:
    """What the overdue clock still has to climb."""
    mine = (Timer.ticket_id == tale.ticket.id, Timer.state == "pending", Timer.kind.like("level%"))
    return sorted(tale.session.scalars(select(Timer.kind).where(*mine)))


def overdue(tale: Tale) -> Tale:
    tale.on_share("handler_housing", "sign", "HOUSING")
    tale.now = FAR
    red = (
        Timer.ticket_id == tale.ticket.id,
        Timer.clock_id == clock_of(tale, "handle").id,
        Timer.kind == "red",
    )
    timer = tale.session.scalars(select(Timer).where(*red)).one()
    timer.state, timer.fired_at = "fired", FAR
    return tale.act(SYSTEM, "mark_overdue", LATE)


def test_an_overdue_ticket_goes_on_climbing_after_it_waited_for_its_citizen(tale):
    overdue(tale)
    assert waiting_steps(tale) == ["level_2", "level_3", "level_4"]
    tale.act("dispatcher", "ask_supplement", {**ASKED, "answer_by": "2026-12-10"})
    assert waiting_steps(tale) == []
    tale.now += timedelta(days=1)
    tale.act("agent", "supplement", {"text": "三单元"})
    assert waiting_steps(tale) == ["level_2", "level_3", "level_4"]
    tale.act("dispatcher", "ask_supplement", {**ASKED, "answer_by": "2026-12-11"})
    tale.act("agent", "supplement", {"text": "十二楼"})
    assert waiting_steps(tale) == ["level_2", "level_3", "level_4"]


def test_a_late_ticket_put_into_another_class_goes_on_climbing(tale):
    overdue(tale).act("dispatcher", "reclassify", {"urgency": "urgent", "reason": "老人被困"})
    assert waiting_steps(tale) == ["level_2", "level_3", "level_4"]


def test_a_suspended_ticket_holds_every_clock_of_its_units(tale):
    tale.act("dispatcher", "add_co_handler", {"unit": "ROADS", "advice": "请配合"})
    tale.act(SYSTEM, "suspend", {"review_on": "2026-12-18"})
    held = {clock.name: clock.paused_at is not None for clock in running(tale)}
    assert held == {"sign": True, "contact": True, "handle": True, "suspension": False}
    assert find_faults(tale.session) == []
    tale.now += timedelta(days=3)
    tale.act("centre_leader", "resume")
    assert not any(clock.paused_at for clock in running(tale))
    assert tale.share("ROADS").sign_due_at > tale.now
    assert find_faults(tale.session) == []


def running(tale: Tale) -> list[Clock]:
    mine = (Clock.ticket_id == tale.ticket.id, Clock.stopped_at.is_(None))
    return list(tale.session.scalars(select(Clock).where(*mine)))


def test_the_window_to_give_a_share_back_moves_with_the_pause(tale):
    share = tale.share("HOUSING")
    until = share.return_until
    tale.act("dispatcher", "ask_supplement", ASKED)
    tale.now += timedelta(days=2)
    tale.act("agent", "supplement", {"text": "三单元"})
    assert until + timedelta(days=2) <= share.return_until < until + timedelta(days=3)
    tale.ask_return("handler_housing", "HOUSING")


def test_a_window_that_was_over_before_the_pause_stays_over(tale):
    share = tale.share("HOUSING")
    until = share.return_until
    tale.now = city("2026-11-25 10:00")
    tale.act("dispatcher", "ask_supplement", ASKED)
    tale.now += timedelta(days=1)
    tale.act("agent", "supplement", {"text": "三单元"})
    assert share.return_until == until


def test_a_unit_may_sign_what_lies_with_it_while_the_centre_disputes_or_finds_another_main_unit(tale):
    tale.act("dispatcher", "add_co_handler", {"unit": "ROADS", "advice": "请配合"})
    tale.ask_return("handler_housing", "HOUSING").on_request("dispatcher", "approve")
    assert tale.ticket.state == "to_dispatch"
    tale.on_share("handler_roads", "sign", "ROADS")
    assert tale.share("ROADS").is_signed_late is False


def test_another_class_keeps_the_time_the_ticket_was_held(tale):
    tale.act("dispatcher", "ask_supplement", ASKED)
    tale.now += timedelta(days=2)
    tale.act("agent", "supplement", {"text": "三单元"})
    due = clock_of(tale, "handle").due_at
    tale.act("dispatcher", "reclassify", {"type": "suggestion", "reason": "实为建议"})
    # Seven working days from the start instead of five, and what was held once counting had begun.
    assert clock_of(tale, "handle").due_at == due + timedelta(days=2)
    assert find_faults(tale.session) == []


def test_another_class_keeps_the_days_that_were_granted_as_far_as_it_grants_any(tale):
    tale.on_share("handler_housing", "sign", "HOUSING").ask(
        "handler_housing", "ask_extension", "HOUSING", MORE_TIME
    )
    tale.on_request("dispatcher", "approve")
    granted = clock_of(tale, "handle").due_at
    tale.act("dispatcher", "reclassify", {"type": "suggestion", "reason": "实为建议"})
    assert clock_of(tale, "handle").due_at == granted + timedelta(days=2)


def test_a_ticket_put_into_another_class_while_it_waits_has_that_limit_when_it_goes_on(tale):
    tale.act("dispatcher", "ask_supplement", ASKED)
    tale.act("dispatcher", "reclassify", {"urgency": "urgent", "reason": "老人被困"})
    assert clock_of(tale, "handle").paused_at is not None
    assert find_faults(tale.session) == []
    tale.now += timedelta(hours=3)
    tale.act("agent", "supplement", {"text": "三单元"})
    left = clock_of(tale, "handle").due_at - tale.now
    assert timedelta(hours=23) < left < timedelta(hours=24)
    assert find_faults(tale.session) == []


def test_another_class_does_not_touch_the_day_a_unit_chose_for_the_one_below(tale):
    tale.on_share("handler_housing", "sign", "HOUSING").on_share(
        "handler_housing", "sub_dispatch", "HOUSING", BELOW
    )
    child = tale.share("STREET")
    due = clock_of(tale, "handle", child).due_at
    tale.act("dispatcher", "reclassify", {"type": "suggestion", "reason": "实为建议"})
    assert clock_of(tale, "handle", child).due_at == due
    assert child.due_at == due


def test_another_class_leaves_the_decision_of_an_extension_its_own_limit(tale):
    tale.on_share("handler_housing", "sign", "HOUSING").ask(
        "handler_housing", "ask_extension", "HOUSING", MORE_TIME
    )
    decision = tale.session.scalars(select(Clock).where(Clock.name == "decision")).one()
    due = decision.due_at
    tale.act("dispatcher", "reclassify", {"type": "help", "urgency": "ordinary", "reason": "实为求助"})
    assert decision.due_at == due


def passed_down_twice(tale: Tale, answer_by: str) -> Assignment:
    """The street, bound to the 25th, passes its share on to a community below it."""
    tale.session.add(Unit(code="BLOCK", name="文昌社区", tier=3, parent_id=tale.town.units["STREET"]))
    tale.session.flush()
    tale.on_share("handler_housing", "sign", "HOUSING").on_share(
        "handler_housing", "sub_dispatch", "HOUSING", BELOW
    )
    tale.on_share("handler_street", "sign", "STREET")
    order = {"unit": "BLOCK", "answer_by": answer_by, "advice": "请入户核实"}
    tale.on_share("handler_street", "sub_dispatch", "STREET", order)
    newest = select(Assignment).where(Assignment.ticket_id == tale.ticket.id).order_by(Assignment.id.desc())
    child = tale.session.scalars(newest).first()
    assert child is not None
    return child


def test_a_unit_passes_work_on_within_its_own_limit_though_the_ticket_has_more_time(tale):
    with pytest.raises(Refused) as refusal:
        passed_down_twice(tale, "2026-11-26")
    assert [(each.code, each.limit) for each in refusal.value.errors] == [("too_late", "2026-11-25")]


def test_a_unit_may_give_the_one_below_all_the_time_it_has_itself(tale):
    child = passed_down_twice(tale, "2026-11-25")
    assert child.due_at == tale.share("STREET").due_at
    assert find_faults(tale.session) == []


def test_who_is_given_the_last_day_is_due_no_later_than_the_ticket(tale):
    tale.on_share("handler_housing", "sign", "HOUSING")
    last = clock_of(tale, "handle").due_at.astimezone(CITY).date().isoformat()
    tale.on_share("handler_housing", "sub_dispatch", "HOUSING", {**BELOW, "answer_by": last})
    assert tale.share("STREET").due_at == clock_of(tale, "handle").due_at
    assert find_faults(tale.session) == []


def test_what_is_overdue_is_passed_down_for_the_day_that_is_left(tale):
    tale.on_share("handler_housing", "sign", "HOUSING")
    tale.now = clock_of(tale, "handle").due_at + timedelta(hours=16)
    today = tale.now.astimezone(CITY).date()
    late = {**BELOW, "answer_by": (today + timedelta(days=1)).isoformat()}
    with pytest.raises(Refused) as refusal:
        tale.on_share("handler_housing", "sub_dispatch", "HOUSING", late)
    assert [(each.code, each.limit) for each in refusal.value.errors] == [("too_late", today.isoformat())]
    tale.on_share("handler_housing", "sub_dispatch", "HOUSING", {**BELOW, "answer_by": today.isoformat()})
    assert tale.share("STREET").due_at > tale.now
    assert find_faults(tale.session) == []


def test_more_time_for_a_unit_far_below_is_more_time_for_those_over_it(tale):
    child = passed_down_twice(tale, "2026-11-25")
    below = replace(
        tale.town["handler_street"], unit_id=child.unit_id, subtree_unit_ids=frozenset({child.unit_id})
    )
    ask = Command(tale.number, "ask_extension", MORE_TIME, None, Machine.REQUEST, child.id)
    advance(tale.session, ask, below, tale.now)
    tale.on_request("leader_housing", "endorse").on_request("dispatcher", "approve")
    assert child.due_at == tale.share("STREET").due_at > city("2026-11-30 00:00")
    assert find_faults(tale.session) == []
