"""First tale on screens: two units give a matter back, the centre leader decides, and the decision holds."""

import re

import pytest

from tests.browser.conftest import Visitors
from tests.browser.walks.road import (
    citizen,
    dispatch,
    find,
    go,
    open_form,
    press,
    review_intake,
    send,
    told_wrong,
)
from tests.browser.walks.walker import Walker

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

CONTENT = "和平里小区 12 幢电梯停运八天，供水泵房断电，老人上下楼困难，请尽快修复并告知恢复时间。"
BASIS = "三定方案第五条，电梯检验由市场监管部门负责"
STREET = "梧桐区青桐街道办事处"
DECISION = "经会商，停运原因是泵房断电，由青桐街道牵头，滨江区住建局配合，三日内恢复。"


def give_back(walker: Walker, who: str) -> None:
    page = find(walker, who, "/inbox", "待签收")
    walker.look(page, f"{who}-inbox")
    open_form(page, "申请退单")
    walker.look(page, f"{who}-return-form")
    send(page)
    told_wrong(page, "退单理由", "退单依据")
    walker.look(page, f"{who}-return-empty")
    page.locator("#move-form [name=reason][value=not_our_duty]").check(force=True)
    send(page, basis=BASIS)
    walker.look(page, f"{who}-after-return")


def agree(walker: Walker) -> None:
    page = find(walker, "dispatcher", "/dispatch", "退单申请")
    walker.look(page, "dispatcher-return")
    page.get_by_label("审批意见").fill("职责目录确认不由该单位负责")
    press(page, "同意退单")
    walker.look(page, "dispatcher-after-return")


def raise_dispute(walker: Walker) -> None:
    page = find(walker, "dispatcher", "/dispatch", "退单重派")
    walker.look(page, "dispatcher-twice-returned")
    open_form(page, "提交会商")
    send(page, reason="两个单位都说不是自己的职责")
    walker.look(page, "dispatcher-disputed")


def decide(walker: Walker) -> None:
    page = walker.window("supervisor", "/board")
    press(page, "督办与台账")
    go(page, page.locator(".views a", has_text="会商"))
    walker.look(page, "supervisor-disputes")
    page = walker.window("centre", "/board")
    press(page, "督办与台账")
    go(page, page.locator(".views a", has_text="会商"))
    walker.look(page, "centre-disputes")
    panel = page.locator("section.panel", has_text=walker.number)
    go(page, panel.get_by_role("link", name="作出会商决定"))
    walker.look(page, "centre-form")
    send(page)
    told_wrong(page, "会商决定")
    walker.look(page, "centre-form-empty")
    page.locator("#move-form [name=main_unit]").select_option(label=STREET)
    send(page, decision=DECISION)
    walker.look(page, "centre-decided")


def obey(walker: Walker) -> None:
    page = find(walker, "street", "/inbox", "待签收")
    assert page.get_by_role("link", name=re.compile("申请退单")).count() == 0
    walker.look(page, "street-given")
    press(page, "签收")
    page = find(walker, "street", "/inbox", "办理中")
    assert page.get_by_role("link", name=re.compile("申请退单")).count() == 0
    walker.look(page, "street-signed")
    assert walker.ticket().forbid_return


def hear(walker: Walker) -> None:
    """The citizen is told, looks it up and learns who handles the matter, not what was said."""
    page = walker.sms(f"交{STREET}")
    page = citizen(walker)
    walker.look(page, "citizen-status")
    assert page.get_by_text(STREET).count()
    assert page.get_by_text(DECISION).count() == 0


def test_a_matter_given_back_twice_is_disputed_and_decided(visitors: Visitors) -> None:
    walker = Walker(visitors, "disputes")
    walker.call(CONTENT, "电梯")
    walker.look(walker.window("agent", "/desk"), "desk")
    review_intake(walker)
    page = dispatch(walker, "WT-CG")
    walker.look(page, "dispatcher-sent")
    give_back(walker, "handler")
    agree(walker)
    dispatch(walker, "BJ-ZJ")
    give_back(walker, "handler2")
    agree(walker)
    raise_dispute(walker)
    decide(walker)
    obey(walker)
    hear(walker)
    walker.end()
