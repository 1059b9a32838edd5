"""Fifth to seventh tale on screens: the citizen is asked for more, time is granted, a matter is laid aside."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.walks.later import wait_until
from tests.browser.walks.road import (
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
from workflows.vocabulary import ClockName

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

CONTENT = "临江苑 3 幢电梯停运三天，家住十二楼，老人无法下楼，请尽快修复。"
MISSING = "请说明停运电梯的单元号"
SAID = "三单元的两部电梯"
WORDS = "专业检测需要排期，预计推迟两个工作日，敬请谅解。"
PLAN = "小区更新项目已立项，电梯整体更换"


def on_its_way(walker: Walker, unit: str = "WT-CG", who: str = "handler") -> None:
    walker.call(CONTENT, "电梯", address="临江苑 3 幢", district="梧桐区")
    review_intake(walker)
    dispatch(walker, unit)
    sign(walker, who)


def decided(walker: Walker, who: str, home: str, button: str, reason: str) -> Page:
    """Somebody decides the request that waits for them; a refusal without a reason comes back first."""
    page = walker.window(who, home)
    press(page, "待我审批")
    go(page, page.locator(".list li", has_text=walker.number).locator("a.t"))
    walker.look(page, f"{who}-decides")
    press(page, "驳回")
    told_wrong(page, "驳回理由")
    walker.look(page, f"{who}-reason-missing")
    page = walker.window(who, home)
    press(page, "待我审批")
    go(page, page.locator(".list li", has_text=walker.number).locator("a.t"))
    page.locator("#move-form [name=reason]").fill(reason)
    go(page, page.locator("#move-form").get_by_role("button", name=re.compile(button)))
    walker.look(page, f"{who}-decided")
    return page


def test_the_clocks_stand_still_until_the_citizen_has_answered(visitors: Visitors) -> None:
    walker = Walker(visitors, "supplement")
    on_its_way(walker)
    page = find(walker, "handler", "/inbox", "办理中")
    open_form(page, "请补充")
    page.locator("#move-form [name=answer_by]").fill("")
    send(page)
    told_wrong(page, "需要补充的情况", "最迟补充日期")
    walker.look(page, "handler-supplement-empty")
    day = page.locator("#move-form [name=answer_by]")
    day.fill(day.get_attribute("max") or "")
    send(page, missing=MISSING)
    page = find(walker, "handler", "/inbox", "暂停中")
    walker.look(page, "handler-waits")
    assert walker.ticket().state == "awaiting_supplement"
    walker.sms("需要您补充|请补充|补充")
    page = citizen(walker)
    assert page.get_by_text(MISSING).count()
    walker.look(page, "citizen-asked")
    press(page, "补充情况或图片")
    press(page, "提交补充")
    page.get_by_text(re.compile("需要修改")).wait_for()
    walker.look(page, "citizen-supplement-empty")
    page.fill("[name=text]", SAID)
    press(page, "提交补充")
    walker.look(page, "citizen-supplemented")
    page = find(walker, "handler", "/inbox", "办理中")
    assert page.get_by_text(SAID).count()
    walker.look(page, "handler-goes-on")
    walker.end()


def test_when_the_citizen_stays_silent_the_matter_goes_on(visitors: Visitors) -> None:
    walker = Walker(visitors, "silence")
    walker.call(CONTENT, "电梯", address="临江苑 3 幢", district="梧桐区")
    page = find(walker, "reviewer", "/intake")
    open_form(page, "请补充")
    send(page, missing=MISSING)
    walker.look(page, "reviewer-asked")
    wait_until(walker, "red", ClockName.SUPPLEMENT)
    assert walker.ticket().state == "intake_review"
    page = find(walker, "reviewer", "/intake")
    walker.look(page, "reviewer-goes-on")
    walker.end()


def test_more_time_passes_the_district_then_the_centre(visitors: Visitors) -> None:
    walker = Walker(visitors, "extension")
    on_its_way(walker, "WT-JD1", "street")
    first = walker.ticket().due_at
    page = find(walker, "street", "/inbox", "办理中")
    open_form(page, "申请延期")
    walker.look(page, "street-form")
    send(page)
    told_wrong(page, "延期理由")
    walker.look(page, "street-form-empty")
    send(page, reason="检测机构排期已满", days="2", citizen_words=WORDS)
    walker.look(page, "street-asked")
    press(page, "我的申请")
    walker.look(page, "street-own-requests")
    decided(walker, "handler", "/inbox", "转报", "检测确需时间")
    decided(walker, "dispatcher", "/dispatch", "同意", "同意延期")
    ticket = walker.ticket()
    assert ticket.extension_count == 1
    assert ticket.due_at is not None
    assert first is not None
    assert ticket.due_at > first
    page = find(walker, "street", "/inbox", "办理中")
    walker.look(page, "street-has-more-time")
    walker.sms("延")
    page = citizen(walker)
    assert page.get_by_text(WORDS).count()
    walker.look(page, "citizen-told")
    walker.end()


def test_a_matter_laid_aside_comes_back_by_itself(visitors: Visitors) -> None:
    walker = Walker(visitors, "suspension")
    on_its_way(walker)
    page = find(walker, "handler", "/inbox", "办理中")
    open_form(page, "申请挂账")
    walker.look(page, "handler-form")
    send(page)
    told_wrong(page, "工作计划", "恢复办理的条件")
    walker.look(page, "handler-form-empty")
    review_on = (datetime.now(UTC) + timedelta(days=24)).date().isoformat()
    send(page, plan=PLAN, condition="维修资金到位", review_on=review_on)
    decided(walker, "centre", "/board", "同意", "计划可行")
    assert walker.ticket().state == "suspended"
    page = find(walker, "handler", "/inbox", "暂停中")
    walker.look(page, "handler-suspended")
    page = walker.window("supervisor", "/board")
    press(page, "督办与台账")
    go(page, page.locator(".views a", has_text="挂账"))
    assert page.get_by_text(walker.number).count()
    walker.look(page, "supervisor-ledger")
    page = citizen(walker)
    walker.look(page, "citizen-suspended")
    wait_until(walker, "red", ClockName.SUSPENSION)
    assert walker.ticket().state == "in_process"
    page = find(walker, "handler", "/inbox", "办理中")
    walker.look(page, "handler-resumed")
    page = citizen(walker)
    walker.look(page, "citizen-resumed")
    walker.end()
