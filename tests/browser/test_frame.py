"""What every page has around it: the end of a session, a lost line, high contrast, paper, and a way past the bars."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hotline.models.ticket import Ticket
from tests.browser.conftest import PHONE, City, Visitors

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]


def newest_ticket(city: City) -> str:
    with city.sessions()() as session:
        known = select(Ticket.number).where(Ticket.state == "in_process").order_by(Ticket.id.desc())
        return f"/tickets/{session.scalars(known).first()}"


def opened(visitors: Visitors, username: str, path: str) -> Page:
    page = visitors.page(username)
    page.goto(visitors.city.address + path)
    return page


def test_the_end_of_a_session_is_told_two_minutes_before_and_can_be_put_off(visitors: Visitors) -> None:
    page = visitors.page("agent")
    page.clock.install()
    page.goto(f"{visitors.city.address}/preferences")
    warning = page.locator("#session-end")
    page.clock.fast_forward("26:00")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("01:30")
    expect(warning).to_be_visible()
    page.get_by_role("button", name="继续").click()
    expect(warning).to_be_hidden()
    page.clock.fast_forward("29:30")
    expect(warning.get_by_role("heading", name="登录已结束")).to_be_visible()
    expect(warning.get_by_role("button", name="关闭")).to_be_focused()  # leaving loses what is typed
    expect(warning.get_by_role("link", name="重新登录")).to_have_attribute(
        "href", "/login?next=%2Fpreferences"
    )
    assert visitors.complaints == []


def test_without_a_line_nothing_is_sent_and_what_is_typed_stays(visitors: Visitors) -> None:
    page = opened(visitors, "", "/find")
    page.fill("[name=number]", "YJ20261123-00001")
    page.context.set_offline(True)
    banner = page.locator("#offline")
    expect(banner).to_contain_text("暂时不能提交")
    page.get_by_role("button", name="查询").click()
    expect(banner).to_be_focused()
    expect(page.locator("[name=number]")).to_have_value("YJ20261123-00001")
    page.context.set_offline(False)
    expect(banner).to_be_hidden()
    page.get_by_role("button", name="查询").click()
    expect(page.locator("#error-summary")).to_be_visible()


def test_in_forced_colours_what_is_chosen_has_an_outline(visitors: Visitors) -> None:
    page = opened(visitors, "agent", "/desk")
    page.emulate_media(forced_colors="active")
    for chosen in (".topnav a[aria-current]", ".seg input:checked + span"):
        expect(page.locator(chosen).first).to_have_css("outline-style", "solid")


def test_a_ticket_prints_without_bars_and_forms(visitors: Visitors) -> None:
    page = opened(visitors, "supervisor", newest_ticket(visitors.city))
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".topbar")).to_be_hidden()
    assert page.locator("main .btn:visible, .actbar:visible, dialog:visible").count() == 0
    expect(page.locator("#dt")).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_motion_stops_for_those_who_ask(visitors: Visitors) -> None:
    page = opened(visitors, "agent", "/desk")
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator(".btn").first).to_have_css("transition-property", "none")


@pytest.mark.parametrize(
    ("username", "path"), [("agent", "/desk/mine"), ("callback", "/callback"), ("", "/submit")]
)
def test_the_first_stop_leads_past_the_bars_and_no_stop_is_hidden_behind_one(
    visitors: Visitors, username: str, path: str
) -> None:
    page = opened(visitors, username, path)
    page.set_viewport_size(PHONE)
    page.keyboard.press("Tab")
    skip = page.locator(".skip").first
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    for _ in range(14):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const stop = document.activeElement, box = stop.getBoundingClientRect();
              if (stop === document.body || !box.width) return null;
              const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
              const bar = top && top.closest('.actbar, .topbar');
              return bar && !bar.contains(stop) ? stop.outerHTML.slice(0, 90) : null;
            }"""
        )
        assert hidden is None


def test_on_a_phone_what_was_done_is_in_sight_however_far_down_the_page_opens(visitors: Visitors) -> None:
    page = opened(visitors, "agent", "/desk")
    page.set_viewport_size(PHONE)
    page.locator("#phone").fill("13900139007")
    page.locator("#content").fill("路灯不亮，请尽快修好。")
    page.keyboard.press("Control+s")
    told = page.locator(".flashes", has_text="草稿已保存")
    expect(page.locator("#content")).to_be_focused()
    expect(told).to_be_in_viewport()


def test_the_key_that_opens_more_actions_leads_the_keyboard_to_them(visitors: Visitors) -> None:
    page = opened(visitors, "dispatcher", newest_ticket(visitors.city))
    page.keyboard.press(".")
    expect(page.locator("details.more > summary")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("details.more[open] :focus")).to_be_visible()


@pytest.mark.parametrize("width", [920, 1093, 1301])
def test_a_page_that_is_zoomed_keeps_its_whole_bar_on_the_screen(visitors: Visitors, width: int) -> None:
    page = opened(visitors, "leader", "/knowledge")
    page.set_viewport_size({"width": width, "height": 614})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for name in ("代理", "知识库"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="退出")).to_be_in_viewport(ratio=1)


def test_a_long_request_fills_the_sheet_it_begins_on_and_every_page_bears_its_number(
    visitors: Visitors,
) -> None:
    page = opened(visitors, "handler", "/inbox?view=handling")
    number = page.locator(".pane-list .is-cur [name=number]").get_attribute("value")
    page.goto(f"{visitors.city.address}/tickets/{number}/print")
    assert pages_on_paper(page) == 1
    page.locator(".sheet .prewrap").first.evaluate("each => each.textContent = '诉求\\n'.repeat(50)")
    assert pages_on_paper(page) == 2
    head = page.locator(".sheet thead")
    expect(head).to_contain_text(str(number))
    assert head.evaluate("each => getComputedStyle(each).display") == "table-header-group"


def pages_on_paper(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def test_a_screen_as_small_as_a_telephone_shows_no_keys_which_nobody_could_press(visitors: Visitors) -> None:
    page = opened(visitors, "handler", "/inbox?view=handling")
    keys = page.locator("#reply-form kbd")
    expect(keys.first).to_be_visible()
    page.set_viewport_size(PHONE)
    assert keys.count() == keys.locator("visible=false").count() > 0
