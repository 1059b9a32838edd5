"""A unit's day without a mouse, with its keys counted, and the same day without scripts."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from hotline.models.ticket import Assignment, Ticket
from tests.browser.conftest import Visitors, accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]
ANSWER = "执法队员昨天下午到现场核实，占道摊位已全部清走，今后每天晚上巡查一次。"
MENDED = ANSWER.replace("昨天下午", "11 月 20 日 15 时")


@dataclass
class Hands:
    """Whoever works by the keyboard alone; what is written counts as nothing, every key as one."""

    page: Page
    keys: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def press_on(self, *keys: str) -> None:
        """Press keys of which the last one leads to another page."""
        self.press(*keys[:-1])
        with self.page.expect_navigation():
            self.press(keys[-1])

    def write(self, text: str) -> None:
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    @property
    def open_number(self) -> str:
        return str(self.page.locator(".pane-list li.is-cur").get_attribute("id")).removeprefix("row-")


def state_of(visitors: Visitors, number: str) -> str:
    with visitors.city.sessions()() as session:
        shares = select(Assignment.state).join(Ticket, Ticket.id == Assignment.ticket_id)
        return session.scalars(shares.where(Ticket.number == number).order_by(Assignment.id.desc())).first()


def rows(page: Page) -> list[str]:
    return [str(row.get_attribute("id")).removeprefix("row-") for row in page.locator(".list > li").all()]


def test_a_unit_signs_answers_and_approves_without_a_mouse(visitors: Visitors) -> None:
    hands = Hands(visitors.page("handler"))
    hands.page.goto(f"{visitors.city.address}/inbox?sort=-created_at")
    first, second, third = rows(hands.page)[:3]
    hands.press_on("j", "a")  # the row one walked to is opened, and the one that was open stays unsigned
    assert hands.open_number == second
    hands.press_on("a")
    assert hands.keys <= 3
    assert hands.open_number == third
    assert "sort=-created_at" in hands.page.url
    assert [state_of(visitors, number) for number in (first, second)] == ["to_sign", "handling"]

    hands.page.goto(f"{visitors.city.address}/inbox?view=handling&sort=-created_at&ticket={second}")
    hands.press_on("n")
    expect(hands.page.locator("textarea").first).to_be_focused()
    hands.press_on("Escape", "u")
    assert hands.open_number == second
    hands.press("k", "u")
    assert hands.page.evaluate("document.activeElement.closest('li').classList.contains('is-cur')")
    hands.page.goto(f"{visitors.city.address}/inbox?view=handling&sort=-created_at&ticket={second}")
    hands.keys = 0
    hands.press("r", "1", "Tab", "1", "Tab")
    hands.write(ANSWER)
    hands.press("Tab")
    expect(hands.page.locator("#reply-checks")).to_contain_text("没有不当用词")
    assert accessibility_faults(hands.page) == []
    hands.press("Shift+Tab")
    hands.press_on("Control+Enter")
    assert hands.keys <= 8
    assert state_of(visitors, second) == "unit_review"
    assert hands.open_number != second

    leader = Hands(visitors.page("leader"))
    leader.page.goto(f"{visitors.city.address}/inbox/review?ticket={second}")
    leader.press("t")
    leader.write("写明是哪一天")
    leader.press_on("Control+Enter")
    assert leader.keys == 2
    hands.page.goto(f"{visitors.city.address}/inbox?view=to_mend&ticket={second}")
    expect(hands.page.locator(".pane-detail")).to_contain_text("写明是哪一天")
    hands.page.focus("#f-answer")
    hands.write(MENDED)
    hands.press_on("Control+Enter")
    leader.page.goto(f"{visitors.city.address}/inbox/review?ticket={second}")
    expect(leader.page.locator(".diff del").first).to_contain_text("昨天下午")
    assert accessibility_faults(leader.page) == []
    leader.press_on("Control+Enter")
    assert leader.keys == 3
    assert state_of(visitors, second) == "replied"
    assert visitors.complaints == []


def test_ticked_tickets_go_by_one_key_and_no_word_is_lost_on_the_way_to_the_whole_form(
    visitors: Visitors,
) -> None:
    hands = Hands(visitors.page("handler"))
    hands.page.goto(f"{visitors.city.address}/inbox?view=handling&sort=-created_at")
    hands.press("j", "x", "j", "x")
    hands.press_on("p")
    expect(hands.page.locator("main")).to_contain_text("打印 2 件")
    hands.page.goto(f"{visitors.city.address}/inbox?view=handling&sort=-created_at")
    hands.press("r", "1", "Tab", "1", "Tab")
    hands.write(ANSWER)
    hands.press("Control+s")
    expect(hands.page.locator("#draft-mark")).to_have_text(re.compile(r"草稿已保存 \d\d:\d\d:\d\d"))
    hands.page.reload()  # as after a crash: nothing asks, and nothing is lost
    expect(hands.page.locator("#f-answer")).to_have_value(ANSWER)
    hands.page.get_by_role("button", name="完整表单").click()
    expect(hands.page.locator("#move-form #f-answer")).to_have_value(ANSWER)
    assert hands.page.evaluate("document.activeElement.name") == "contact"
    hands.page.goto(f"{visitors.city.address}/inbox/phrases/new")
    expect(hands.page.locator("[name=use]").first).to_be_focused()
    assert visitors.complaints == []


def test_the_same_day_goes_without_scripts(visitors: Visitors, browser: Browser) -> None:
    for name in ("handler", "leader"):
        visitors.page(name)
    pages = {
        name: browser.new_context(
            locale="zh-CN", storage_state=visitors.city.signed_in[name], java_script_enabled=False
        ).new_page()
        for name in ("handler", "leader")
    }
    handler, leader = pages["handler"], pages["leader"]
    handler.goto(f"{visitors.city.address}/inbox?sort=-created_at")
    # Whose return is asked for already cannot ask for it again.
    number, other = [
        each for each in rows(handler) if "退单审批中" not in handler.inner_text(f"#row-{each}")
    ][:2]
    handler.get_by_role("button", name="签收", exact=False).last.click()
    assert state_of(visitors, number) == "handling"
    handler.goto(f"{visitors.city.address}/inbox?ticket={other}")
    handler.get_by_role("link", name="申请退单").click()
    handler.locator("[name=reason]").first.check(force=True)
    handler.fill("[name=basis]", "依据职责清单，由其他单位负责。")
    handler.locator("#move-form .btn--p").click()
    handler.goto(f"{visitors.city.address}/inbox?ticket={other}")
    expect(handler.locator(f"#row-{other}")).to_contain_text("退单审批中")
    handler.goto(f"{visitors.city.address}/inbox?view=handling&ticket={number}")
    handler.check("[name=contact][value=contacted]", force=True)
    handler.check("[name=result][value=resolved]", force=True)
    handler.fill("#f-answer", ANSWER)
    handler.locator("#reply-form .btn--p").click()
    assert state_of(visitors, number) == "unit_review"
    leader.goto(f"{visitors.city.address}/inbox/review?ticket={number}")
    leader.get_by_role("button", name="同意上报").click()
    assert state_of(visitors, number) == "replied"
    for page in pages.values():
        page.context.close()
