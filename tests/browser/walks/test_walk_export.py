"""A supervisor asks to take tickets out as a table, the security officer decides, and the file bears a watermark."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitors
from tests.browser.walks.road import from_menu, go, press, told
from tests.browser.walks.walker import Walker

pytestmark = [pytest.mark.walk, pytest.mark.browser, pytest.mark.xdist_group("city")]

PURPOSE = "供市政府督查室核对十一月超期工单"


def shown(page: Page, words: str) -> None:
    page.locator("main").get_by_text(re.compile(words)).first.wait_for()


def ask(walker: Walker) -> None:
    page = walker.window("supervisor", "/board")
    from_menu(page, "工单检索")
    page.get_by_text("更多条件").click()
    page.get_by_label("区县").select_option(label="梧桐区")
    page.get_by_label("时限").select_option(label="超期")
    go(page, page.get_by_role("button", name="查找"))
    walker.look(page, "what-to-take-out")
    press(page, "申请导出")
    page.keyboard.press("Control+Enter")
    page.locator("#error-summary").wait_for()
    walker.look(page, "asked-without-a-purpose")
    page.locator("#error-summary a").first.press("Enter")
    page.keyboard.insert_text(PURPOSE)
    page.keyboard.press("Control+Enter")
    told(page, "已提交导出申请")
    walker.look(page, "waiting-for-the-officer")


def wanted(walker: Walker) -> Page:
    page = walker.window("security", "/")
    from_menu(page, re.compile("待我审批"))
    go(page, page.locator(".list a.t", has_text="批量导出").first)
    shown(page, PURPOSE)
    return page


def test_a_table_leaves_the_city_only_with_a_second_persons_consent(
    visitors: Visitors, tmp_path: Path
) -> None:
    walker = Walker(visitors, "export")
    ask(walker)
    page = wanted(walker)
    walker.look(page, "officer-decides")
    press(page, "驳回批量导出")
    page.locator("#error-summary").wait_for()
    walker.look(page, "officer-refuses-without-a-word")
    page.fill("[name=reason]", "用途明确，同意；用后删除。")
    press(page, "同意批量导出")
    told(page, "同意")
    walker.look(page, "officer-has-decided")
    page = walker.window("supervisor", "/search")
    press(page, "我的导出")
    shown(page, "用后删除")
    walker.look(page, "ready-to-fetch")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="下载").first.click()
    file = tmp_path / "export.csv"
    fetched.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert "韩明度" in text
    assert PURPOSE in text
    assert len(rows) > 2
    assert not re.search(r"1[3-9]\d{9}", text)
    page = walker.window("supervisor", "/search")
    press(page, "我的导出")
    shown(page, "下载，")
    walker.look(page, "fetched")
    walker.end()
