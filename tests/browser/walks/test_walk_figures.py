"""Twelfth tale on screens: a unit contests its figures, the citizen's page stays as it was, the archive waits.

The moments of the handling and of the archive clock are moved back, so that the ticket is late and then old.
"""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.walks.later import wait_until
from tests.browser.walks.road import (
    answer,
    audit,
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
from workflows.vocabulary import ClockName

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

CALL = "青桐路 9 号楼道里堆满了旧家具，消防通道被堵住，居民出入困难，请督促清理。"
EVIDENCE = "诉求人要求街道代为搬运私人家具，超出职责范围，现场照片见附件。"
POWER = "当天全区停电检修，系统无法提交，有供电公司通知为证。"


def shown(page: Page, words: str) -> None:
    page.locator("main").get_by_text(re.compile(words)).first.wait_for()


def closed_late(walker: Walker) -> None:
    walker.call(CALL, "占道经营", phone="13912345951")
    review_intake(walker)
    dispatch(walker, "WT-JD1")
    sign(walker, "street")
    wait_until(walker, "red")
    answer(walker, "street")
    audit(walker)
    page = find(walker, "callback", "/callback")
    page.locator("input[name=solved][value=yes]").check(force=True)
    page.locator("input[name=satisfaction][value=satisfied]").check(force=True)
    press(page, "办结并看下一件")
    ticket = walker.ticket()
    assert (ticket.state, ticket.is_late) == ("closed", True)


def read_by_citizen(walker: Walker) -> str:
    page = walker.sms("已办结")
    link = page.locator("a[href*='/t/']").first.get_attribute("href") or ""
    page = walker.window("", re.sub(r"^https?://[^/]+", "", link))
    shown(page, "这件诉求已办结")
    return page.locator("main").inner_text()


def decided(walker: Walker, username: str, act: str, words: str, name: str) -> None:
    page = walker.window(username, "/")
    from_menu(page, re.compile("待我审批"))
    go(page, page.locator(".list li", has_text=walker.number).get_by_role("link").first)
    walker.look(page, name)
    page.focus("[name=reason]")
    page.keyboard.insert_text(words)
    press(page, act)
    page.locator(".flashes > *").first.wait_for()


def ledger(walker: Walker, username: str) -> Page:
    page = walker.window(username, "/board")
    from_menu(page, re.compile("督办与台账"))
    go(page, page.get_by_role("link", name="剔除台账"))
    return page


def test_an_unfair_matter_leaves_the_figures_and_the_citizen_reads_the_same(visitors: Visitors) -> None:
    walker = Walker(visitors, "figures")
    closed_late(walker)
    before = read_by_citizen(walker)
    page = find(walker, "street", "/inbox", "已反馈")
    walker.look(page, "street-reads-its-closed-ticket")
    open_form(page, "申请.*剔除|剔除")
    walker.look(page, "form-to-ask-for-exclusion")
    page.keyboard.press("Control+Enter")
    page.locator("#error-summary").wait_for()
    walker.look(page, "asked-without-a-ground")
    page.locator("#move-form [name=ground][value=beyond_duty]").check(force=True)
    send(page, evidence=EVIDENCE)
    told(page, "剔除")
    decided(walker, "leader", "转报剔除", "情况属实", "bureau-endorses")
    decided(walker, "centre", "同意", "超出职责，同意剔除", "centre-decides")
    page = ledger(walker, "supervisor")
    shown(page, walker.number)
    walker.look(page, "ledger-of-exclusions")
    assert walker.ticket().is_excluded
    assert read_by_citizen(walker) == before
    page = ledger(walker, "centre")
    go(page, page.get_by_role("link", name=walker.number).first)
    page.get_by_role("heading", name="办理过程").wait_for()
    shown(page, "已剔除")
    walker.look(page, "centre-reads-the-excluded-ticket")
    open_form(page, "恢复考核")
    send(page, reason="复核后恢复考核")
    told(page, "恢复考核")
    assert not walker.ticket().is_excluded
    assert read_by_citizen(walker) == before
    ask_appeal(walker)
    assert read_by_citizen(walker) == before
    archive_waits(walker)
    walker.end()


def ask_appeal(walker: Walker) -> None:
    page = find(walker, "street", "/inbox", "已反馈")
    open_form(page, "考核申诉")
    walker.look(page, "form-of-the-appeal")
    page.locator("#move-form [name=about][value=lateness]").check(force=True)
    send(page, evidence=POWER)
    told(page, "申诉")


def archive_waits(walker: Walker) -> None:
    """While the appeal is open the archive waits; after the decision it does not."""
    wait_until(walker, "red", ClockName.ARCHIVE)
    assert walker.ticket().state == "closed"
    decided(walker, "auditor", "同意", "停电属实，不计超期", "auditor-decides-the-appeal")
    walker.city.deliver()
    assert (walker.ticket().appeal_upheld, walker.ticket().state) == ("lateness", "archived")
    page = ledger(walker, "supervisor")
    shown(page, "申诉成立")
    walker.look(page, "upheld-beside-the-first-figure")
