"""One ticket from the first word to the end, through nothing but the JSON API and by tokens of the right people."""

from datetime import UTC, datetime

import pytest

from tests.hotline.api.city import make_api

ANSWER = "8 月 3 日上午维保单位更换了曳引机电路板，经区特检中心检验合格，电梯已恢复运行，诉求人已到场确认。"


@pytest.fixture
def api(app, session_factory):
    return make_api(app, session_factory)


@pytest.fixture
def number(api):
    return api.registered("agent")["number"]


def share_of(api, number):
    return api.get("handler", f"/tickets/{number}/assignments").json["items"][0]


def act_on_share(api, who, number, action, **data):
    share = share_of(api, number)
    version = api.get(who, f"/tickets/{number}").json["version"]
    answer = api.post(who, f"/assignments/{share['id']}/actions/{action}", {"version": version, "data": data})
    assert answer.status_code == 200, answer.text
    return answer.json


def handle(api, number):
    api.act("reviewer", number, "approve_intake", category="ZJ0302")
    assert api.act("dispatcher", number, "dispatch", main_unit="WT-ZJJ")["state"] == "in_process"
    assert act_on_share(api, "handler", number, "sign")["state"] == "handling"
    api.act(
        "handler",
        number,
        "record_contact",
        contacted_at=datetime.now(UTC).isoformat(),
        way="phone",
        result="已电话联系",
    )
    reply = {"contact": "contacted", "result": "resolved", "answer": ANSWER, "is_confirmed": True}
    assert act_on_share(api, "handler", number, "submit_reply", **reply)["state"] == "unit_review"
    return act_on_share(api, "leader", number, "approve_unit_reply")


def test_a_complaint_lives_its_whole_life_through_the_api(api, number):
    after = handle(api, number)
    assert (after["state"], after["ticket"]["state"]) == ("replied", "reply_review")
    assert api.act("auditor", number, "approve_reply")["state"] == "to_call_back"
    closed = api.act("callback", number, "close", solved="yes", satisfaction="satisfied", was_contacted=True)
    assert (closed["state"], closed["outcome"]) == ("closed", "resolved")

    events = api.get("agent", f"/tickets/{number}/events").json["items"]
    assert [event["number"] for event in events] == list(range(1, closed["version"] + 1))
    assert [event["action"] for event in events] == [
        "register",
        "submit",
        "approve_intake",
        "dispatch",
        "sign",
        "record_contact",
        "submit_reply",
        "approve_unit_reply",
        "finish_handling",
        "approve_reply",
        "close",
    ]
    kinds = {message["kind"] for message in api.get("agent", f"/tickets/{number}/messages").json["items"]}
    assert {"accepted", "dispatched", "new_ticket", "replied", "closed"} <= kinds
    lights = {
        clock["name"]: clock["light"] for clock in api.get("agent", f"/tickets/{number}/clocks").json["items"]
    }
    assert lights["handle"] == lights["dispatch"] == lights["sign"] == "done_on_time"


def test_an_unhappy_citizen_gets_a_second_round(api, number):
    handle(api, number)
    api.act("auditor", number, "approve_reply")
    after = api.act(
        "callback", number, "rework", solved="no", satisfaction="dissatisfied", reason="电梯次日又停运"
    )
    assert (after["state"], after["round"]) == ("in_process", 2)


def test_every_action_offered_is_one_that_may_be_asked(api, number):
    offered = api.get("reviewer", f"/tickets/{number}/actions").json
    by_name = {offer["action"]: offer for offer in offered["items"]}
    assert {"approve_intake", "return_intake", "reject"} <= set(by_name)
    href = by_name["return_intake"]["href"].removeprefix("/api/v1")
    answer = api.post("reviewer", href, {"version": offered["version"], "data": {"reason": "地址不清"}})
    assert (answer.status_code, answer.json["state"]) == (200, "draft")


def test_a_unit_asks_to_give_back_and_the_dispatcher_agrees(api):
    ticket, assignment = api.dispatched()
    number = ticket["number"]
    body = {
        "version": ticket["version"],
        "kind": "return",
        "assignment": assignment,
        "data": {"reason": "not_our_duty", "basis": "职责清单第 12 条"},
    }
    asked = api.post("handler", f"/tickets/{number}/requests", body)
    assert (asked.status_code, asked.json["state"]) == (201, "requested"), asked.text
    path = f"/requests/{asked.json['id']}/actions/approve"
    decided = api.post("dispatcher", path, {"version": asked.json["version"]})
    assert (decided.status_code, decided.json["state"]) == (200, "approved"), decided.text
    assert (decided.json["ticket"]["state"], decided.json["ticket"]["counters"]["returns"]) == (
        "to_dispatch",
        1,
    )
    assert api.get("handler", f"/tickets/{number}").status_code == 404
