"""The administrator sees to the city's units, people and rosters, by the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors, accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]


# The worker beside the server may hold the only write lock of a young city for some seconds.
_PATIENCE = 20_000


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_role("textbox", name=label).first.focus()
    page.keyboard.type(text)


def choose(page: Page, label: str, text: str) -> None:
    box = page.get_by_role("combobox", name=label).first
    box.focus()
    box.select_option(label=text)


def name(page: Page, label: str, text: str) -> None:
    """Type part of a name and take the first one offered; nothing typed empties the field."""
    page.get_by_role("combobox", name=label).first.focus()
    page.keyboard.press("Control+A")
    if not text:
        page.keyboard.press("Delete")
        page.keyboard.press("Tab")
        return
    page.keyboard.type(text)
    expect(page.get_by_role("option").first).to_contain_text(text)
    page.keyboard.press("Enter")


def press(page: Page, role: str, name: str) -> None:
    page.get_by_role(role, name=name).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_units_people_and_rosters_are_seen_to_by_the_keyboard(visitors: Visitors) -> None:
    page = visitors.page("admin")
    page.goto(visitors.city.address + "/admin/units")
    press(page, "link", "新建单位")
    fill(page, "代码", "WT-YL")
    name(page, "上级单位", "梧桐区人民政府")
    fill(page, "名称", "梧桐区园林局")
    choose(page, "性质", "政府部门")
    fill(page, "原因", "新设")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("梧桐区园林局", timeout=_PATIENCE)

    press(page, "link", "调整上级…")
    name(page, "上级单位", "")
    press(page, "button", "查看影响")
    expect(page.locator("#effects")).to_contain_text("移到最上一级")
    fill(page, "原因", "市管")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#changes")).to_contain_text("梧桐区人民政府 → 空", timeout=_PATIENCE)

    page.goto(visitors.city.address + "/admin/units?q=wtqcsglj")
    press(page, "link", "梧桐区城市管理局")
    press(page, "link", "停用或合并…")
    press(page, "button", "查看影响")
    expect(page.locator("#effects")).to_contain_text("件工单没有办结")
    fill(page, "原因", "撤销")
    press(page, "button", "停用")
    expect(page.locator("#error-summary")).to_contain_text("不能今天停用", timeout=_PATIENCE)
    assert accessibility_faults(page) == []

    page.goto(visitors.city.address + "/admin/units/WT-YL/end")
    name(page, "并入哪个单位", "梧桐区城市管理局")
    press(page, "button", "查看影响")
    fill(page, "原因", "职能划转")
    press(page, "button", "合并")
    expect(page.get_by_text("并入梧桐区城市管理局，资料只能查看")).to_be_visible(timeout=_PATIENCE)

    page.goto(visitors.city.address + "/admin/users/new")
    fill(page, "账号", "night.shift")
    fill(page, "姓名", "夏夜")
    fill(page, "手机号", "13912345678")
    name(page, "单位", "梧桐区城市管理局")
    page.get_by_label("承办人", exact=True).focus()
    page.keyboard.press("Space")
    fill(page, "原因", "值班")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("/set-password/")).to_be_visible(timeout=_PATIENCE)

    page.goto(visitors.city.address + "/rosters/WT-CG")
    choose(page, "值班人", "夏夜")
    page.get_by_role("button", name="加入值班表").focus()
    page.keyboard.press("Enter")
    expect(page.locator("table").first).to_contain_text("夏夜", timeout=_PATIENCE)
    assert accessibility_faults(page) == []
