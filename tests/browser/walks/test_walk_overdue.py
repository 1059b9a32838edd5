"""Eleventh tale on screens: a unit does nothing and the city presses harder each day; a joint order is answered."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.walks.later import wait_until
from tests.browser.walks.road import (
    dispatch,
    find,
    from_menu,
    go,
    open_form,
    press,
    review_intake,
    send,
    sign,
    told,
)
from tests.browser.walks.walker import Walker

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

CALL = "石桥北路 30 号门前的窨井盖松动三个月了，晚上车一压就响，老人孩子路过很危险，请尽快更换。"
FIRST = "已向水务集团去函，正在协商更换井盖。"
AGAIN = "新井盖已于昨天下午安装完毕，声响消除，今后每月巡查一次。"


def shown(page: Page, words: str) -> None:
    page.locator("main").get_by_text(re.compile(words)).first.wait_for()


def lit(walker: Walker, light: str) -> Page:
    """The unit finds the ticket under the light and reads it beside the number."""
    page = find(walker, "handler", "/inbox", "已超期" if light == "red" else "临期")
    assert page.locator(".pane-detail .sla").first.inner_text()
    return page


def test_the_lights_change_and_orders_follow(visitors: Visitors) -> None:
    """The moments of the handling clock are moved back; whatever fires then fires by itself."""
    walker = Walker(visitors, "overdue")
    walker.call(CALL, "道路", phone="13912345921")
    review_intake(walker)
    dispatch(walker, "WT-CG")
    sign(walker, "handler")
    wait_until(walker, "yellow")
    walker.look(lit(walker, "yellow"), "yellow")
    wait_until(walker, "orange")
    walker.look(lit(walker, "orange"), "orange")
    wait_until(walker, "red")
    walker.look(lit(walker, "red"), "red")
    page = walker.window("supervisor", "/board?view=red")
    shown(page, walker.number)
    wait_until(walker, "level_3")
    page = walker.window("supervisor", "/board")
    from_menu(page, "督办与台账")
    shown(page, walker.number)
    walker.look(page, "order-of-the-system")
    page = walker.window("leader", "/inbox/review")
    go(page, page.get_by_role("link", name=re.compile("督办件")))
    go(page, page.locator(".list li", has_text=walker.number).get_by_role("link").first)
    walker.look(page, "leader-finds-the-order")
    wait_until(walker, "level_4")
    page = walker.sms("挂牌督办|逐级督办|提级")
    page = walker.window("supervisor", "/board?view=red")
    go(page, page.get_by_role("link", name=walker.number))
    open_form(page, "提级")
    walker.look(page, "form-to-escalate")
    go(page, page.locator("#move-form button[type=submit]").first)
    page.locator("#error-summary").wait_for()
    walker.look(page, "escalated-without-a-level")
    page.locator("#move-form [name=level]").select_option("5")
    send(page, reason="通报约谈")
    told(page, "提级")
    walker.look(page, "after-escalating")
    assert walker.ticket().supervised_level == 5
    walker.end()


def issue(walker: Walker) -> None:
    page = walker.window("supervisor", "/board")
    from_menu(page, "督办与台账")
    page.fill("#f-number", "YJ00000000-1")
    press(page, "填写督办单")
    page.locator("#error-summary").wait_for()
    page.fill("#f-number", walker.number)
    press(page, "填写督办单")
    walker.look(page, "form-of-the-order")
    page.locator("#move-form [name=level]").select_option("4")
    assert page.locator("#move-form input[name=units]:checked").count() == 2
    send(page, opinion="请联合办理并说明进展")
    told(page, "督办")
    shown(page, walker.number)


def answered(walker: Walker, username: str, answer: str, name: str) -> None:
    page = walker.window(username, "/inbox/review")
    go(page, page.get_by_role("link", name=re.compile("督办件")))
    go(page, page.locator(".list li", has_text=walker.number).get_by_role("link").first)
    walker.look(page, name)
    press(page, "提交反馈")
    page.locator("#error-summary").wait_for()
    page.focus("#f-answer")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(answer)
    page.keyboard.press("Control+Enter")
    told(page, "反馈")


def order_page(walker: Walker, username: str) -> Page:
    page = walker.window(username, "/board")
    from_menu(page, "督办与台账")
    go(page, page.locator("tr", has_text=walker.number).get_by_role("link").first)
    page.locator("#order-title").wait_for()
    return page


def test_a_joint_order_is_answered_unit_by_unit_and_one_must_answer_again(visitors: Visitors) -> None:
    walker = Walker(visitors, "joint-order")
    walker.call(CALL, "道路", phone="13912345922")
    review_intake(walker)
    dispatch(walker, "WT-CG", ("BJ-ZJ",))
    issue(walker)
    answered(walker, "leader2", "住建局已安排施工队伍。", "helper-finds-the-order")
    walker.look(order_page(walker, "supervisor"), "half-answered")
    answered(walker, "leader", FIRST, "main-unit-finds-the-order")
    page = order_page(walker, "centre")
    walker.look(page, "all-answered")
    press(page, "退回反馈")
    walker.look(page, "form-to-refuse-an-answer")
    page.locator("#move-form [name=units]").first.check()
    send(page, reason="没有写明更换时间")
    told(page, "退回")
    page = walker.window("leader", "/inbox/review")
    go(page, page.get_by_role("link", name=re.compile("督办件")))
    go(page, page.locator(".list li", has_text=walker.number).get_by_role("link").first)
    shown(page, "没有写明更换时间")
    walker.look(page, "leader-must-answer-again")
    page.fill("#f-answer", AGAIN)
    press(page, "提交反馈")
    told(page, "反馈")
    page = order_page(walker, "supervisor")
    press(page, "督办办结")
    send(page, opinion="两单位均已落实")
    page = order_page(walker, "supervisor")
    walker.look(page, "order-closed")
    shown(page, "两单位均已落实")
    walker.end()
