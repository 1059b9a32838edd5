"""One complaint goes all the way, through a real browser, every person at their own screen."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.services.trail import find_break
from tests.browser.conftest import City, Visitors

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]

_LOOKS = 40
PHONE_NUMBER = "13912345678"
CONTENT = "和平里小区 12 幢电梯停运八天，老人上下楼困难，请督促物业尽快修复，并告知恢复时间。"
ANSWER = "物业已于今天上午更换电梯主板，电梯恢复运行；今后停运会提前三天在单元门口告知。"


@dataclass(slots=True)
class Journey:
    """The ticket on its way and the windows of the people it meets."""

    visitors: Visitors
    number: str = ""

    @property
    def city(self) -> City:
        return self.visitors.city

    def window(self, username: str, path: str) -> Page:
        page = self.visitors.page(username)
        page.goto(self.city.address + path)
        return page

    def unit_code(self) -> str:
        with self.city.sessions()() as session:
            of_handler = (
                select(Unit.code).join(User, User.unit_id == Unit.id).where(User.username == "handler")
            )
            return session.scalars(of_handler).one()

    def state(self) -> tuple[str, str | None]:
        with self.city.sessions()() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == self.number)).one()
            assert find_break(session, ticket.id) is None
            return ticket.state, ticket.outcome

    def sms(self, words: str) -> Page:
        """Open the mailbox and find the message that arrived with these words."""
        self.city.deliver()
        page = self.window("", f"/mailbox?number={self.number}")
        for _ in range(_LOOKS):
            if page.get_by_text(re.compile(words)).count():
                return page
            page.reload()  # the server's own worker may hold it for a moment
        raise AssertionError(words)


def pick(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name={name}][value={value}]").check(force=True)


def choose_category(page: Page, *, has_scripts: bool) -> None:
    if has_scripts:
        page.fill("#category", "dt")  # pinyin initials
        page.locator("#category-list [role=option]", has_text="电梯").click()
    else:
        option = page.locator("select[name=category] option", has_text="电梯").first
        page.locator("select[name=category]").select_option(option.get_attribute("value"))


def register(journey: Journey) -> None:
    page = journey.window("agent", "/desk")
    pick(page, "type", "complaint")
    page.fill("[name=citizen_name]", "陈秀英")
    page.fill("#call-form [name=phone]", PHONE_NUMBER)
    page.fill("[name=address]", "和平里小区 12 幢 3 单元")
    page.fill("[name=content]", CONTENT)
    choose_category(page, has_scripts=journey.visitors.has_scripts)
    page.get_by_role("button", name=re.compile("提交审核")).click()
    page.get_by_text("请告诉来电人").wait_for()
    journey.number = page.locator(".flashes .mono").first.inner_text().strip()
    journey.number = re.search(r"YJ\d{8}-\d+", page.locator(".flashes").inner_text())[0]


def review_intake(journey: Journey) -> None:
    page = journey.window("reviewer", f"/intake?ticket={journey.number}")
    page.get_by_role("button", name=re.compile("审核通过")).click()
    page.get_by_text(re.compile("审核通过：?")).first.wait_for()


def dispatch(journey: Journey) -> None:
    page = journey.window("dispatcher", f"/dispatch?ticket={journey.number}")
    page.locator("input[name=main_unit][value=other]").check()
    page.fill("[name=other_unit]", journey.unit_code())
    page.fill("[name=choice_reason]", "属地部门已在处理同一小区的诉求")
    page.fill("[name=advice]", "请今天联系诉求人")
    page.get_by_role("button", name=re.compile("派单并看下一件")).click()
    page.wait_for_load_state()


def answer(journey: Journey) -> None:
    page = journey.window("handler", f"/tickets/{journey.number}")
    page.get_by_role("button", name=re.compile("签收")).first.click()
    page.goto(f"{journey.city.address}/tickets/{journey.number}/actions/record_contact")
    pick(page, "way", "phone")
    page.fill("[name=result]", "已电话联系，诉求人说明情况")
    page.locator("main form button[type=submit]").last.click()
    page.goto(f"{journey.city.address}/tickets/{journey.number}")
    pick(page, "contact", "contacted")
    pick(page, "result", "resolved")
    page.fill("[name=answer]", ANSWER)
    page.get_by_role("button", name=re.compile("提交")).last.click()
    page.wait_for_load_state()


def approve(journey: Journey) -> None:
    page = journey.window("leader", f"/inbox/review?ticket={journey.number}")
    page.get_by_role("button", name=re.compile("同意上报")).click()
    page.wait_for_load_state()
    page = journey.window("auditor", f"/review?ticket={journey.number}")
    page.get_by_role("button", name=re.compile("审核通过")).click()
    page.wait_for_load_state()


def call_without_answer(journey: Journey) -> None:
    page = journey.window("callback", f"/callback?ticket={journey.number}")
    page.goto(f"{journey.city.address}/tickets/{journey.number}/actions/record_call_attempt")
    page.get_by_label(re.compile("无人接听")).first.check(force=True)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def rate(journey: Journey) -> None:
    page = journey.sms("已答复")
    link = page.locator("a[href*='/t/']").first.get_attribute("href")
    assert link is not None
    path = re.sub(r"^https?://[^/]+", "", link)
    page.goto(journey.city.address + path)
    page.get_by_role("button", name=re.compile("提交评价")).click()
    page.get_by_text(re.compile("需要修改")).wait_for()
    page.get_by_label("已解决", exact=True).check(force=True)
    page.get_by_label("非常满意", exact=True).check(force=True)
    page.get_by_role("button", name=re.compile("提交评价")).click()
    page.wait_for_load_state()


def travel(journey: Journey) -> None:
    register(journey)
    assert journey.state() == ("intake_review", None)
    journey.sms("诉求已登记")
    review_intake(journey)
    dispatch(journey)
    assert journey.state() == ("in_process", None)
    journey.sms("您单位有新工单")
    answer(journey)
    approve(journey)
    assert journey.state() == ("to_call_back", None)
    call_without_answer(journey)
    rate(journey)
    assert journey.state() == ("closed", "resolved")
    journey.sms("已办结")
    assert journey.visitors.complaints == []


def test_a_complaint_travels_from_call_to_closure(visitors: Visitors) -> None:
    travel(Journey(visitors))


def test_it_travels_the_whole_way_without_javascript(visitors_without_scripts: Visitors) -> None:
    travel(Journey(visitors_without_scripts))
