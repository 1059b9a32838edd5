"""Second tale on screens: a report accuses a unit, which must never learn of it, and a name is looked at by two."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.walks.road import (
    citizen,
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

CALLER, PHONE = "苏见微", "13911112222"
ACCUSED = "滨江区住房和城乡建设局物业科"
CONTENT = "住建局物业科收受物业公司礼金，对望江花园电梯停运不管不问，请核查。"
PURPOSE = "须向举报人核实收受礼金的时间"


def report(walker: Walker) -> None:
    caller = {"citizen_name": CALLER, "phone": PHONE, "confidential": "yes"}
    walker.call(CONTENT, "物业", type="report", accused=ACCUSED, **caller)


def send_to(walker: Walker, unit: str) -> Page:
    page = find(walker, "dispatcher", "/dispatch")
    page.locator("input[name=main_unit][value=other]").check()
    page.fill("[name=other_unit]", unit)
    page.fill("[name=choice_reason]", "由另一区的单位核查")
    press(page, "派单并看下一件")
    return page


def never_reaches_the_accused(walker: Walker) -> None:
    page = find(walker, "dispatcher", "/dispatch")
    walker.look(page, "dispatcher-report")
    page = send_to(walker, "BJ-ZJ")
    told_wrong(page, "被举报")
    walker.look(page, "dispatcher-accused")
    page = send_to(walker, "WT-CG")
    for who in ("handler2", "leader2"):
        page = walker.window(who, "/inbox")
        page.fill("form[role=search] [name=q]", walker.number)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator(f"#row-{walker.number}").count() == 0
        page.goto(f"{walker.city.address}/tickets/{walker.number}")
        walker.look(page, f"{who}-not-there")
        assert page.get_by_text(CONTENT).count() == 0


def ask_who_called(walker: Walker) -> None:
    page = sign(walker, "handler")
    page = find(walker, "handler", "/inbox", "办理中")
    for secret in (CALLER, PHONE):
        assert secret not in page.content()
    walker.look(page, "handler-sealed")
    open_form(page, "申请查看保密身份")
    send(page)
    told_wrong(page, "用途")
    walker.look(page, "handler-purpose-empty")
    send(page, purpose=PURPOSE)
    walker.look(page, "handler-asked")


def grant(walker: Walker) -> None:
    page = walker.window("security", "/requests")
    page.locator(".list a.t", has_text="查看保密身份").first.click()
    page.get_by_text(walker.number).first.wait_for()
    walker.look(page, "security-request")
    press(page, "驳回")
    told_wrong(page, "审批意见")
    walker.look(page, "security-refusal-empty")
    page.get_by_label("审批意见").fill("核查确有必要")
    press(page, "同意")
    walker.look(page, "security-granted")


def look_once(walker: Walker) -> None:
    page = find(walker, "handler", "/inbox", "办理中")
    walker.look(page, "handler-may-look")
    open_form(page, "查看保密身份")
    walker.look(page, "handler-look-form")
    send(page)
    walker.look(page, "handler-identity")
    for secret in (CALLER, PHONE):
        assert page.get_by_text(secret).count()
    go(page, page.get_by_role("link", name="返回工单"))
    for secret in (CALLER, PHONE):
        assert secret not in page.content()
    assert page.get_by_role("link", name=re.compile("^查看保密身份")).count() == 0


def test_the_accused_never_learn_and_a_name_is_seen_once(visitors: Visitors) -> None:
    walker = Walker(visitors, "sealed")
    report(walker)
    review_intake(walker)
    never_reaches_the_accused(walker)
    ask_who_called(walker)
    grant(walker)
    look_once(walker)
    page = citizen(walker)
    walker.look(page, "citizen-status")
    walker.end()
