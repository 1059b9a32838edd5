"""时限督办 in the browser: what will be late today and why in three clicks, and urging without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hotline.models.ticket import Ticket
from tests.browser.conftest import Visitors, accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]


def rows(page: Page) -> list[str]:
    return [str(row.get_attribute("id")) for row in page.locator("#rows > tr[id]").all()]


def test_three_clicks_lead_to_why_a_ticket_will_be_late_today(visitors: Visitors) -> None:
    page = visitors.page("supervisor")
    page.goto(f"{visitors.city.address}/board")
    page.click(".topnav >> text=时限督办")
    for name in ("预计今日超期", "今日到期"):
        page.click(f"#lists >> text={name}")
        if rows(page):  # late in the evening nothing more falls due
            break
    else:
        page.click("#lists >> text=已超期")
    number = rows(page)[0].removeprefix("row-")
    page.click("#rows >> text=为什么 >> nth=0")
    assert f"/tickets/{number}" in page.url
    assert visitors.complaints == []


def test_urging_by_keyboard_walks_the_rows_and_acts_on_the_one_it_is_in(visitors: Visitors) -> None:
    page = visitors.page("supervisor")
    page.goto(f"{visitors.city.address}/board/overdue?view=red")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = rows(page)[1]
    assert page.evaluate("document.activeElement.closest('tr').id") == second
    page.keyboard.press("x")
    assert page.locator(f"#{second} input[type=checkbox]").is_checked()
    assert page.locator("[data-ticked]").inner_text() == "1"
    page.keyboard.press("k")
    first = rows(page)[0].removeprefix("row-")
    with page.expect_navigation():
        page.keyboard.press("c")
    assert "已催办 1 件" in page.locator("body").inner_text()
    assert "view=red" in page.url
    expect(page.locator(f"#row-{first} a.t")).to_be_focused()
    with visitors.city.sessions()() as session:
        urged = select(Ticket.urge_count).where(Ticket.number == first)
        assert session.scalars(urged).one() > 0
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.wait_for_url(re.compile(r"/orders/issue\?next="))
    assert visitors.complaints == []


def test_a_refresh_swaps_the_rows_unless_one_is_ticked_and_a_failure_is_told(visitors: Visitors) -> None:
    page = visitors.page("supervisor")
    page.clock.install()
    page.goto(f"{visitors.city.address}/board/overdue?view=red")
    before = rows(page)
    with page.expect_response("**/board/overdue?view=red"):
        page.clock.fast_forward(31_000)
    expect(page.locator(".htmx-request")).to_have_count(0)
    assert rows(page) == before
    assert accessibility_faults(page) == []
    page.check("#rows input[type=checkbox] >> nth=0")
    page.evaluate("document.activeElement.blur()")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(31_000)
    assert asked == []
    page.uncheck("#rows input[type=checkbox] >> nth=0")
    page.evaluate("document.activeElement.blur()")
    page.context.set_offline(True)
    page.clock.fast_forward(31_000)
    expect(page.locator("#as-of")).to_contain_text("已断开")
    page.context.set_offline(False)
