"""A supervisor's whole day by keys alone: who burns, urge, order, judge a request, who is worst, take it home."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Request, Ticket
from tests.browser.conftest import Visitors

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]

MOST_TABS = 60


def go(page: Page, words: str) -> None:
    """Go to a page by its name, through the palette."""
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-q")).to_be_focused()
    page.keyboard.type(words)
    expect(page.locator("#palette-list [role=option]").first).to_contain_text(words)
    page.keyboard.press("Enter")
    expect(page.locator(".topnav [aria-current]")).to_contain_text(words)
    page.wait_for_load_state()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something that fits has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"no way to {selector} by Tab")


def test_a_supervisor_needs_no_mouse_from_the_board_to_the_workbook(visitors: Visitors) -> None:
    page = visitors.page("supervisor")
    page.goto(f"{visitors.city.address}/board")
    page.keyboard.press("j")
    expect(page.locator("#rows > tr").first.locator("a").first).to_be_focused()

    go(page, "时限督办")
    page.keyboard.press("j")
    page.keyboard.press("j")
    row = str(page.evaluate("document.activeElement.closest('tr').id"))
    number = row.removeprefix("row-")
    before = counted(visitors, number)
    page.keyboard.press("c")
    expect(page.locator(".toast")).to_contain_text("已催办 1 件")
    expect(page.locator(f"#{row} a.t")).to_be_focused()

    page.keyboard.press("d")
    expect(page.locator("#f-level")).to_be_focused()
    tab_to(page, "#f-opinion")
    page.keyboard.type("请三日内办结并书面反馈。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text(number)
    expect(page.locator(f"#{row} a.t")).to_be_focused()
    expect(page.locator(f"#{row}")).to_contain_text("督办中")
    assert counted(visitors, number) == (before[0] + 1, before[1] + 1)
    page.keyboard.press("d")
    expect(page.locator(".alert--warn").first).to_contain_text("没有办结")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator(f"#{row} a.t")).to_be_focused()

    go(page, "待我审批")
    asked = str(page.locator("li.is-cur").get_attribute("id")).removeprefix("request-")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("已同意申请")
    with visitors.city.sessions()() as session:
        assert session.get_one(Request, int(asked)).state == "approved"

    go(page, "统计分析")
    tab_to(page, "[name=order]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("order=worst"))
    tab_to(page, "a[href*='units.xlsx']")
    with page.expect_download() as taken:
        page.keyboard.press("Enter")
    assert taken.value.suggested_filename.endswith(".xlsx")
    assert visitors.complaints == []


def counted(visitors: Visitors, number: str) -> tuple[int, int]:
    """Count how often a ticket was urged, and the orders about it."""
    with visitors.city.sessions()() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        orders = select(func.count(SupervisionOrder.id)).where(SupervisionOrder.ticket_id == ticket.id)
        return ticket.urge_count, session.scalars(orders).one()
