"""What becomes of a wish when its ticket has moved on before anybody decided it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, Timer
from hotline.models.ticket import Request
from hotline.queries.exclusions import list_contested, list_unit_figures
from hotline.queries.ticket_page import load_page
from tests.stories.checker import find_faults
from tests.stories.tale import Tale
from tests.stories.town import found_wide_town
from workflows.definition import SYSTEM, citizen_actor
from workflows.errors import Refused

MORE_TIME: Mapping[str, Any] = {"reason": "配件须从外地调运", "days": 3, "citizen_words": "配件周五到货"}
PLAN: Mapping[str, Any] = {"plan": "列入明年改造", "condition": "资金到位", "review_on": "2026-12-18"}
RATED: Mapping[str, Any] = {"about": "rating", "evidence": "附通话记录"}
LATE: Mapping[str, Any] = {"about": "lateness", "evidence": "停电通知"}
UNREASONABLE: Mapping[str, Any] = {"ground": "beyond_duty", "evidence": "附三定方案"}
ASKED: Mapping[str, Any] = {"missing": "请补充楼栋号", "answer_by": "2026-11-25"}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_wide_town(session))


def refused_code(tale: Tale, who: Any, action: str) -> str:
    with pytest.raises(Refused) as refusal, tale.session.begin_nested():
        tale.on_request(who, action)
    tale.session.expire_all()
    return str(refusal.value.code)


def pending(tale: Tale, name: str) -> list[str]:
    wanted = select(Timer.kind).join(Clock, Clock.id == Timer.clock_id)
    mine = (Clock.ticket_id == tale.ticket.id, Clock.name == name, Timer.state == "pending")
    return sorted(tale.session.scalars(wanted.where(*mine)))


def handle_of(tale: Tale) -> Clock:
    own = (Clock.ticket_id == tale.ticket.id, Clock.name == "handle", Clock.assignment_id.is_(None))
    clock = tale.session.scalars(select(Clock).where(*own).order_by(Clock.id.desc())).first()
    assert clock is not None
    return clock


def test_a_return_is_not_granted_while_the_ticket_waits_or_nobody_would_hold_it_afterwards(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    tale.ask_return("handler_housing", "HOUSING").act("dispatcher", "ask_supplement", ASKED)
    assert refused_code(tale, "dispatcher", "approve") == "ticket_not_in_process"
    tale.act("agent", "supplement", {"text": "三单元"}).on_request("dispatcher", "approve")
    assert tale.ticket.state == "to_dispatch"
    assert find_faults(tale.session) == []


def test_a_return_is_not_granted_while_the_ticket_is_suspended(tale):
    tale.to_dispatch().dispatched().ask_return("handler_housing", "HOUSING")
    tale.act(SYSTEM, "suspend", {"review_on": "2026-12-18"})
    assert refused_code(tale, "dispatcher", "approve") == "ticket_not_in_process"
    tale.on_request("dispatcher", "refuse", {"reason": "由贵局牵头"})


def test_what_a_unit_asked_before_it_gave_its_share_back_is_settled_with_it(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    tale.ask("handler_housing", "ask_extension", "HOUSING", MORE_TIME)
    tale.ask("handler_housing", "ask_suspension", "HOUSING", PLAN)
    tale.ask_return("handler_housing", "HOUSING").on_request("dispatcher", "approve")
    found = tale.session.scalars(select(Request).where(Request.ticket_id == tale.ticket.id))
    states = {request.kind: request.state for request in found}
    assert states == {"extension": "cancelled", "suspension": "cancelled", "return": "approved"}
    assert find_faults(tale.session) == []


def test_more_time_granted_while_the_ticket_waits_sets_no_timer_and_is_added_to_the_pause(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    tale.ask("handler_housing", "ask_extension", "HOUSING", MORE_TIME)
    tale.act("dispatcher", "ask_supplement", ASKED).on_request("dispatcher", "approve")
    assert pending(tale, "handle") == []
    assert find_faults(tale.session) == []
    granted = handle_of(tale).due_at
    tale.now += timedelta(days=1)
    tale.act("agent", "supplement", {"text": "三单元"})
    assert handle_of(tale).due_at > granted
    assert pending(tale, "handle") == ["orange", "red", "yellow"]
    assert find_faults(tale.session) == []


def test_no_time_is_granted_for_handling_that_is_over(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    tale.ask("handler_housing", "ask_extension", "HOUSING", MORE_TIME)
    handle_of(tale).stopped_at = tale.now
    tale.session.flush()
    assert refused_code(tale, "dispatcher", "approve") == "clock_not_running"
    tale.on_request("dispatcher", "refuse", {"reason": "已办结"})


def test_a_class_that_gives_no_extension_gives_none_to_a_wish_made_before(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    tale.ask("handler_housing", "ask_extension", "HOUSING", MORE_TIME)
    tale.act("dispatcher", "reclassify", {"urgency": "critical", "reason": "有人被困"})
    assert refused_code(tale, "dispatcher", "approve") == "no_extension"


def test_a_suspension_shows_no_button_while_the_ticket_waits_for_its_citizen(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    tale.ask("handler_housing", "ask_suspension", "HOUSING", PLAN)
    tale.act("dispatcher", "ask_supplement", ASKED)
    assert refused_code(tale, "centre_leader", "approve") == "ticket_not_in_process"
    assert tale.ticket.state == "awaiting_supplement"


def test_reopening_settles_the_wishes_about_the_closing(tale):
    tale.to_call_back().closed()
    tale.ask(citizen_actor(tale.number), "ask_reopening", data={"reason": "又坏了"})
    tale.ask("handler_housing", "ask_exclusion", "HOUSING", UNREASONABLE)
    tale.act("supervisor", "reopen", {"reason": "虚假办结"})
    found = tale.session.scalars(select(Request.state).where(Request.ticket_id == tale.ticket.id))
    assert list(found) == ["cancelled", "cancelled"]
    assert find_faults(tale.session) == []


def test_a_reopened_ticket_counts_again(tale):
    tale.to_call_back().closed()
    tale.ask("handler_housing", "ask_exclusion", "HOUSING", UNREASONABLE)
    tale.on_request("centre_leader", "approve")
    assert tale.ticket.is_excluded
    tale.act("supervisor", "reopen", {"reason": "虚假办结"})
    assert not tale.ticket.is_excluded


def test_a_long_reason_to_reopen_can_be_granted(tale):
    tale.to_call_back().closed()
    tale.ask(citizen_actor(tale.number), "ask_reopening", data={"reason": "电梯又坏了。" * 150})
    tale.on_request("supervisor", "approve")
    assert tale.ticket.state == "in_process"


def test_whoever_asked_in_time_is_reopened_though_the_decision_came_after_the_window(tale):
    tale.to_call_back().closed()
    tale.now += timedelta(days=29)
    tale.ask(citizen_actor(tale.number), "ask_reopening", data={"reason": "又坏了"})
    tale.now += timedelta(days=3)
    tale.on_request("supervisor", "approve")
    assert tale.ticket.state == "in_process"


def upheld(tale: Tale, appeal: Mapping[str, Any]) -> Tale:
    return tale.ask("leader_housing", "ask_appeal", "HOUSING", appeal).on_request("auditor", "approve")


def closed_late(tale: Tale) -> Tale:
    tale.to_dispatch().dispatched()
    tale.now += timedelta(days=9)
    return tale.replied().act("auditor", "approve_reply").closed()


@pytest.mark.parametrize("appeals", [(LATE, RATED), (RATED, LATE)])
def test_an_appeal_upheld_later_leaves_the_earlier_one_standing(tale, appeals):
    closed_late(tale)
    for appeal in appeals:
        upheld(tale, appeal)
    [contested] = list_contested(tale.session, tale.now)
    page = load_page(tale.session, tale.ticket, tale.town["supervisor"], tale.now)
    assert contested.appeal == page.appeal == "满意度评价、超期"
    [housing] = list_unit_figures(tale.session, tale.now - timedelta(days=1))
    assert (housing.on_time, housing.counted_on_time, housing.upheld) == (0, 1, 1)


def test_what_an_appeal_has_settled_is_not_appealed_again(tale):
    upheld(closed_late(tale), LATE)
    with pytest.raises(Refused, match="upheld_already"):
        tale.ask("leader_housing", "ask_appeal", "HOUSING", LATE)
    tale.ask("leader_housing", "ask_appeal", "HOUSING", RATED)


def test_an_appeal_upheld_before_a_reopening_excuses_that_lateness_and_none_to_come(tale):
    upheld(closed_late(tale), LATE).act("supervisor", "reopen", {"reason": "又停了"})
    assert (tale.ticket.appeal_upheld, tale.ticket.is_late) == ("", False)
    tale.now += timedelta(days=9)
    tale.replied().act("auditor", "approve_reply").closed()
    [housing] = list_unit_figures(tale.session, tale.now - timedelta(days=1))
    assert (housing.closed, housing.on_time, housing.counted_on_time) == (1, 0, 0)


def test_a_unit_that_took_over_in_a_later_round_does_not_answer_for_the_lateness_before_it(tale):
    closed_late(tale).act("supervisor", "reopen", {"reason": "又停了"})
    share = tale.share("HOUSING").id
    tale.act("dispatcher", "redirect", {"assignment": share, "unit": "ROADS", "reason": "职责不符"})
    tale.replied("ROADS").act("auditor", "approve_reply").closed()
    assert tale.ticket.is_late
    [roads] = list_unit_figures(tale.session, tale.now - timedelta(days=1))
    assert (roads.closed, roads.on_time) == (1, 1)


def test_a_unit_that_was_late_once_does_not_wash_it_away_by_a_rework_in_time(tale):
    tale.to_dispatch().dispatched()
    tale.now += timedelta(days=9)
    tale.replied().act("auditor", "approve_reply").reworked()
    tale.replied().act("auditor", "approve_reply").closed()
    [housing] = list_unit_figures(tale.session, tale.now - timedelta(days=1))
    assert (housing.closed, housing.on_time) == (1, 0)
