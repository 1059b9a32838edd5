"""What people do about messages, each at their own screen: answer them, stop them, keep them going, write them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hotline.models.ticket import Citizen, Ticket
from notifications.models import MailboxMessage, OutboxMessage
from tests.browser.conftest import City, Visitors, accessibility_faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]

_LOOKS = 40


def open_page(visitors: Visitors, username: str, path: str) -> Page:
    page = visitors.page(username)
    page.goto(visitors.city.address + path)
    return page


def text_in(visitors: Visitors, phone: str, words: str) -> None:
    """Send an SMS from a telephone of the city, at the screen of the demo."""
    page = open_page(visitors, "", "/mailbox")
    page.locator("#sms summary").click()
    page.fill("#sms [name=phone]", phone)
    page.fill("#sms [name=words]", words)
    page.get_by_role("button", name="发送短信").click()
    expect(page.get_by_text("短信已发给 12345")).to_be_visible()
    page.close()


def arrived(visitors: Visitors, words: str, phone: str = "") -> Page:
    """Wait until an SMS with these words is in the mailbox, and show it."""
    page = open_page(visitors, "", "/mailbox?channel=sms")
    found = page.locator("article", has_text=re.compile(words))
    if phone:
        found = found.filter(has_text=phone)
    for _ in range(_LOOKS):
        visitors.city.deliver()
        page.reload()
        if found.count():
            return page
    raise AssertionError(words)


def find(city: City, *conditions: object) -> tuple[str, str]:
    """The newest ticket with a mobile telephone, and that telephone."""
    rows = (
        select(Ticket, Citizen)
        .join(Citizen, Citizen.id == Ticket.citizen_id)
        .where(*conditions)
        .order_by(Ticket.id.desc())
    )
    with city.sessions()() as session:
        for ticket, citizen in session.execute(rows):
            phone = (citizen.phone or "").removeprefix("+86")
            if phone.startswith("1"):
                return ticket.number, phone
    raise AssertionError(conditions)


def state_of(city: City, number: str) -> str:
    with city.sessions()() as session:
        return session.scalars(select(Ticket.state).where(Ticket.number == number)).one()


def told_of(city: City, number: str) -> list[str]:
    """The telephones that were invited to rate a ticket."""
    invited = select(MailboxMessage).where(
        MailboxMessage.subject == number, MailboxMessage.kind == "replied", MailboxMessage.channel == "sms"
    )
    with city.sessions()() as session:
        return [row.address for row in session.scalars(invited)]


def test_a_citizen_rates_by_sms_from_the_message_that_asks(visitors: Visitors) -> None:
    city = visitors.city
    with city.sessions()() as session:
        waiting = session.scalars(
            select(Ticket.number).where(Ticket.state == "to_call_back").order_by(Ticket.id.desc())
        ).all()
    number = next(number for number in waiting if told_of(city, number))
    page = open_page(visitors, "", f"/mailbox?number={number}&channel=sms")
    page.locator("article", has_text="已答复").get_by_role("link", name="用这个号码回复").first.click()
    page.fill("#sms [name=words]", "1")
    page.get_by_role("button", name="发送短信").click()
    arrived(visitors, f"{number}.*评价|评价.*{number}|感谢")
    assert state_of(city, number) == "closed"
    assert visitors.complaints == []


def test_stop_is_honoured_and_staff_see_why_nothing_was_sent(visitors: Visitors) -> None:
    in_process = (Ticket.state == "in_process", Ticket.is_confidential.is_(False))
    number, phone = find(visitors.city, *in_process, Ticket.urge_count == 0)
    text_in(visitors, phone, "TD")
    arrived(visitors, "退订")
    page = open_page(visitors, "agent", f"/tickets/{number}/actions/urge")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()

    def skipped() -> bool:
        visitors.city.deliver()
        wanted = select(OutboxMessage.skip_reason).where(
            OutboxMessage.subject == number,
            OutboxMessage.kind == "urge_noted",
            OutboxMessage.channel == "sms",
        )
        with visitors.city.sessions()() as session:
            return "opted_out" in session.scalars(wanted).all()

    wait_until(skipped)
    page.goto(f"{visitors.city.address}/tickets/{number}")
    note = page.locator(
        "section[aria-labelledby=t-messages] li", has_text=re.compile("催办回执.*短信发给", re.DOTALL)
    ).first
    expect(note).to_contain_text("已退订")
    assert accessibility_faults(page) == []
    text_in(visitors, phone, "START")
    arrived(visitors, "恢复")
    assert visitors.complaints == []


def test_another_carrier_stands_in_for_one_that_fails(visitors: Visitors) -> None:
    page = open_page(visitors, "", "/mailbox")
    page.locator("#carriers summary").click()
    page.get_by_role("button", name="让短信通道甲出故障").click()
    expect(page.locator("#carriers").get_by_text("故障", exact=True)).to_be_visible()
    for turn in range(6):
        text_in(
            visitors, f"1398765432{turn}", f"12345#周洁#和平里 {turn} 幢#楼道灯坏了三天，晚上很黑，请来修。"
        )
    for turn in range(6):
        arrived(visitors, "诉求已登记|已登记", f"1398765432{turn}")
    board = open_page(visitors, "admin", "/admin/delivery")
    row = board.get_by_role("row", name=re.compile("演示短信通道甲"))
    expect(row).to_contain_text(re.compile(r"[1-9]\d* / "))
    assert accessibility_faults(board) == []
    page.get_by_role("button", name="恢复短信通道甲").click()
    expect(page.get_by_text("短信通道甲已恢复")).to_be_visible()
    assert visitors.complaints == []


def test_a_template_is_written_by_keyboard_and_published_by_somebody_else(visitors: Visitors) -> None:
    page = open_page(visitors, "admin", "/admin/messages/answer_status")
    page.get_by_role("button", name="修改文字").click()
    field = page.get_by_label("短信（中文）")
    field.fill("【12345】")
    page.keyboard.press("Shift+Tab")
    while page.locator(":focus").inner_text() != "工单编号":
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    page.keyboard.type("正在{办理进度}，不久给您答复。{胡写}")
    expect(page.get_by_text("短信改正后显示。")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".errsum")).to_contain_text("这类消息没有“胡写”这项信息")
    expect(field).to_have_value("【12345】{工单编号}正在{办理进度}，不久给您答复。{胡写}")
    assert accessibility_faults(page) == []
    field.fill("【12345】{工单编号}正在{办理进度}，不久给您答复。")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("草稿已保存。")).to_be_visible()
    other = open_page(visitors, "centre", "/admin/messages/answer_status/draft/publish")
    other.get_by_label("说明").fill("更亲切")
    other.get_by_role("button", name="发布这一版").click()
    expect(other.get_by_text("已发布，此后发出的消息用这一版文字。")).to_be_visible()
    number, phone = find(visitors.city, Ticket.state == "in_process", Ticket.is_confidential.is_(False))
    with visitors.city.sessions()() as session:
        code = session.scalars(select(Ticket.query_code).where(Ticket.number == number)).one()
    text_in(visitors, phone, f"CX {number} {code}")
    arrived(visitors, f"{number}正在.*，不久给您答复")
    assert visitors.complaints == []


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(_LOOKS):
        if is_so():
            return
    raise AssertionError(is_so)
