"""An administrator with a keyboard alone makes words count, and the agent beside them sees it at once."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitors, accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]


def test_a_published_emergency_word_raises_the_banner_and_a_merged_category_leaves_the_list(
    visitors: Visitors,
) -> None:
    admin, agent, city = visitors.page("admin"), visitors.page("agent"), visitors.city.address
    admin.goto(f"{city}/admin/words/new")
    for name, words in (
        ("name", "毒蜂蜇人"),
        ("words", "毒蜂"),
        ("procedure", "先问伤者是否清醒。"),
        ("reason", "入秋"),
    ):
        admin.locator(f"#{name}").focus()
        admin.keyboard.insert_text(words)
    admin.locator("#line").focus()
    admin.keyboard.type("120")
    admin.keyboard.press("Control+Enter")
    expect(admin.get_by_role("heading", name="核对“毒蜂蜇人”的影响")).to_be_visible()
    admin.get_by_role("button", name="发布").press("Enter")
    expect(admin.get_by_text("已发布“毒蜂蜇人”")).to_be_visible()
    agent.goto(f"{city}/desk")
    agent.locator("#content").press_sequentially("院里有毒 蜂")
    expect(agent.get_by_text("毒蜂蜇人，先转 120").first).to_be_visible()
    assert accessibility_faults(agent) == []

    admin.goto(f"{city}/admin/categories?q=油烟扰民")
    admin.get_by_role("link", name="城市管理 / 油烟扰民").press("Enter")
    admin.get_by_role("link", name="停用或并入").press("Enter")
    admin.locator("#into").press_sequentially("shzs")
    admin.locator("#into").press("Enter")
    admin.locator("#reason").press_sequentially("合并到噪声")
    admin.get_by_role("button", name="停用或并入").press("Enter")
    expect(admin.get_by_text("已并入，原有工单仍显示原分类。")).to_be_visible()
    agent.goto(f"{city}/desk")
    agent.locator("#category").press_sequentially("yyrm")
    expect(agent.get_by_role("option", name="油烟扰民")).to_have_count(0)
    assert visitors.complaints == []
