"""The call may be about a ticket that is there already: it is shown, urged, or the new one is to join it."""

from bs4 import BeautifulSoup
from sqlalchemy import func, select

from hotline.models.ticket import Ticket, TicketEvent
from tests.hotline.clerks import hidden_of, submitted
from tests.stories.town import COMPLAINT
from workflows.vocabulary import TicketState

CALL = {
    "type": "complaint",
    "urgency": "ordinary",
    "citizen_name": "林晚秋",
    "phone": "13800138001",
    "district": "梧桐区",
    "address": "文昌路 8 号",
    "content": "来电人说电梯还没有修好，请再催一催。",
    "category": "PROPERTY",
    "callback_wanted": "yes",
}
HTMX = {"HX-Request": "true"}


def send(browser, path, **changes):
    hidden = hidden_of(browser.get("/desk").text, "/desk")
    return browser.post(path, data={**CALL, **hidden, **changes})


def hints(browser, **values):
    return browser.post(
        "/desk/assist", data={**hidden_of(browser.get("/desk").text, "/desk"), **values}, headers=HTMX
    ).text


def button_of(page, name, number):
    return BeautifulSoup(page, "html.parser").find("button", attrs={"name": name, "value": number})


def tickets(factory):
    with factory() as session:
        return list(session.scalars(select(Ticket).order_by(Ticket.id)))


def count_events(factory, action):
    with factory() as session:
        return session.scalar(select(func.count(TicketEvent.id)).where(TicketEvent.action == action))


def test_while_a_call_is_written_down_it_is_said_which_ticket_and_why(agent, session_factory, town):
    number = submitted(session_factory, town, title="电梯停运")
    page = hints(agent, phone="13800138001", category="PROPERTY")
    for text in (number, "电梯停运", "同来电人同分类 · 刚刚", "待审核", "1 件"):
        assert text in page


def test_nothing_alike_says_what_to_fill_in(agent):
    assert "填写电话、地址、分类或内容后自动查找" in hints(agent)


def test_the_confidential_ticket_of_a_neighbour_is_not_shown(agent, session_factory, town):
    number = submitted(session_factory, town, is_confidential=True, phone="13900139000")
    place = {"district": "梧桐区", "address": "文昌路 8 号", "category": "PROPERTY"}
    assert number not in hints(agent, **place, content=COMPLAINT["content"])


def test_a_ticket_that_stands_out_has_the_keys_and_is_named(agent, session_factory, town):
    meant, other = submitted(session_factory, town), submitted(session_factory, town, address="别处 3 号")
    page = hints(agent, phone="13800138001", category="PROPERTY", district="梧桐区", address="文昌路 8 号")
    assert button_of(page, "same_as", meant)["data-key"] == "F4"
    assert button_of(page, "master", meant)["data-key"] == "Shift+F4"
    assert "data-key" not in button_of(page, "same_as", other).attrs
    assert "data-aims" not in page
    assert f"按 F4 催办 {meant}" in page


def test_while_several_may_be_meant_the_keys_only_lead_to_them_and_a_digit_chooses(
    agent, session_factory, town
):
    numbers = [submitted(session_factory, town, category=code) for code in ("PROPERTY", "POTHOLE", "POTHOLE")]
    page = hints(agent, phone="13800138001", category="PROPERTY")
    buttons = BeautifulSoup(page, "html.parser").select("[data-digits] [data-digit]")
    assert [button["data-digit"] for button in buttons] == ["1", "2", "3"]
    assert {button["value"] for button in buttons} == set(numbers)
    assert [(button.get("data-key"), "data-aims" in button.attrs) for button in buttons] == [
        ("F4", True),
        (None, False),
        (None, False),
    ]
    assert buttons[0]["value"] == numbers[0]
    assert "3 件在办，按 F4 再按数字选定催哪一件" in page


def test_without_scripts_a_button_looks_for_duplicates_and_keeps_what_was_typed(agent, session_factory, town):
    number = submitted(session_factory, town)
    page = send(agent, "/desk/assist").text
    assert number in page
    assert "来电人说电梯还没有修好" in page
    button = BeautifulSoup(page, "html.parser").select_one("#assist noscript button")
    assert (button["form"], button["formaction"]) == ("call-form", "/desk/assist")


def test_joining_registers_the_call_and_notes_the_ticket_it_should_join(agent, session_factory, town):
    number = submitted(session_factory, town)
    page = agent.get(send(agent, "/desk", master=number).headers["Location"]).text
    assert f'已建议派单员并入 <a class="mono" href="/tickets/{number}">' in page
    _, joining = tickets(session_factory)
    assert (joining.state, joining.content) == (TicketState.INTAKE_REVIEW, CALL["content"])
    with session_factory() as session:
        events = select(TicketEvent).where(TicketEvent.ticket_id == joining.id, TicketEvent.action == "note")
        (note,) = session.scalars(events)
    assert note.data == {"text": f"疑似与 {number} 重复，建议并案。", "visibility": "internal"}


def test_joining_by_a_trusted_agent_goes_to_the_dispatch_pool(trusted_agent, session_factory, town):
    number = submitted(session_factory, town)
    send(trusted_agent, "/desk", master=number)
    assert tickets(session_factory)[1].state == TicketState.TO_DISPATCH


def test_joining_a_ticket_that_does_not_exist_registers_nothing(agent, session_factory):
    assert send(agent, "/desk", master="YJ20200101-00001").status_code == 404
    assert tickets(session_factory) == []


def test_a_call_that_cannot_be_registered_is_not_joined_either(agent, session_factory, town):
    number = submitted(session_factory, town)
    answer = send(agent, "/desk", master=number, content="")
    assert answer.status_code == 422
    assert len(tickets(session_factory)) == 1


def test_a_confidential_call_cannot_be_asked_to_join_an_open_one(agent, session_factory, town):
    number = submitted(session_factory, town)
    page = hints(agent, phone="13800138001", is_confidential="y")
    assert button_of(page, "same_as", number) is not None
    assert button_of(page, "master", number) is None


def test_urging_takes_the_place_of_a_second_ticket(agent, session_factory, town):
    number = submitted(session_factory, town, title="电梯停运")
    answer = send(agent, "/desk/urge", same_as=number)
    assert answer.status_code == 303
    page = agent.get(answer.headers["Location"]).text
    assert "已催办：" in page
    assert "没有另建工单" in page
    assert "电梯还没有修好" not in page
    (ticket,) = tickets(session_factory)
    assert ticket.urge_count == 1


def test_what_the_caller_says_goes_with_the_urging(agent, session_factory, town):
    number = submitted(session_factory, town)
    send(agent, "/desk/urge", same_as=number)
    with session_factory() as session:
        event = session.scalars(select(TicketEvent).where(TicketEvent.action == "urge")).one()
    assert event.data["words"] == CALL["content"]


def test_urging_needs_no_words(agent, session_factory, town):
    number = submitted(session_factory, town)
    assert send(agent, "/desk/urge", same_as=number, content="").status_code == 303


def test_the_key_pressed_twice_urges_once(agent, session_factory, town):
    number = submitted(session_factory, town)
    data = {**CALL, **hidden_of(agent.get("/desk").text, "/desk"), "same_as": number}
    first, second = (agent.post("/desk/urge", data=data) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert count_events(session_factory, "urge") == 1
    assert "已催办：" in agent.get(second.headers["Location"]).text


def test_urging_again_within_four_hours_is_declined_and_keeps_what_was_typed(agent, session_factory, town):
    number = submitted(session_factory, town)
    send(agent, "/desk/urge", same_as=number)
    answer = send(agent, "/desk/urge", same_as=number)
    assert answer.status_code == 422
    assert "刚刚已经催办过" in answer.text
    assert ("这次没有办成" in answer.text, "需要修改" in answer.text) == (True, False)
    assert "来电人说电梯还没有修好" in answer.text
    assert count_events(session_factory, "urge") == 1


def test_words_too_long_to_urge_with_come_back_beside_the_content(agent, session_factory, town):
    number = submitted(session_factory, town)
    answer = send(agent, "/desk/urge", same_as=number, content="催" * 501)
    assert answer.status_code == 422
    assert "诉求内容：内容过长，最多 500 字。" in answer.text
    assert count_events(session_factory, "urge") == 0


def test_a_ticket_that_was_closed_meanwhile_cannot_be_urged_and_nothing_typed_is_lost(
    agent, browser_of, session_factory, town
):
    number = submitted(session_factory, town)
    reviewer, path = browser_of("reviewer"), f"/intake/{number}/reject"
    page = reviewer.get(path).text
    reviewer.post(path, data={**hidden_of(page, path), "reason": "secret", "path": "无"})
    answer = send(agent, "/desk/urge", same_as=number)
    assert answer.status_code == 422
    assert "来电人说电梯还没有修好" in answer.text


def test_a_draft_in_hand_stays_a_draft_when_another_ticket_is_urged(agent, session_factory, town):
    number = submitted(session_factory, town)
    send(agent, "/desk", action="save")
    draft = tickets(session_factory)[1].number
    send(agent, "/desk/urge", same_as=number, draft_number=draft)
    assert [ticket.state for ticket in tickets(session_factory)] == [
        TicketState.INTAKE_REVIEW,
        TicketState.DRAFT,
    ]


def test_what_somebody_else_urged_is_not_told_to_me(agent, trusted_agent, session_factory, town):
    number = submitted(session_factory, town)
    address = send(agent, "/desk/urge", same_as=number).headers["Location"]
    assert "已催办：" not in trusted_agent.get(address).text


def test_urging_belongs_to_agents(browser_of):
    assert browser_of("dispatcher").post("/desk/urge", data={}).status_code in (400, 403)


def test_an_urging_without_a_ticket_is_declined_and_keeps_what_was_typed(agent):
    answer = send(agent, "/desk/urge")
    assert answer.status_code == 422
    assert "来电人说电梯还没有修好" in answer.text
