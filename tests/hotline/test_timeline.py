"""Can a stranger read what happened to a ticket: every event of the four machines in words, sorted and honest?"""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.models.clocks import ClockChange
from hotline.models.ticket import Assignment, Request, TicketEvent
from hotline.queries.due_moves import moves_in
from hotline.queries.timeline import Strand, read_chapters, read_timeline
from hotline.queries.timeline_acts import Told
from hotline.queries.wording import ROWS, Names

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOUSING, CITY_CARE, STREET = 7, 8, 9
NAMES = Names(
    {HOUSING: "梧桐区住建局", CITY_CARE: "梧桐区城管局", STREET: "和平街道办"},
    {3: "住房物业 / 电梯"},
    {41: "梧桐区住建局", 42: "梧桐区城管局"},
)
SHARES = {
    41: Assignment(id=41, unit_id=HOUSING, is_main=True, round=1, state="handling"),
    42: Assignment(id=42, unit_id=CITY_CARE, is_main=False, round=1, state="handling"),
    43: Assignment(id=43, unit_id=STREET, is_main=False, round=1, state="handling", parent_id=41),
    44: Assignment(id=44, unit_id=CITY_CARE, is_main=True, round=2, state="handling"),
}
REQUESTS = {
    51: Request(id=51, assignment_id=41, kind="extension", state="approved", details={"days": 3}),
    52: Request(id=52, assignment_id=41, kind="suspension", state="refused", details={}),
    53: Request(id=53, assignment_id=None, kind="reopening", state="refused", details={}),
    54: Request(id=54, assignment_id=43, kind="exclusion", state="requested", details={}),
}
SOMEBODY = {
    "supervisor": "马超",
    "dispatcher": "赵磊",
    "handler": "王建国",
    "unit_leader": "刘芳",
    "agent": "李敏",
}
MONEY = "因维修资金审批，预计 12 月初完成。"


def event(machine: str, action: str, role: str = "system", /, number: int = 1, **more) -> TicketEvent:
    kind = {"system": "system", "citizen": "citizen"}.get(role, "user")
    row = {
        "machine": machine, "action": action, "role": role, "number": number, "actor_kind": kind,
        "actor_name": SOMEBODY.get(role, ""), "data": {}, "round": 1, "unit_id": None, "subject_id": None,
        "at": START + timedelta(hours=number),
    }  # fmt: skip
    return TicketEvent(**{**row, **more})


def read(*events: TicketEvent, kept=()):
    issues = {each.subject_id: each for each in events if each.action == "issue"}
    told = Told(NAMES, SHARES, REQUESTS, issues)
    newest_first = sorted(events, key=lambda each: -each.number)
    return read_timeline(newest_first, told, moves_in(kept))


def sentence(*events: TicketEvent) -> tuple[str, str, str]:
    entry = read(*events)[0]
    return entry.actor, entry.act, entry.body(lambda at: f"{at:%m-%d %H:%M}")


def kept(event_number: int, days: int, clock_id: int = 1) -> ClockChange:
    return ClockChange(clock_id=clock_id, event_number=event_number, due_at=START + timedelta(days=days))


@pytest.mark.parametrize(("machine", "action"), sorted(ROWS))
def test_every_event_of_the_four_machines_is_told_in_chinese(machine, action):
    data = {"master": "20261120000007", "number": "20261120000008", "level": "3", "units": [HOUSING],
            "from_unit": HOUSING, "unit": CITY_CARE, "assignment": 41, "clock": "handle", "visibility": "citizen",
            "field": "phone"}  # fmt: skip
    subject = {"assignment": 41, "request": 51, "order": 61}.get(machine)
    known = {need.name for need in ROWS[machine, action].needs}
    told = {name: value for name, value in data.items() if name in known}
    if action == "warn" or action.startswith("warn_"):
        told["level"] = "yellow"
    entry = read(event(machine, action, data=told, subject_id=subject))[0]
    assert entry.act
    assert not any("a" <= letter <= "z" for letter in entry.act)


def test_an_extension_reads_as_asked_and_as_agreed():
    data = {"reason": "维修资金在审批", "days": 3, "citizen_words": MONEY}
    asked = event("request", "ask_extension", "handler", data=data, subject_id=51, unit_id=HOUSING)
    assert sentence(asked) == (
        "梧桐区住建局 承办人 王建国",
        "申请延期 3 个工作日",
        f"延期理由：维修资金在审批\n告知诉求人的话：{MONEY}",
    )
    agreed = event("request", "approve", "dispatcher", subject_id=51)
    assert sentence(agreed) == ("派单员 赵磊", "同意延期 3 个工作日：梧桐区住建局", "")


def test_a_decision_names_what_was_asked_by_whom_and_why_not():
    refused = event("request", "refuse", "supervisor", data={"reason": "条件已具备"}, subject_id=52)
    assert sentence(refused) == ("督办员 马超", "驳回挂账：梧桐区住建局", "条件已具备")
    own = event("request", "refuse", "supervisor", data={"reason": "没有新情况"}, subject_id=53)
    assert sentence(own) == ("督办员 马超", "驳回重启", "没有新情况")
    passed_on = event("request", "endorse", "unit_leader", subject_id=54, unit_id=HOUSING)
    assert sentence(passed_on) == ("梧桐区住建局 单位领导 刘芳", "转报不合理诉求剔除：和平街道办", "")


def test_an_order_names_its_strength_and_its_units():
    data = {"level": "3", "units": [HOUSING, CITY_CARE], "opinion": "请说明原因", "answer_by": "2026-11-27"}
    issued = event("order", "issue", "supervisor", data=data, subject_id=61)
    actor, act, body = sentence(issued)
    assert (actor, act) == ("督办员 马超", "下发三级督办单：梧桐区住建局、梧桐区城管局")
    assert body == "督办意见：请说明原因\n反馈期限：2026 年 11 月 27 日"
    answer = event(
        "order", "answer", "handler", 2, data={"answer": "已约谈物业"}, subject_id=61, unit_id=HOUSING
    )
    assert sentence(issued, answer) == ("梧桐区住建局 承办人 王建国", "反馈三级督办单", "已约谈物业")
    closed = event("order", "close_order", "supervisor", 3, data={"opinion": "属实"}, subject_id=61)
    assert sentence(issued, closed) == ("督办员 马超", "办结三级督办单", "属实")


def test_a_redirected_share_says_from_whom_to_whom():
    data = {"assignment": 41, "unit": CITY_CARE, "reason": "属城管职责"}
    moved = event("ticket", "redirect", "dispatcher", data=data)
    assert sentence(moved) == ("派单员 赵磊", "调单：梧桐区住建局改派梧桐区城管局", "属城管职责")


def test_merged_tickets_are_named_by_number_so_that_one_can_go_there():
    merged = read(event("ticket", "merge", "dispatcher", data={"master": "20261120000007"}))[0]
    assert (merged.act, merged.tickets, merged.lines) == ("并入", ("20261120000007",), ())
    taken = read(event("ticket", "take_in", data={"number": "20261120000008"}))[0]
    assert (taken.act, taken.tickets) == ("并入本单", ("20261120000008",))


def test_an_order_that_stands_alone_in_the_story_still_reads():
    assert (
        sentence(event("order", "answer", "handler", data={"answer": "已办"}, subject_id=99))[1]
        == "反馈督办单"
    )


def test_the_story_is_sorted_by_round_and_inside_by_unit():
    story = read(
        event("ticket", "dispatch", "dispatcher", 1),
        event("assignment", "sign", "handler", 2, subject_id=41, unit_id=HOUSING),
        event("assignment", "sign", "handler", 3, subject_id=42, unit_id=CITY_CARE),
        event("assignment", "sign", "handler", 4, subject_id=43, unit_id=STREET),
        event("request", "approve", "dispatcher", 5, subject_id=51),
        event("ticket", "rework", "citizen", 6, round=2),
        event("ticket", "record_contact", "handler", 7, round=2, unit_id=CITY_CARE),
    )
    told = [(each.heading, [entry.number for entry in each.entries]) for each in read_chapters(story)]
    assert told == [
        ("第 2 轮 · 梧桐区城管局（主办）", [7]),
        ("第 2 轮 · 热线中心", [6]),
        ("第 1 轮 · 梧桐区住建局（主办）", [5, 2]),
        ("第 1 轮 · 和平街道办（下派）", [4]),
        ("第 1 轮 · 梧桐区城管局（协办）", [3]),
        ("第 1 轮 · 热线中心", [1]),
    ]


def test_what_the_citizen_sees_and_what_stays_inside_are_told_apart():
    story = read(
        event("ticket", "note", "handler", 1, data={"text": "物业推诿", "visibility": "internal"}),
        event("ticket", "note", "handler", 2, data={"text": "配件明天到", "visibility": "citizen"}),
        event("assignment", "sign", "handler", 3, subject_id=41),
        event("assignment", "sign", "handler", 4, subject_id=42),
        event("request", "approve", "dispatcher", 5, subject_id=51),
        event("request", "refuse", "supervisor", 6, subject_id=52),
        event("ticket", "urge", "supervisor", 7),
        event("ticket", "urge", "citizen", 8),
        event("order", "issue", "supervisor", 9, data={"level": "3", "units": [HOUSING]}, subject_id=61),
    )
    assert [entry.number for entry in story if entry.is_in(Strand.PUBLIC)] == [8, 5, 3, 2]
    assert [entry.number for entry in story if entry.is_internal] == [1]
    assert [entry.number for entry in story if entry.is_in(Strand.NOTE)] == [2, 1]
    assert [entry.number for entry in story if entry.is_in(Strand.TALK)] == [8, 7]
    assert all(entry.is_in("") for entry in story)


def test_a_moved_due_date_is_told_from_when_to_when():
    agreed = read(event("request", "approve", "dispatcher", subject_id=51), kept=[kept(0, 5), kept(1, 8)])[0]
    assert agreed.body(lambda at: f"{at:%m-%d}") == "办理时限：由 11-28 改为 12-01"


def test_each_event_tells_the_move_that_was_its_own():
    story = read(
        event("request", "approve", "dispatcher", 1, subject_id=51),
        event("ticket", "resume", "system", 2),
        kept=[kept(0, 5), kept(1, 8), kept(2, 10)],
    )
    days = [tuple((moment - START).days for moment in entry.moved) for entry in story]
    assert days == [(8, 10), (5, 8)]


def test_a_due_date_that_stands_is_not_called_moved_nor_one_of_another_clock():
    story = read(event("ticket", "reclassify", "dispatcher", 5), kept=[kept(0, 5), kept(5, 5), kept(5, 8, 2)])
    assert story[0].moved is None
