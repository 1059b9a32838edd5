"""An agent's day without a mouse: calls open by themselves, keys are few, and no input method is disturbed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hotline.models.ticket import Citizen, Ticket
from hotline.services import accounts, api_tokens
from hotline.services.accounts import NewUser
from tests.browser.conftest import PHONE, City, Visitors, accessibility_faults
from workflows.vocabulary import Role

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]

STORY = "来电人反映小区电梯停运三天，老人上下楼困难，希望尽快修复。"
QUESTION = "请问住房公积金怎么提取？"


@dataclass(slots=True)
class Keyboard:
    """Counts every key but the words of the story; a key with Shift or Ctrl is one."""

    page: Page
    pressed: int = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def write(self, words: str) -> None:
        self.page.keyboard.insert_text(words)


@dataclass(slots=True)
class Telephones:
    """The telephone system of the city: puts calls through to one agent."""

    page: Page
    address: str
    token: str

    def ring(self, call: str, caller: str, state: str) -> None:
        told = {"call": call, "caller": caller, "agent": "agent2", "state": state}
        answer = self.page.request.post(
            f"{self.address}/api/v1/calls",
            data={**told, "at": datetime.now(UTC).isoformat()},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status == 200


@pytest.fixture
def desk(visitors: Visitors) -> Page:
    page = visitors.page("agent2")
    page.goto(f"{visitors.city.address}/desk")
    return page


@pytest.fixture
def telephones(visitors: Visitors, desk: Page) -> Iterator[Telephones]:
    with visitors.city.app.app_context(), visitors.city.sessions().begin() as session:
        now = datetime.now(UTC)
        name = f"cti{now.timestamp():.0f}"
        user = accounts.create_user(session, NewUser(name, name, roles=frozenset({Role.TELEPHONE})), now)
        token = api_tokens.issue_token(session, user.id, api_tokens.Grant("tests"), now)
    yield Telephones(desk, visitors.city.address, token)
    assert visitors.complaints == []


def somebody_known(city: City) -> tuple[str, str]:
    """Number and name of a caller with an open ticket that nobody has urged and a place that is known."""
    with city.app.app_context(), city.sessions()() as session:
        found = session.execute(
            select(Citizen.phone, Citizen.name)
            .join(Ticket, Ticket.citizen_id == Citizen.id)
            .where(Ticket.state == "in_process", Ticket.urge_count == 0, Ticket.address != "")
            .where(Citizen.name != "", ~Ticket.is_confidential)
            .order_by(Ticket.id.desc())
        ).first()
    assert found is not None
    return str(found.phone), str(found.name)


def opened(desk: Page, field: str, value: str) -> Keyboard:
    """Wait until a call has opened: its page is there, ready for keys, and the words can be typed at once."""
    expect(desk.locator(f"#call-form [name={field}]")).to_have_value(value)
    expect(desk.locator("#content")).to_be_focused()
    desk.wait_for_load_state()
    return Keyboard(desk)


def test_a_known_caller_costs_eight_keys_and_an_urged_ticket_two(desk: Page, telephones, visitors) -> None:
    phone, name = somebody_known(visitors.city)
    telephones.ring("day-1", phone, "answered")
    keys = opened(desk, "citizen_name", name)
    keys.write(STORY)
    keys.press("Tab", "d", "t", "Enter", "Shift+F2", "3", "Control+b", "F9")
    expect(desk.get_by_text("请告诉来电人")).to_be_visible()
    assert keys.pressed <= 8
    telephones.ring("day-2", phone, "answered")
    keys = opened(desk, "citizen_name", name)
    expect(desk.get_by_text("请告诉来电人")).to_be_visible()
    assert accessibility_faults(desk) == []
    keys.press("F4", "1")
    expect(desk.get_by_text("没有另建工单")).to_be_visible()
    assert keys.pressed <= 3
    keys.write("下一位来电人")
    expect(desk.get_by_text("没有另建工单")).to_have_count(0)


def test_a_question_nothing_is_cited_for_takes_the_offered_category_by_one_key(desk: Page) -> None:
    keys = Keyboard(desk)
    keys.write("请问今年供暖几号开始？")
    offered = desk.locator("[data-suggested]")
    expect(offered).to_be_visible()
    code = offered.get_attribute("data-suggested") or ""
    keys.press("Shift+F9")
    expect(desk.locator("#call-form [name=category]")).to_have_value(code)
    expect(desk.locator("#content")).to_be_focused()
    expect(offered).to_have_count(0)
    assert keys.pressed == 1


def test_enter_in_a_line_of_the_form_submits_nothing_and_leaves_the_words_alone(desk: Page) -> None:
    desk.locator("#address").focus()
    keys = Keyboard(desk)
    keys.write("望江街道望江路 9 号")
    keys.press("Enter", "Tab")
    expect(desk.locator("#district")).to_be_focused()
    expect(desk.locator("#district")).to_have_value("滨江区")
    keys.press("Control+a")
    desk.keyboard.type("外地区")
    keys.press("Tab")
    expect(desk.locator("#call-form [name=district]")).to_have_value("外地区")
    expect(desk.locator("#error-summary")).to_have_count(0)
    expect(desk.locator("#address")).to_have_value("望江街道望江路 9 号")


def test_a_call_over_a_form_in_use_opens_beside_it(desk: Page, telephones) -> None:
    keys = Keyboard(desk)
    keys.write("第一位来电人说到一半")
    telephones.ring("day-3", "13900139001", "answered")
    expect(desk.locator("[data-offer]")).to_be_visible()
    expect(desk.locator("#draft-mark")).to_have_text(re.compile(r"草稿已保存 \d\d:\d\d:\d\d"))
    assert accessibility_faults(desk) == []
    first = desk.url.rsplit("=")[-1]
    keys.press("Control+j")
    opened(desk, "phone", "13900139001")
    expect(desk.locator("#content")).to_have_value("")
    keys.write("第二位")
    desk.set_viewport_size(PHONE)
    assert accessibility_faults(desk) == []
    desk.locator(f"#call-{first}").focus()
    keys.press("Enter")
    expect(desk.locator("#content")).to_have_value("第一位来电人说到一半")
    desk.locator("#calls nav a", has_text="139****9001").focus()
    keys.press("Enter")
    expect(desk.locator("#content")).to_have_value("第二位")


def test_another_number_over_a_half_written_call_begins_a_call_beside_it(desk: Page) -> None:
    keys = Keyboard(desk)
    for number, words in (("13900139003", "第三位来电人说到一半"), ("13900139004", "第四位")):
        desk.locator("#lookup").focus()
        keys.press("Control+a")
        keys.write(number)
        keys.press("Enter")
        opened(desk, "phone", number)
        expect(desk.locator("#content")).to_have_value("")
        keys.write(words)
    desk.locator("#calls nav a", has_text="139****9003").focus()
    keys.press("Enter")
    expect(desk.locator("#content")).to_have_value("第三位来电人说到一半")
    expect(desk.locator("#phone")).to_have_value("13900139003")


def test_a_number_mistyped_over_a_half_written_call_is_put_right_in_the_same_call(desk: Page) -> None:
    keys = Keyboard(desk)
    keys.write("第五位来电人说到一半")
    desk.locator("#lookup").focus()
    keys.write("1390013")
    keys.press("Enter")
    expect(desk.get_by_text("电话号码有误").first).to_be_visible()
    expect(desk.locator("#lookup")).to_be_focused()
    keys.press("Control+a")
    keys.write("13900139005")
    keys.press("Enter")
    opened(desk, "phone", "13900139005")
    expect(desk.locator("#content")).to_have_value("第五位来电人说到一半")


def test_a_question_is_answered_from_the_knowledge_base(desk: Page, telephones) -> None:
    telephones.ring("day-4", "13900139002", "answered")
    keys = opened(desk, "phone", "13900139002")
    keys.write(QUESTION)
    expect(desk.locator("[data-cite]").first).to_be_visible()
    keys.press("Shift+F2", "1", "Shift+F8")
    expect(desk.locator("#answer")).to_be_focused()
    expect(desk.locator("#category")).not_to_have_value("")
    keys.press("F8")
    expect(desk.get_by_text("已直接答复办结")).to_be_visible()
    assert keys.pressed <= 4


def test_composing_disturbs_nothing(desk: Page) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.method) if "/desk/" in request.url else None)
    method = desk.context.new_cdp_session(desk)
    for part in ("d", "dian", "dianti"):
        method.send("Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": 0})
    for key in ("F9", "F8", "Enter", "Control+Enter", "Control+s"):
        event = {"key": key.rsplit("+")[-1], "code": key.rsplit("+")[-1], "ctrlKey": "+" in key}
        desk.evaluate(
            "event => document.activeElement.dispatchEvent("
            "new KeyboardEvent('keydown', {...event, isComposing: true, bubbles: true, cancelable: true}))",
            event,
        )
    # The desk asks for calls every three seconds: by the second time a hint would have come long ago.
    for _ in range(2):
        with desk.expect_response(re.compile("/desk/calls")):
            pass
    assert set(asked) <= {"GET"}
    with desk.expect_response(re.compile("/desk/assist")):
        method.send("Input.insertText", {"text": "电梯"})
    assert asked.count("POST") == 1
    expect(desk.locator("#content")).to_have_value("电梯")
