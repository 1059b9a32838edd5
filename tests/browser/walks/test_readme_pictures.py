"""The pictures of the README: each workspace in the middle of its work. They go where WALK_PICTURES says."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hotline.models.ticket import Citizen, Ticket
from tests.browser.conftest import PHONE, Visitors, keep_picture

pytestmark = [pytest.mark.browser, pytest.mark.walk, pytest.mark.xdist_group("city")]

_WORDS = "昨天晚上起，小区门口三盏路灯都不亮，晚上看不清路，有老人差点摔倒。希望尽快派人来修。"


def pictured(page: Page, name: str) -> None:
    keep_picture(page, f"readme-{name}", is_whole=False)


def test_an_agent_in_the_middle_of_a_call(visitors: Visitors) -> None:
    with visitors.city.app.app_context(), visitors.city.sessions()() as session:
        known = select(Citizen.phone).join(Ticket, Ticket.citizen_id == Citizen.id)
        known = known.where(Ticket.state == "in_process", ~Ticket.is_confidential, Citizen.name != "")
        phone = session.scalars(known.order_by(Ticket.id.desc())).first()
    page = visitors.page("agent")
    page.goto(f"{visitors.city.address}/desk")
    page.get_by_label("来电号码").fill(str(phone).removeprefix("+86"))
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("历史工单")).to_be_visible()
    page.locator("input[name=type][value=complaint]").check(force=True)
    page.locator("#category").fill("城市管理 / 路灯照明")
    page.locator("[name=content]").fill(_WORDS)
    page.keyboard.press("Tab")
    expect(page.get_by_text("目录第").first).to_be_visible()
    page.locator("[name=content]").focus()
    page.keyboard.press("Control+b")
    expect(page.locator("#address")).not_to_have_value("")
    pictured(page, "agent-desk")


def test_a_department_in_front_of_its_reply(visitors: Visitors) -> None:
    page = visitors.page("handler")
    page.goto(f"{visitors.city.address}/inbox?view=handling")
    expect(page.get_by_role("heading", name="办理结果")).to_be_visible()
    pictured(page, "department-inbox")


def test_the_dispatch_pool(visitors: Visitors) -> None:
    page = visitors.page("dispatcher")
    page.goto(f"{visitors.city.address}/dispatch")
    pictured(page, "dispatch-queue")


def test_the_supervisors_board(visitors: Visitors) -> None:
    page = visitors.page("supervisor")
    page.goto(f"{visitors.city.address}/board")
    expect(page.locator("#refresh")).to_be_visible()
    pictured(page, "supervisor-board")


def test_a_citizens_ticket_on_a_telephone(visitors: Visitors) -> None:
    with visitors.city.app.app_context(), visitors.city.sessions()() as session:
        known = select(Ticket.link_token).where(Ticket.state == "in_process", Ticket.citizen_id.is_not(None))
        token = session.scalars(known.order_by(Ticket.id.desc())).first()
    page = visitors.page("", PHONE)
    page.goto(f"{visitors.city.address}/t/{token}")
    pictured(page, "citizen-status")
