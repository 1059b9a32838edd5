"""Ninth tale on screens: smoke goes to 119 at once, and what is nothing needs two people to say so."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.walks.road import dispatch, find, from_menu, go, open_form, review_intake, send, told
from tests.browser.walks.walker import Walker

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

SMOKE = "文昌路 8 号地下车库冒烟，能闻到焦味，里面停着电动车，请马上派人。"
NOTE = "三方通话已转接，119 已出动。"
PRANK = "哈哈哈哈哈哈哈哈哈哈哈哈，喂喂喂，我就试试这个号码通不通。"


def shown(page: Page, words: str) -> None:
    page.locator("main").get_by_text(re.compile(words)).first.wait_for()


def test_smoke_goes_to_the_fire_line_and_the_caller_hears_of_it(visitors: Visitors) -> None:
    walker = Walker(visitors, "emergency")
    walker.call(SMOKE, "物业", phone="13912345911", address="文昌路 8 号")
    page = find(walker, "reviewer", "/intake")
    walker.look(page, "reviewer-reads-smoke")
    open_form(page, "转紧急")
    walker.look(page, "form-to-hand-over")
    go(page, page.locator("#move-form button[type=submit]").first)
    page.locator("#error-summary").wait_for()
    walker.look(page, "handed-over-to-nobody")
    page.locator("#move-form [name=line][value='119']").check(force=True)
    send(page, note=NOTE)
    told(page, "转紧急")
    ticket = walker.ticket()
    assert (ticket.state, ticket.outcome) == ("closed", "transferred")
    page = walker.sms("119")
    walker.look(page, "sms-of-the-caller")
    assert NOTE not in page.locator("main").inner_text()
    link = page.locator("main").get_by_text(re.compile("转.*119|119")).first
    link.wait_for()
    page = walker.window("centre", "/board")
    walker.look(page, "leader-at-the-board")
    page = walker.window("centre", f"/mailbox?number={walker.number}")
    shown(page, "江怀远")
    walker.look(page, "leader-is-told")
    walker.end()


def propose(walker: Walker, reason: str) -> None:
    page = walker.window("reviewer", "/search")
    page.fill("[name=number]", walker.number)
    go(page, page.get_by_role("button", name="查找").last)
    go(page, page.locator("tr", has_text=walker.number).get_by_role("link").first)
    page.get_by_role("heading", name="办理过程").wait_for()
    open_form(page, "提请判无效")
    walker.look(page, "form-to-propose")
    send(page, reason=reason)
    told(page, "提请")


def at_the_ledger(walker: Walker, username: str) -> Page:
    """Find the proposal from where a reviewer lives."""
    page = walker.window(username, "/intake")
    from_menu(page, re.compile("待判无效"))
    shown(page, walker.number)
    return page


def test_nobody_alone_says_that_a_call_is_nothing(visitors: Visitors) -> None:
    walker = Walker(visitors, "prank")
    walker.call(PRANK, "城市管理", phone="13912345912")
    review_intake(walker)
    dispatch(walker, "WT-CG")
    propose(walker, "恶作剧电话")
    page = at_the_ledger(walker, "reviewer")
    walker.look(page, "proposer-waits")
    row = page.locator("tr", has_text=walker.number)
    assert row.get_by_role("link", name="判为无效").count() == 0
    page = at_the_ledger(walker, "reviewer2")
    walker.look(page, "second-reviewer-finds-it")
    go(page, page.locator("tr", has_text=walker.number).get_by_role("link", name="不判无效"))
    walker.look(page, "form-to-drop")
    send(page, reason="来电人确有困难，先回电")
    told(page, "不判无效")
    propose(walker, "回电确认是恶作剧")
    page = at_the_ledger(walker, "reviewer2")
    go(page, page.locator("tr", has_text=walker.number).get_by_role("link", name="判为无效"))
    walker.look(page, "form-to-invalidate")
    page.focus("#move-form [name=reason]")
    page.keyboard.insert_text("回电确认没有诉求")
    page.keyboard.press("Control+Enter")
    told(page, "判为无效")
    ticket = walker.ticket()
    assert (ticket.state, ticket.outcome) == ("closed", "invalid")
    page = walker.window("handler", "/inbox")
    page.fill("form[role=search] [name=q]", walker.number)
    page.keyboard.press("Enter")
    shown(page, "没有符合条件的工单")
    page = walker.sms("收回")
    walker.end()
