"""The dispatch catalogue on screens: a dispatcher chooses otherwise, and the city learns of it.

The demo city keeps a draft of the administrator's. They change a row, run into a conflict, try the draft on the
past tickets, and the centre's leader publishes it, for whoever wrote in a draft cannot.
"""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.walks.road import find, from_menu, go, press, review_intake, told
from tests.browser.walks.walker import Walker

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

CALL = "石桥路口的早点摊占了整条人行道，推婴儿车的只能走机动车道，请管一管。"


def shown(page: Page, words: str) -> None:
    page.locator("main").get_by_text(re.compile(words)).first.wait_for()


def called(walker: Walker, phone: str, content: str = CALL, category: str = "占道经营") -> None:
    walker.call(content, category, phone=phone, address="石桥路口", district="梧桐区", street="石桥街道")
    review_intake(walker)


def catalogue(walker: Walker, username: str, home: str, tab: str = "") -> Page:
    page = walker.window(username, home)
    from_menu(page, "派单目录")
    if tab:
        go(page, page.locator("main nav").get_by_role("link", name=re.compile(tab)).first)
    return page


def test_suggestions_come_with_reasons_and_one_is_overridden(visitors: Visitors) -> None:
    walker = Walker(visitors, "suggestions")
    called(walker, "13912345941", "石桥路口一下雨就积水半米深，排水井常年不清。", "道路井盖")
    page = find(walker, "dispatcher", "/dispatch")
    offered = page.locator("input[name=main_unit]:not([value=other])")
    assert offered.count() == 3
    walker.look(page, "suggestions")
    page.locator("input[name=main_unit][value=other]").check()
    page.fill("[name=other_unit]", "市公安局")
    page.fill("[name=advice]", "请今天疏通排水井")
    press(page, "派单并看下一件")
    page.locator("#error-summary").wait_for()
    walker.look(page, "another-unit-without-a-reason")
    assert page.locator("[name=advice]").input_value() == "请今天疏通排水井"
    page.focus("[name=choice_reason]")
    page.keyboard.insert_text("积水路段须先行交通管制，由交警先到场")
    page.keyboard.press("Control+Enter")
    told(page, "派")
    assert walker.ticket().state == "in_process"
    page = catalogue(walker, "centre", "/requests", "修改建议")
    shown(page, walker.number)
    walker.look(page, "proposals")
    walker.end()


def meet_a_conflict(walker: Walker, page: Page) -> None:
    """A second row for the same category and the whole city: the checks name both, and one is removed."""
    go(page, page.locator("main nav").get_by_role("link", name="目录条目"))
    press(page, "查看草稿")
    press(page, "新增条目")
    for label, words in (("分类", "共享单车"), ("主办单位", "CITY-GA")):
        page.get_by_role("combobox", name=label).first.click()
        page.keyboard.insert_text(words)
        page.get_by_role("option", name=words).first.click()
    page.fill("[name=basis]", "道路交通安全条例")
    press(page, "写入草稿")
    go(page, page.locator("main nav").get_by_role("link", name="检查"))
    shown(page, "条目冲突")
    walker.look(page, "conflict")
    added = page.locator("tr", has_text="条目冲突").get_by_role("link", name="第").last
    name = added.inner_text()
    go(page, added)
    press(page, f"修改{name}")
    press(page, "删去此条")
    told(page, f"已从草稿删去{name}")


def test_a_draft_is_tried_checked_and_published_by_a_second_person(visitors: Visitors) -> None:
    walker = Walker(visitors, "catalogue")
    page = catalogue(walker, "admin", "/admin")
    press(page, "查看草稿")
    walker.look(page, "draft-of-the-administrator")
    go(page, page.get_by_role("link", name="修改第 37 条"))
    walker.look(page, "form-of-a-row")
    page.fill("[name=basis]", "")
    page.keyboard.press("Control+Enter")
    page.locator("#error-summary").wait_for()
    walker.look(page, "row-without-a-basis")
    page.locator("[name=basis]").press("Control+a")
    page.keyboard.insert_text("市交通运输局职责清单第三条")
    page.keyboard.press("Control+Enter")
    told(page, "草稿")
    go(page, page.locator("main nav").get_by_role("link", name="试运行"))
    walker.look(page, "dry-run")
    go(page, page.locator("main nav").get_by_role("link", name="检查"))
    walker.look(page, "checks")
    meet_a_conflict(walker, page)
    go(page, page.locator("main nav").get_by_role("link", name="版本"))
    shown(page, "请由另一位管理员或中心领导发布")
    walker.look(page, "maker-may-not-publish")
    page = catalogue(walker, "centre", "/requests", "版本")
    walker.look(page, "versions-and-changes")
    press(page, "发布草稿")
    told(page, "发布")
    walker.look(page, "published")
    walker.end()


def test_what_was_given_back_becomes_a_proposal(visitors: Visitors) -> None:
    walker = Walker(visitors, "proposal")
    page = catalogue(walker, "centre", "/requests", "修改建议")
    press(page, "汇总本月退单")
    told(page, "退单")
    walker.look(page, "gathered")
    go(page, page.get_by_role("button", name="不采纳").first)
    page.locator("#error-summary").wait_for()
    walker.look(page, "turned-down-without-a-word")
    page.locator("[name=reason]").first.fill("个别路口，不改目录")
    go(page, page.get_by_role("button", name="不采纳").first)
    told(page, "已记录不采纳及理由")
    go(page, page.get_by_role("button", name="纳入草稿").first)
    told(page, "已纳入草稿")
    walker.look(page, "taken-into-the-draft")
    walker.end()
