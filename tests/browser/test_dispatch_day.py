"""A dispatcher sends, takes back and sends again, a callback agent books and calls: by keys alone, and few of them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hotline.models.ticket import Ticket, TicketEvent
from hotline.services.calendars import load_calendar
from notifications.models import OutboxMessage
from tests.browser.conftest import City, Visitors
from workflows.calls import call_hours

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]


class Keys:
    """A keyboard that counts: a chord is one press."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def opened(page: Page) -> str:
    return page.locator("li.is-cur").get_attribute("id").removeprefix("row-")


def actions(city: City, number: str) -> list[str]:
    with city.sessions()() as session:
        of_ticket = select(TicketEvent.action).join(Ticket).where(Ticket.number == number)
        return list(session.scalars(of_ticket.order_by(TicketEvent.number)))


def fates(city: City, number: str) -> set[str | None]:
    """What became of the messages that told of the last dispatch."""
    with city.sessions()() as session:
        dispatches = (
            select(TicketEvent.id)
            .join(Ticket)
            .where(Ticket.number == number, TicketEvent.action == "dispatch")
        )
        last = session.scalars(dispatches.order_by(TicketEvent.id.desc())).first()
        told = select(OutboxMessage.skip_reason).where(OutboxMessage.key.startswith(f"{last}:"))
        return set(session.scalars(told))


def told(page: Page, words: str) -> None:
    expect(page.locator(".toast")).to_contain_text(words, timeout=20_000)


def test_a_slip_of_the_hand_is_undone_with_one_key_and_the_next_ticket_opens_with_one(visitors: Visitors):
    page = visitors.page("dispatcher")
    page.goto(f"{visitors.city.address}/dispatch")
    # What came back to the pool stands above it, and there somebody has to choose.
    page.locator(".pane-list li", has_text="规则命中").first.get_by_role("link").first.click()
    expect(page.locator("li.is-cur")).to_contain_text("规则命中")
    keys, first = Keys(page), opened(page)
    keys.press("Control+Enter")
    told(page, "已派往")
    expect(page.locator("li.is-cur")).not_to_have_id(f"row-{first}")
    keys.press("z")
    told(page, f"已撤销派单：{first}")
    expect(page.locator("li.is-cur")).to_have_id(f"row-{first}")
    assert fates(visitors.city, first) == {"undone"}
    keys.press("Control+Enter")
    told(page, "已派往")
    expect(page.locator(f"#row-{first}")).to_have_count(0)
    assert keys.count == 3
    steps = [each for each in actions(visitors.city, first) if "dispatch" in each]
    assert steps == ["dispatch", "undo_dispatch", "dispatch"]
    assert visitors.complaints == []


def test_a_call_is_booked_and_the_next_citizen_asked_by_keys_alone(visitors: Visitors):
    city = visitors.city
    with city.sessions()() as session:
        now = datetime.now(UTC)
        hours = list(call_hours(load_calendar(session), now, now + timedelta(days=5)))
        late = Ticket.due_at > hours[0][0] + timedelta(hours=2)
        waiting = select(Ticket.number).where(Ticket.state == "to_call_back", Ticket.call_attempts == 0, late)
        number = session.scalars(waiting.order_by(Ticket.due_at)).first()
    at = hours[0][0] + timedelta(hours=1)
    page = visitors.page("callback")
    page.goto(f"{city.address}/callback?view=waiting&ticket={number}")
    keys = Keys(page)
    keys.press("y")
    expect(page.locator("#call_at")).to_be_focused()
    page.locator("#call_at").fill(f"{at:%Y-%m-%dT%H:%M}")
    keys.press("Enter")
    told(page, f"已预约回拨：{number}")
    asked = opened(page)
    assert asked != number
    keys.press("1", "1", "1", "2", "Control+Enter")
    told(page, asked)
    assert actions(city, asked)[-1] == "close"
    assert keys.count == 7
    page.goto(f"{city.address}/callback?view=booked")
    expect(page.locator(f"#row-{number}")).to_contain_text(re.compile(r"预约 \d\d-\d\d \d\d:\d\d"))
    assert visitors.complaints == []


def waiting_for_a_call(city: City) -> str:
    with city.sessions()() as session:
        waiting = select(Ticket.number).where(Ticket.state == "to_call_back", Ticket.call_attempts == 0)
        return session.scalars(waiting.order_by(Ticket.due_at.desc())).first()


def test_ctrl_enter_in_the_note_of_a_call_that_failed_records_it_and_closes_nothing(visitors: Visitors):
    city = visitors.city
    number = waiting_for_a_call(city)
    page = visitors.page("callback")
    page.goto(f"{city.address}/callback?view=waiting&ticket={number}")
    Keys(page).press("1", "2", "w", "ArrowDown", "Tab")
    page.keyboard.insert_text("响铃没有人接")
    page.keyboard.press("Control+Enter")
    told(page, f"已记录未接通：{number}")
    assert actions(city, number)[-1] != "close"


def test_ctrl_enter_in_the_reason_for_sending_back_does_not_approve(visitors: Visitors):
    city = visitors.city
    with city.sessions()() as session:
        waiting = select(Ticket.number).where(Ticket.state == "intake_review")
        number = session.scalars(waiting.order_by(Ticket.id.desc())).first()
    page = visitors.page("reviewer")
    page.goto(f"{city.address}/intake?ticket={number}")
    page.locator("summary", has_text="退回补录").click()
    page.get_by_label("退回原因").fill("缺少门牌号，请联系来电人补充。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"#row-{number}")).to_have_count(0)
    assert "approve_intake" not in actions(city, number)


def test_what_was_not_asked_is_said_at_the_callback_while_the_caller_is_on_the_line(visitors: Visitors):
    city = visitors.city
    number = waiting_for_a_call(city)
    page = visitors.page("callback")
    page.goto(f"{city.address}/callback?view=waiting&ticket={number}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#solved .f__err")).to_have_text("请选择。")
    expect(page.locator("[name=solved]").first).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator(".f__err")).to_have_count(0)
    Keys(page).press("Tab", "4")
    page.get_by_role("button", name="退回重办").click()
    expect(page.locator("#reason")).to_be_focused()
    expect(page.locator("#questions")).to_contain_text("诉求人反映")
    assert actions(city, number)[-1] not in ("close", "rework")
