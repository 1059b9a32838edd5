"""Who may do what, when one account holds two roles, a unit is accused, or somebody stands between two others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request
from hotline.services.lifecycle import Command, advance
from tests.stories.checker import find_faults
from tests.stories.tale import Tale
from tests.stories.town import CONTENT_RATING, found_wide_town
from workflows.definition import SYSTEM, Actor, citizen_actor
from workflows.errors import Refused
from workflows.vocabulary import Machine, Role

MORE_TIME: Mapping[str, Any] = {"reason": "配件须从外地调运", "days": 3, "citizen_words": "配件周五到货"}
UNREASONABLE: Mapping[str, Any] = {"ground": "beyond_duty", "evidence": "附三定方案"}
REASON: Mapping[str, Any] = {"reason": "理由不足"}
ASKED: Mapping[str, Any] = {"missing": "请补充楼栋号", "answer_by": "2026-11-25"}
REPORT: Mapping[str, Any] = {"type": "report", "accused": "梧桐区文昌街道办事处城管队员"}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_wide_town(session))


def both(tale: Tale, name: str, *roles: Role) -> Actor:
    """The person with further roles in the same account."""
    return replace(tale.town[name], roles=tale.town[name].roles | frozenset(roles))


def refused_code(tale: Tale, act: Any) -> str:
    with pytest.raises(Refused) as refusal, tale.session.begin_nested():
        act()
    tale.session.expire_all()
    return str(refusal.value.code)


def last_request(tale: Tale) -> Request:
    return tale.session.scalars(select(Request).order_by(Request.id.desc())).first()


def asked_by_the_street(tale: Tale) -> Tale:
    tale.to_dispatch().dispatched("STREET").on_share("handler_street", "sign", "STREET")
    return tale.ask("handler_street", "ask_extension", "STREET", MORE_TIME)


def test_whoever_wrote_the_reply_neither_audits_it_nor_calls_the_citizen_about_it(tale):
    tale.to_dispatch().dispatched().replied()
    auditor = both(tale, "handler_housing", Role.AUDITOR, Role.CALLBACK_AGENT)
    assert refused_code(tale, lambda: tale.act(auditor, "approve_reply")) == "own_work"
    tale.act("auditor", "approve_reply")
    assert refused_code(tale, lambda: tale.act(auditor, "close", CONTENT_RATING)) == "own_work"


def test_whoever_passed_a_wish_on_does_not_decide_it(tale):
    asked_by_the_street(tale).on_request("leader_housing", "endorse")
    decider = both(tale, "leader_housing", Role.DISPATCHER)
    assert refused_code(tale, lambda: tale.on_request(decider, "approve")) == "own_request"
    tale.on_request("dispatcher", "approve")


def test_the_unit_above_may_refuse_what_it_does_not_pass_on(tale):
    asked_by_the_street(tale)
    assert refused_code(tale, lambda: tale.on_request("leader_roads", "refuse", REASON)) != "own_request"
    tale.on_request("leader_housing", "refuse", REASON)
    assert last_request(tale).state == "refused"
    assert ("request_decided", tale.town.unit("STREET"), "sms") in tale.told("refuse")
    assert find_faults(tale.session) == []


def test_the_unit_above_refuses_no_more_once_it_passed_the_wish_on(tale):
    asked_by_the_street(tale).on_request("leader_housing", "endorse")
    refused_code(tale, lambda: tale.on_request("handler_housing", "refuse", REASON))


def test_a_second_extension_is_laid_before_the_leader_who_alone_may_give_it(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    tale.ask("handler_housing", "ask_extension", "HOUSING", MORE_TIME).on_request("dispatcher", "approve")
    first = {who for _, who, _ in tale.told("ask_extension")}
    assert first == {tale.town.user("dispatcher"), tale.town.user("second_dispatcher")}
    tale.ask("handler_housing", "ask_extension", "HOUSING", MORE_TIME)
    both_times = [who for _, who, _ in tale.told("ask_extension")]
    assert sorted(both_times) == sorted([*first, tale.town.user("centre_leader")])


def test_a_ticket_that_ends_while_it_waits_no_longer_waits(tale):
    tale.to_dispatch().dispatched().act("dispatcher", "ask_supplement", ASKED)
    tale.act("agent", "withdraw", {"reason": "已解决", "is_identity_checked": True})
    assert tale.ticket.came_from is None
    assert find_faults(tale.session) == []


def test_a_ticket_withdrawn_in_its_second_round_leaves_the_answer_of_the_first_where_it_is(tale):
    tale.to_call_back().reworked()
    tale.act("agent", "withdraw", {"reason": "已解决", "is_identity_checked": True})
    of_ticket = select(Assignment).where(Assignment.ticket_id == tale.ticket.id).order_by(Assignment.round)
    assert [share.state for share in tale.session.scalars(of_ticket)] == ["replied", "recalled"]
    assert find_faults(tale.session) == []


def test_neither_the_accused_nor_the_unit_over_it_is_given_the_report(tale):
    tale.to_dispatch(**REPORT)
    for unit in ("STREET", "HOUSING"):
        assert refused_code(tale, lambda unit=unit: tale.dispatched(unit)) == "unit_accused"
    tale.dispatched("WATER")


def test_a_report_is_not_merged_into_a_ticket_the_accused_handles(tale):
    tale.to_dispatch().dispatched("STREET")
    master = tale.number
    tale.to_dispatch(**REPORT)
    assert refused_code(tale, lambda: tale.act("dispatcher", "merge", {"master": master})) == "unit_accused"


def test_a_master_is_not_given_to_whom_a_follower_accuses(tale):
    tale.to_dispatch()
    master = tale.number
    tale.to_dispatch(**REPORT).act("dispatcher", "merge", {"master": master})
    tale.number = master
    assert refused_code(tale, lambda: tale.dispatched("STREET")) == "unit_accused"


def test_a_ticket_with_followers_is_not_answered_on_the_telephone(tale):
    tale.register().act("agent", "submit")
    master = tale.number
    tale.to_dispatch().act("dispatcher", "merge", {"master": master})
    tale.number = master
    tale.act("reviewer", "return_intake", {"reason": "请核实地址"})
    answer = {"answer": "已处理", "source": "K-1"}
    assert refused_code(tale, lambda: tale.act("agent", "answer_directly", answer)) == "has_followers"


def test_a_unit_whose_share_was_taken_away_neither_writes_notes_nor_asks_who_called(tale):
    tale.to_dispatch(is_confidential=True).dispatched()
    share = tale.share("HOUSING").id
    tale.ask("handler_housing", "ask_disclosure", data={"purpose": "需上门核实"})
    tale.on_request("security", "approve")
    tale.act("dispatcher", "redirect", {"assignment": share, "unit": "ROADS", "reason": "职责不符"})
    note = {"text": "记录", "visibility": "internal"}
    assert refused_code(tale, lambda: tale.act("handler_housing", "note", note)) == "not_your_unit"
    assert refused_code(tale, lambda: tale.on_request("handler_housing", "view_identity")) == "not_your_unit"


def test_no_order_is_written_about_a_ticket_in_the_archive(tale):
    tale.to_call_back().closed()
    tale.now += timedelta(days=31)
    tale.act(SYSTEM, "archive")
    assert tale.ticket.state == "archived"
    assert refused_code(tale, lambda: tale.issued("HOUSING")) == "not_in_this_state"


def test_a_unit_below_hears_that_the_ticket_was_taken_away(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    below = {"unit": "STREET", "answer_by": "2026-11-25", "advice": "请入户核实"}
    tale.on_share("handler_housing", "sub_dispatch", "HOUSING", below)
    data = {"assignment": tale.share("HOUSING").id, "unit": "ROADS", "reason": "职责不符"}
    tale.act("dispatcher", "redirect", data)
    told = {who for kind, who, _ in tale.told("redirect") if kind == "ticket_recalled"}
    assert told == {tale.town.unit("HOUSING"), tale.town.unit("STREET")}


def test_units_that_passed_the_work_down_or_wait_for_their_leader_hear_of_the_dispute(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS").on_share("handler_housing", "sign", "HOUSING")
    below = {"unit": "STREET", "answer_by": "2026-11-25", "advice": "请入户核实"}
    tale.on_share("handler_housing", "sub_dispatch", "HOUSING", below)
    tale.ticket.return_count = 2
    tale.session.flush()
    tale.act("dispatcher", "raise_dispute", {"reason": "职责交叉"})
    told = {who for kind, who, _ in tale.told("raise_dispute") if kind == "dispute_raised"}
    assert told == {tale.town.unit(code) for code in ("HOUSING", "ROADS", "STREET")}


@pytest.mark.parametrize(
    "extra",
    [
        {"master": "nowhere"},
        {"master": ["a"]},
        {"master": "\x00"},
        {"co_units": 5},
        {"units": 5},
        {"unit": 2**70},
    ],
)
def test_data_an_action_does_not_take_is_named_and_breaks_nothing(tale, extra):
    tale.to_dispatch()
    note = {"text": "记录", "visibility": "internal", **extra}
    assert refused_code(tale, lambda: tale.act("dispatcher", "note", note)) == "invalid_input"


@pytest.mark.parametrize("days", ["9" * 5000, 10**30])
def test_a_number_without_end_is_named_on_its_field(tale, days):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    data = {**MORE_TIME, "days": days}
    assert refused_code(tale, lambda: tale.ask("handler_housing", "ask_extension", "HOUSING", data)) == (
        "invalid_input"
    )


def test_an_order_to_be_answered_at_the_end_of_the_calendar_is_named_on_its_field(tale):
    tale.to_dispatch().dispatched()
    data = {"level": "3", "units": ["HOUSING"], "opinion": "请反馈", "answer_by": "9999-12-31"}
    command = Command(tale.number, "issue", data, None, Machine.ORDER)
    with pytest.raises(Refused) as refusal:
        advance(tale.session, command, tale.town["supervisor"], tale.now)
    assert refusal.value.errors[0].code == "too_late"
    assert tale.session.scalars(select(SupervisionOrder)).all() == []


def test_a_citizen_takes_back_nothing_but_their_own_wish(tale):
    tale.to_call_back().closed()
    tale.ask(citizen_actor(tale.number), "ask_reopening", data={"reason": "又坏了"})
    assert refused_code(tale, lambda: tale.on_request(citizen_actor("YJ1"), "cancel")) == "not_your_ticket"
    tale.on_request(citizen_actor(tale.number), "cancel")
