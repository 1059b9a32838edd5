"""The pages of figures in the browser: drawn without offending, readable without scripts, and the wall at one glance."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, Visitors, accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]

OFFICE = {"width": 1366, "height": 768}
HALL = {"width": 1920, "height": 1080}
WIDE_HALL = {"width": 3840, "height": 1080}
CUT_OFF = (
    "[...document.querySelectorAll('.wall .kpi dd, .wall .tile .small, .wall h2, .wall .rows td')]"
    ".filter(e => e.getClientRects().length && ("
    "e.getBoundingClientRect().bottom > e.closest('.panel').getBoundingClientRect().bottom + 1"
    " || e.scrollWidth > e.clientWidth + 1)).map(e => e.textContent.trim())"
)
OVERFLOWING = (
    "[...document.querySelectorAll('html, .wall, .wall .panel')]"
    ".filter(e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1).length"
)


def test_a_chart_is_drawn_and_its_table_is_one_click_away(visitors: Visitors) -> None:
    page = visitors.page("supervisor")
    page.goto(f"{visitors.city.address}/figures/trends")
    chart = page.locator("[data-chart=line]")
    expect(chart.locator("canvas")).to_be_visible()
    chart.locator("canvas").hover()
    expect(chart.locator("table")).to_be_hidden()
    chart.locator("[data-toggle]").click()
    expect(chart.locator("table")).to_be_visible()
    expect(chart.locator("canvas")).to_be_hidden()
    page.emulate_media(media="print")
    chart.locator("[data-toggle]").evaluate("button => button.click()")
    expect(chart.locator("table")).to_be_visible()
    expect(chart.locator("canvas")).to_be_hidden()
    assert visitors.complaints == []


def test_without_scripts_every_figure_is_in_its_table(visitors: Visitors, browser: Browser) -> None:
    visitors.page("supervisor").close()
    state = visitors.city.signed_in["supervisor"]
    context = browser.new_context(java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.goto(f"{visitors.city.address}/figures/trends")
    expect(page.locator("[data-chart=line] table")).to_be_visible()
    expect(page.locator("[data-toggle]").first).to_be_hidden()
    day = date.today() - timedelta(days=40)  # noqa: DTZ011 - any day of the past will do
    page.fill("[name=from]", day.isoformat())
    page.click("text=统计 >> nth=-1")
    assert f"from={day}" in page.url
    context.close()


def test_the_wall_shows_all_at_once_and_says_when_it_is_cut_off(visitors: Visitors) -> None:
    page = visitors.page("centre", HALL)
    page.clock.install()
    page.goto(f"{visitors.city.address}/wall")
    for size, letters in ((PHONE, "16px"), (OFFICE, "14.2"), (HALL, "20.0"), (WIDE_HALL, "20.0")):
        page.set_viewport_size(size)
        expect(page.locator("html")).to_have_css("font-size", re.compile(f"^{letters}"))
        expect(page.locator("canvas").first).to_be_visible()
        # A phone scrolls down, and only down.
        sides = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (sides if size == PHONE else page.evaluate(OVERFLOWING)) == 0, size
        assert page.evaluate(CUT_OFF) == [], size
    assert accessibility_faults(page) == []
    page.locator("#wall").evaluate("wall => wall.dataset.seen = ''")
    page.clock.run_for(31_000)
    # The next reading is asked for once the new wall has taken the place of the one that was seen, and has settled.
    expect(page.locator("#wall:not([data-seen]):not(.htmx-added)")).to_be_visible()
    expect(page.locator("canvas")).to_have_count(3)
    page.context.set_offline(True)
    page.clock.run_for(31_000)
    expect(page.locator("#as-of")).to_contain_text("已断开，数据截至")
    page.context.set_offline(False)
    assert visitors.complaints == []
