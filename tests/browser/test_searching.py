"""Ctrl K by keyboard alone: a page by its pinyin, a ticket by what an input method gives, and nothing lost."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitors, accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]


def compose(page: Page, selector: str, spelled: str, chosen: str) -> None:
    """Type as an input method does: letters in the field that are not meant yet, then the characters."""
    page.evaluate(
        """([selector, spelled, chosen]) => {
            const field = document.querySelector(selector);
            const say = (kind, more) => field.dispatchEvent(new CompositionEvent(kind, {bubbles: true, ...more}));
            const press = key => field.dispatchEvent(
                new KeyboardEvent('keydown', {key, keyCode: 229, isComposing: true, bubbles: true}));
            say('compositionstart');
            field.value = spelled;
            field.dispatchEvent(new InputEvent('input', {isComposing: true, bubbles: true}));
            press('Enter');
            press('ArrowDown');
            field.value = chosen;
            say('compositionend', {data: chosen});
        }""",
        [selector, spelled, chosen],
    )


def test_a_page_and_a_ticket_are_reached_by_keyboard_and_escape_loses_nothing(visitors: Visitors):
    page = visitors.page("agent")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/palette" in request.url else None)
    page.goto(f"{visitors.city.address}/desk")
    page.locator("[name=content]").focus()
    page.keyboard.type("写了一半的诉求")
    page.keyboard.press("Control+k")
    options = page.locator("#palette [role=option]")
    expect(options.filter(has_text="提交")).not_to_have_count(0)
    assert accessibility_faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("[name=content]")).to_be_focused()
    expect(page.locator("[name=content]")).to_have_value("写了一半的诉求")

    page.keyboard.press("Control+k")
    page.keyboard.type("wdgd")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/mine")

    page.keyboard.press("Control+k")
    expect(options).not_to_have_count(0)
    asked.clear()
    compose(page, "#palette-q", "dian'ti", "电梯")
    expect(options.filter(has_text="电梯")).not_to_have_count(0)
    assert len(asked) == 1
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    address = options.nth(1).get_attribute("data-url")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")

    page.goto(f"{visitors.city.address}/search")
    page.keyboard.press("/")
    page.keyboard.type("电梯")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("电梯")
    assert visitors.complaints == []
