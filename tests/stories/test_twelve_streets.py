"""Eighth tale: a bureau passes the work to the street below it, which answers, gives back, or loses it again."""

import pytest

from tests.stories.stage import refused
from tests.stories.town import REPLY, RETURN

TASK = {"advice": "请到现场核实停运单元，督促物业维修。", "answer_by": "2026-11-26"}
CHILD_ANSWER = "街道已到场，三单元电梯停运属实，物业已约维保单位。"


@pytest.fixture
def number(stage) -> str:
    made = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", made, "HOUSING", "sign")
    return made


def passed_down(stage, number: str) -> None:
    stage.on_share("handler_housing", number, "HOUSING", "sub_dispatch", unit="STREET", **TASK)


def test_the_street_answers_the_bureau_and_the_bureau_answers_the_citizen(stage, number):
    for wrong, code in (("ROADS", "unit_not_below"), ("HOUSING", "unit_not_below")):
        with refused(code):
            stage.on_share("handler_housing", number, "HOUSING", "sub_dispatch", unit=wrong, **TASK)
    with refused("too_late"):
        late = {**TASK, "unit": "STREET", "answer_by": "2026-12-01"}
        stage.on_share("handler_housing", number, "HOUSING", "sub_dispatch", **late)
    assert stage.page("handler_street", number) == ""
    stage.news()
    promised = stage.due(number)
    passed_down(stage, number)
    child = stage.share(number, "STREET")
    assert stage.share(number, "HOUSING").state == "sub_dispatched"
    assert (child.parent_id, child.is_main, child.state) == (
        stage.share(number, "HOUSING").id,
        False,
        "to_sign",
    )
    assert stage.due(number, "sign", "STREET") == "11-23 14:30"
    assert stage.due(number, "handle", "STREET") == "11-27 00:00"
    assert stage.due(number) == promised
    assert stage.news(number) == {("new_ticket", "STREET")}
    assert child.advice == TASK["advice"]
    assert number in stage.found_by("handler_street")

    with refused("not_your_unit", "not_found"):
        stage.on_share("handler_housing", number, "STREET", "sign")
    stage.on_share("handler_street", number, "STREET", "sign")
    stage.on_share(
        "handler_street",
        number,
        "STREET",
        "submit_reply",
        is_confirmed=True,
        **{**REPLY, "answer": CHILD_ANSWER},
    )
    assert (stage.share(number, "STREET").state, stage.share(number, "HOUSING").state) == (
        "replied",
        "handling",
    )
    assert stage.state(number) == "in_process"
    assert stage.news(number) == {("child_replied", "HOUSING")}
    assert CHILD_ANSWER in stage.page("handler_housing", number)
    assert CHILD_ANSWER not in stage.status(number)
    stage.closed(number)
    assert CHILD_ANSWER not in stage.status(number)
    assert REPLY["answer"] in stage.status(number)
    stage.end()


def test_the_street_gives_it_back_to_the_bureau_and_not_to_the_centre(stage, number):
    passed_down(stage, number)
    stage.news()
    stage.ask("handler_street", number, "STREET", "return", **RETURN)
    assert stage.news(number) == {("request_to_decide", "HOUSING")}
    with refused("not_your_role", "not_in_this_state"):
        stage.decide("dispatcher", number, "approve")
    stage.decide("handler_housing", number, "approve", reason="由我局直接办理")
    assert (stage.share(number, "STREET").state, stage.share(number, "HOUSING").state) == (
        "returned",
        "handling",
    )
    ticket = stage.ticket(number)
    assert (ticket.state, ticket.return_count, ticket.forbid_return) == ("in_process", 0, False)
    assert {("child_returned", "HOUSING"), ("return_decided", "STREET")} <= stage.news(number)
    assert stage.page("handler_street", number) == ""
    stage.closed(number)
    stage.end()


def test_the_bureau_takes_it_back(stage, number):
    passed_down(stage, number)
    stage.on_share("handler_street", number, "STREET", "sign")
    stage.news()
    with refused("not_in_this_state", "ticket_not_in_process"):
        stage.on_share("handler_housing", number, "HOUSING", "submit_reply", is_confirmed=True, **REPLY)
    stage.on_share("handler_housing", number, "HOUSING", "take_back", reason="局里已派人处理")
    assert (stage.share(number, "STREET").state, stage.share(number, "HOUSING").state) == (
        "recalled",
        "handling",
    )
    assert stage.news(number) == {("ticket_recalled", "STREET")}
    assert stage.clock_of(number, "handle", "STREET").stopped_at == stage.now
    with refused("not_found", "not_in_this_state"):
        stage.on_share("handler_street", number, "STREET", "submit_reply", is_confirmed=True, **REPLY)
    stage.until("2026-11-27 09:00")
    assert "mark_share_overdue" not in stage.actions(number)
    stage.closed(number)
    stage.end()


def test_a_street_that_is_late_is_told_with_the_bureau_above_it_and_the_ticket_is_not_late(stage, number):
    passed_down(stage, number)
    stage.on_share("handler_street", number, "STREET", "sign")
    stage.news()
    stage.until("2026-11-27 08:30")
    told = {("overdue", "STREET"), ("overdue", "leader_street"), ("overdue", "HOUSING")}
    assert told <= stage.news(number)
    assert stage.light(number) in {"green", "yellow"}
    stage.end()
