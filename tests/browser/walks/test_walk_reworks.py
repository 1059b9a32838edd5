"""Fourth and tenth tale on screens: the third rework raises an order, and a closed ticket is opened again."""

import re

import pytest

from tests.browser.conftest import Visitors
from tests.browser.walks.road import (
    answer,
    audit,
    citizen,
    dispatch,
    find,
    go,
    open_form,
    press,
    review_intake,
    send,
    sign,
    told_wrong,
)
from tests.browser.walks.walker import Walker

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

CONTENT = "翠湖花园 8 幢电梯停运三天，家住十二楼，老人无法下楼，请尽快修复。"
REASON = "电梯修好三天后又停运，物业不再接电话。"


def on_its_way(walker: Walker) -> None:
    walker.call(CONTENT, "电梯", address="翠湖花园 8 幢", district="梧桐区")
    review_intake(walker)
    dispatch(walker, "WT-CG")


def answered(walker: Walker) -> None:
    sign(walker, "handler")
    answer(walker, "handler")
    audit(walker)


def sent_back(walker: Walker) -> None:
    page = find(walker, "callback", "/callback", "待回访")
    page.locator("#questions [name=solved][value=no]").check(force=True)
    page.locator("#questions [name=satisfaction][value=dissatisfied]").check(force=True)
    press(page, "退回重办")
    told_wrong(page, "理由")
    walker.look(page, "callback-reason-missing")
    assert page.locator("[name=solved][value=no]").is_checked()
    send(page, reason="电梯第二天又停了")
    assert walker.ticket().state == "in_process"


def closed(walker: Walker) -> None:
    page = find(walker, "callback", "/callback", "待回访")
    walker.look(page, "callback-asks")
    page.locator("#questions [name=solved][value=yes]").check(force=True)
    page.locator("#questions [name=satisfaction][value=satisfied]").check(force=True)
    press(page, "办结并看下一件")
    assert walker.ticket().state == "closed"


def order_is_answered(walker: Walker) -> None:
    page = walker.window("leader", "/inbox/review")
    press(page, "督办件")
    go(page, page.locator(".list li", has_text=walker.number).locator("a.t"))
    walker.look(page, "leader-order")
    press(page, "提交反馈")
    told_wrong(page, "督办反馈")
    page.locator("#answer-form [name=answer]").fill("曳引机整机更换，已约谈物业公司负责人。")
    press(page, "提交反馈")
    walker.look(page, "leader-answered")


def order_is_closed(walker: Walker) -> None:
    page = walker.window("supervisor", "/board")
    press(page, "督办与台账")
    row = page.locator("tr", has_text=walker.number)
    walker.look(page, "supervisor-orders")
    go(page, row.get_by_role("link").first)
    walker.look(page, "supervisor-order")
    press(page, "退回反馈")
    send(page)
    told_wrong(page, "退回理由")
    walker.look(page, "supervisor-refusal-empty")
    send(page, reason="请说明前两次为何没有修好")
    page = walker.window("leader", "/inbox/review")
    press(page, "督办件")
    go(page, page.locator(".list li", has_text=walker.number).locator("a.t"))
    walker.look(page, "leader-order-again")
    page.locator("#answer-form [name=answer]").fill("前两次只换了电路板，第三次查明是曳引机磨损。")
    press(page, "提交反馈")
    page = walker.window("supervisor", "/board")
    press(page, "督办与台账")
    go(page, page.locator("tr", has_text=walker.number).get_by_role("link").first)
    press(page, "督办办结")
    send(page, opinion="原因清楚，措施到位")
    walker.look(page, "supervisor-order-closed")


def test_a_third_round_raises_an_order_that_outlives_the_closing(visitors: Visitors) -> None:
    walker = Walker(visitors, "reworks")
    on_its_way(walker)
    for _ in range(2):
        answered(walker)
        sent_back(walker)
    assert walker.ticket().round == 3
    page = find(walker, "handler", "/inbox", "待签收")
    walker.look(page, "handler-third-round")
    assert page.get_by_text("督办").count()
    page = citizen(walker)
    walker.look(page, "citizen-third-round")
    assert page.get_by_text("督办").count() == 0
    answered(walker)
    closed(walker)
    order_is_answered(walker)
    order_is_closed(walker)
    walker.end()


def asks_again(walker: Walker) -> None:
    page = citizen(walker)
    walker.look(page, "citizen-closed")
    press(page, "申请重新办理")
    walker.look(page, "citizen-reopen")
    go(page, page.locator("main form button[type=submit]"))
    page.get_by_text(re.compile("需要修改")).wait_for()
    walker.look(page, "citizen-reopen-empty")
    page.locator("[name=reason]").fill(REASON)
    go(page, page.locator("main form button[type=submit]"))
    walker.look(page, "citizen-asked")


def decide(walker: Walker, button: str, reason: str) -> None:
    page = walker.window("supervisor", "/board")
    press(page, "待我审批")
    go(page, page.locator(".list li", has_text=walker.number).locator("a.t"))
    assert page.get_by_text(REASON).count()
    walker.look(page, "supervisor-reopening")
    if button == "驳回":
        press(page, button)
        told_wrong(page, "驳回理由")
        walker.look(page, "supervisor-reason-missing")
    page.locator("#move-form [name=reason]").fill(reason)
    go(page, page.locator("#move-form").get_by_role("button", name=re.compile(button)))
    walker.look(page, "supervisor-decided")


def test_a_closed_matter_is_asked_for_again_and_the_supervisor_decides(visitors: Visitors) -> None:
    walker = Walker(visitors, "reopening")
    on_its_way(walker)
    answered(walker)
    closed(walker)
    asks_again(walker)
    decide(walker, "驳回", "维修记录显示仍在质保观察期")
    page = citizen(walker)
    walker.look(page, "citizen-refused")
    page = walker.window("agent", "/desk")
    press(page, "工单检索")
    page.locator("main [name=q]").first.fill(walker.number)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    go(page, page.locator("main tr", has_text=walker.number).get_by_role("link"))
    walker.look(page, "agent-finds-it")
    open_form(page, "申请重启")
    send(page, reason=REASON)
    decide(walker, "同意", "新的停运，重新办理")
    assert (walker.ticket().state, walker.ticket().round) == ("in_process", 2)
    page = find(walker, "handler", "/inbox", "待签收")
    walker.look(page, "handler-second-round")
    page = citizen(walker)
    walker.look(page, "citizen-again")
    walker.end()
