"""A request goes out from real browsers: without JavaScript and with a photo, and by the keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from hotline.models.access import Attachment
from hotline.models.ticket import Ticket
from tests.browser.conftest import PHONE, City, Visitors, accessibility_faults
from tests.hotline.pictures import picture_bytes

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]

WORDS = "桐安苑 5 栋门口的路灯三个晚上不亮，老人出门看不见台阶，请派人来修。"
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "路灯.png"
    path.write_bytes(picture_bytes())
    return path


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    """A telephone that runs no script."""
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def go_on(page: Page) -> None:
    """Press the page's own button."""
    with page.expect_navigation():
        page.locator("main .btn--p").click()


def sent(city: City, number: str) -> Ticket:
    with city.sessions()() as session:
        return session.scalars(select(Ticket).where(Ticket.number == number)).one()


def test_a_telephone_without_javascript_sends_a_request_with_a_photo(
    visitors: Visitors, plain_page: Page, photo: Path
) -> None:
    page, city = plain_page, visitors.city
    page.goto(f"{city.address}/find")
    with page.expect_navigation():
        page.get_by_role("link", name="提交诉求").click()
    page.get_by_label("发生了什么").fill(WORDS)
    page.get_by_label("您想做什么").select_option("help")
    go_on(page)
    page.locator("#files").set_input_files(photo)
    go_on(page)
    page.get_by_label("详细地点").fill("栖凤路 102 号桐安苑 5 栋")
    go_on(page)
    page.get_by_label("保密，只让 12345 知道").check(force=True)
    page.get_by_label("您的姓名").fill("王若溪")
    page.get_by_label("您的电话").fill("13912340001")
    go_on(page)
    assert page.get_by_text(WORDS).count()
    assert page.get_by_text("路灯.png").count()
    go_on(page)
    ticket = sent(city, page.locator(".bignum").first.inner_text().strip())
    assert (ticket.channel, ticket.state, ticket.is_confidential) == ("web", "intake_review", True)
    with city.sessions()() as session:
        file = session.scalars(select(Attachment).where(Attachment.ticket_id == ticket.id)).one()
    assert file.name == "路灯.png"
    page.go_back()
    assert page.url.endswith("/submit/done")


def test_a_request_is_sent_by_the_keyboard_alone(visitors: Visitors) -> None:
    page = visitors.page("")
    page.goto(f"{visitors.city.address}/submit")
    type_into(page, "content", WORDS)
    tab_to(page, "document.activeElement.id === 'type'")
    page.keyboard.press("ArrowDown")
    press_button(page, "下一步：添加照片")
    press_button(page, "下一步：填写地点")
    type_into(page, "address", "栖凤路 102 号")
    press_button(page, "下一步：填写联系方式")
    tab_to(page, "document.activeElement.name === 'privacy'")
    page.keyboard.press("ArrowUp")  # round to the last: anonymous
    expect(page.get_by_label("您的姓名")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("您的姓名")).to_be_visible()
    type_into(page, "citizen_name", "李慕白")
    type_into(page, "phone", "13912340002")
    press_button(page, "下一步：核对")
    press_button(page, "提交诉求")
    assert sent(visitors.city, page.locator(".bignum").first.inner_text().strip()).channel == "web"
    assert visitors.complaints == []


def test_the_way_back_over_a_page_with_errors_leads_to_the_steps_and_their_words(visitors: Visitors) -> None:
    page = visitors.page("")
    page.goto(f"{visitors.city.address}/submit")
    go_on(page)
    page.get_by_label("发生了什么").fill(WORDS)
    page.get_by_label("您想做什么").select_option("help")
    go_on(page)
    for _ in range(2):
        page.go_back()  # over the page with errors, which was the answer to a form
    expect(page.get_by_role("heading", level=1)).to_have_text("您要反映什么问题？")
    expect(page.get_by_label("发生了什么")).to_have_value(WORDS)


def test_what_was_refused_stays_through_large_type_english_and_a_reload(visitors: Visitors) -> None:
    page = visitors.page("")
    page.goto(f"{visitors.city.address}/submit")
    page.get_by_label("发生了什么").fill(WORDS)
    go_on(page)
    expect(page.locator("#error-summary")).to_be_visible()
    for leave in (
        lambda: page.get_by_role("button", name="大字版").click(),
        lambda: page.get_by_role("button", name="English").click(),
        page.reload,
    ):
        leave()
        expect(page.locator("#content")).to_have_value(WORDS)
    assert page.url.endswith("/submit")


def test_no_page_on_the_way_has_a_fault_or_scrolls_sideways(visitors: Visitors, photo: Path) -> None:
    page = visitors.page("", PHONE)
    page.goto(f"{visitors.city.address}/submit")
    look_at(page)
    go_on(page)
    look_at(page)
    page.fill("#content", WORDS)
    page.select_option("#type", "consultation")
    go_on(page)
    page.set_input_files("#files", [photo, __file__])
    go_on(page)
    look_at(page)
    go_on(page)
    go_on(page)
    look_at(page)
    page.check("#no_place")
    go_on(page)
    go_on(page)
    look_at(page)
    page.get_by_label("匿名，不留姓名和电话").check(force=True)
    go_on(page)
    look_at(page)
    go_on(page)
    look_at(page)
    assert page.get_by_text("请现在记下这两项").count()
    assert visitors.complaints == []


def look_at(page: Page) -> None:
    """Look at the page as a telephone of each width shows it."""
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)
        assert accessibility_faults(page) == [], (page.url, size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (page.url, size)


def tab_to(page: Page, claim: str) -> None:
    """Press Tab until the claim about what has the focus is true."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(claim):
            return
    pytest.fail(f"no key leads to where {claim}")


def type_into(page: Page, name: str, words: str) -> None:
    tab_to(page, f"document.activeElement.id === '{name}'")
    page.keyboard.type(words)


def press_button(page: Page, words: str) -> None:
    tab_to(page, f"document.activeElement.textContent.trim() === '{words}'")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_telephone_that_may_tell_where_it_stands_does_so_only_when_asked(visitors: Visitors) -> None:
    page = visitors.page("", PHONE)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 30.251234, "longitude": 120.151234, "accuracy": 18.2})
    at_the_place(page, visitors.city.address)
    position = page.locator("[name=latitude]")
    expect(position).to_have_value("")
    button = page.locator("[data-position]")
    button.press("Enter")
    expect(page.locator("#position-told")).to_contain_text("误差约 19 米")
    expect(position).to_have_value("30.251234")
    button.press("Enter")
    expect(position).to_have_value("")
    assert not accessibility_faults(page)


def test_without_leave_the_place_is_asked_for_in_words_and_nothing_stops(visitors: Visitors) -> None:
    page = visitors.page("", PHONE)
    at_the_place(page, visitors.city.address)
    page.locator("[data-position]").press("Enter")
    expect(page.locator("#position-told")).to_contain_text("没有取得位置")
    page.get_by_label("详细地点").fill("桐安苑 5 栋")
    go_on(page)
    expect(page.get_by_role("heading", name="怎样联系您？")).to_be_visible()


def at_the_place(page: Page, address: str) -> None:
    page.goto(f"{address}/submit")
    page.get_by_label("发生了什么").fill(WORDS)
    page.get_by_label("您想做什么").select_option("help")
    go_on(page)
    go_on(page)


def test_without_scripts_large_type_and_english_hand_the_form_back_with_its_words(
    visitors: Visitors, plain_page: Page
) -> None:
    page = plain_page
    page.goto(f"{visitors.city.address}/submit")
    page.locator("#content").fill(WORDS)
    page.get_by_role("button", name="大字版").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#content")).to_have_value(WORDS)
    page.locator("#type").select_option("help")
    page.locator("#accused").press("Enter")
    expect(page).to_have_url(f"{visitors.city.address}/submit/photos")
