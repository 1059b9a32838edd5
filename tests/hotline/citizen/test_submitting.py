"""A citizen sends a request by web: every page keeps what was typed, and one press too many makes no ticket."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from hotline.models.ticket import Citizen, Ticket, TicketEvent
from hotline.models.watch_words import WordKind
from hotline.queries.statements import SHIPPED, find_given
from notifications.models import OutboxMessage
from tests.hotline.citizen.journeys import hidden
from tests.hotline.citizen.submission import (
    MATTER,
    PERSON,
    PLACE,
    WORDS,
    count,
    fill_in,
    number_on,
    one,
    picture,
    send,
    submit,
)
from tests.hotline.watched import watch
from workflows.choices import StatementKind

TOGETHER = 4


@pytest.fixture(autouse=True)
def folder(app, city, tmp_path):
    app.config["ATTACHMENT_FOLDER"] = tmp_path / "files"
    return tmp_path / "files"


def test_the_pages_follow_one_another(client):
    steps = [
        ("/submit", MATTER, "/submit/photos"),
        ("/submit/photos", {}, "/submit/where"),
        ("/submit/where", PLACE, "/submit/who"),
        ("/submit/who", PERSON, "/submit/check"),
        ("/submit/check", {}, "/submit/done"),
    ]
    for path, typed, following in steps:
        response = send(client, path, **typed)
        assert (response.status_code, response.headers["Location"]) == (303, following)


def test_three_steps_are_counted_and_the_pages_of_the_first_one(client):
    steps = [
        ("/submit", MATTER, "第 1 步，共 3 步：说明问题", "（第 1 页，共 3 页）"),
        ("/submit/photos", {}, "第 1 步，共 3 步：说明问题", "（第 2 页，共 3 页）"),
        ("/submit/where", PLACE, "第 1 步，共 3 步：说明问题", "（第 3 页，共 3 页）"),
        ("/submit/who", PERSON, "第 2 步，共 3 步：怎样联系您", None),
        ("/submit/check", {}, "第 3 步，共 3 步：核对提交", None),
    ]
    for path, typed, step, page in steps:
        shown = client.get(path).text
        assert step in shown
        assert page in shown if page else "页，共" not in shown
        send(client, path, **typed)


def test_a_request_waits_for_the_reviewer_like_one_that_came_by_sms(client, city):
    ticket = city.ticket(submit(client))
    assert (ticket.state, ticket.channel, ticket.type) == ("intake_review", "web", "help")
    assert (ticket.content, ticket.address, ticket.street) == (WORDS, PLACE["address"], PLACE["street"])
    assert ticket.category_id is not None
    assert ticket.registered_by_id is None


def test_the_files_that_were_sent_are_named_on_the_tickets_page(client):
    send(client, "/submit", **MATTER)
    send(client, "/submit/photos", files=picture("夜里.png"))
    number = submit(client)
    assert "夜里.png" in client.get(f"/status/{number}").text


def test_number_and_code_are_told_as_everybody_is_told(client, session_factory):
    number = submit(client)
    message = one(session_factory, select(OutboxMessage).where(OutboxMessage.subject == number))
    assert (message.kind, message.channel, message.address) == ("accepted", "sms", "+8613800138000")


def test_the_last_page_tells_number_code_and_by_when(client, city):
    number = submit(client)
    page, ticket = client.get("/submit/done").text, city.ticket(number)
    assert ticket.query_code in page
    assert re.search(r"<b>\d+ 月 \d+ 日（周.）\d\d:\d\d 前</b>，我们核对", page)
    assert client.get(f"/status/{number}").status_code == 200


def test_the_page_with_everything_shows_it_all_and_leads_back_to_each_part(client):
    page = fill_in(client, email="zhang@mail.example.com").text
    for shown in (WORDS, "春风街道和平里小区 12 幢", "张𠮷祥", "138 0013 8000", "zhang@mail.example.com"):
        assert shown in page
    for name in ("what", "photos", "where", "who"):
        path = "/submit" if name == "what" else f"/submit/{name}"
        assert f'href="{path}?change=1"' in page


def test_a_changed_part_leads_back_to_the_page_with_everything(client, city):
    fill_in(client)
    response = send(client, "/submit/where?change=1", district="", address="春风里 8 号")
    assert response.headers["Location"] == "/submit/check"
    send(client, "/submit/check")
    assert city.ticket(number_on(client.get("/submit/done").text)).address == "春风里 8 号"


@pytest.mark.parametrize(
    ("path", "typed", "field"),
    [
        ("/submit", {**MATTER, "content": " "}, "content"),
        ("/submit", {**MATTER, "type": ""}, "type"),
        ("/submit", {**MATTER, "type": "report"}, "accused"),
        ("/submit", {**MATTER, "content": "多" * 2001}, "content"),
        ("/submit/where", {**PLACE, "address": ""}, "address"),
        ("/submit/who", {**PERSON, "privacy": ""}, "privacy"),
        ("/submit/who", {**PERSON, "phone": "12"}, "phone"),
        ("/submit/who", {**PERSON, "phone": ""}, "phone"),
        ("/submit/who", {**PERSON, "citizen_name": ""}, "citizen_name"),
        ("/submit/who", {**PERSON, "email": "zhang"}, "email"),
    ],
)
def test_a_page_that_is_not_filled_in_names_the_field_and_keeps_the_rest(client, path, typed, field):
    send(client, "/submit", **MATTER)
    send(client, "/submit/where", **PLACE)
    response = send(client, path, **typed)
    assert response.status_code == 422
    assert f'href="#{field}' in response.text
    assert "<title>错误：" in response.text
    for text in typed.values():
        assert text.strip() in response.text


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/submit", {**MATTER, "type": "order"}),
        ("/submit/where", {**PLACE, "district": "nowhere"}),
        ("/submit/who", {**PERSON, "privacy": "nobody"}),
        ("/submit/who", {**PERSON, "callback_wanted": "maybe"}),
    ],
)
def test_what_no_page_offers_is_not_taken(client, path, wrong):
    send(client, "/submit", **MATTER)
    send(client, "/submit/where", **PLACE)
    assert send(client, path, **wrong).status_code == 422


def test_a_later_page_leads_to_the_first_one_that_is_missing(client):
    assert client.get("/submit/check").headers["Location"] == "/submit"
    send(client, "/submit", **MATTER)
    assert client.get("/submit/who").headers["Location"] == "/submit/where"
    assert client.get("/submit/check").headers["Location"] == "/submit/where"


def test_a_second_press_makes_no_second_ticket(client, session_factory):
    data = hidden(fill_in(client).text)
    for _ in range(2):
        assert client.post("/submit/check", data=data).headers["Location"] == "/submit/done"
    assert count(session_factory, Ticket.id) == 1
    assert client.get("/submit/who").headers["Location"] == "/submit/done"


def test_the_second_press_is_answered_also_when_the_first_answer_was_lost(app, client):
    data = hidden(fill_in(client).text)
    cookies = [client.get_cookie(name) for name in ("jotting", "hotline")]
    client.post("/submit/check", data=data)
    before_the_answer = app.test_client()
    for cookie in cookies:
        before_the_answer.set_cookie(cookie.key, cookie.value)
    before_the_answer.post("/submit/check", data=data)
    assert before_the_answer.get("/submit/done").status_code == 200


def test_the_button_pressed_many_times_at_once_makes_one_ticket(app, client, session_factory):
    data = hidden(fill_in(client).text)
    barrier = Barrier(TOGETHER)

    def press(_number):
        twin = app.test_client()
        for name in ("jotting", "hotline"):
            twin.set_cookie(name, client.get_cookie(name).value)
        barrier.wait()
        return twin.post("/submit/check", data=data).headers["Location"]

    with ThreadPoolExecutor(TOGETHER) as pool:
        assert set(pool.map(press, range(TOGETHER))) == {"/submit/done"}
    assert count(session_factory, Ticket.id) == 1


def test_another_request_begins_with_an_empty_page(client, session_factory):
    submit(client)
    page = client.get("/submit").text
    assert WORDS not in page
    assert "您的上一件诉求已经提交" in page
    submit(client, content="另一件事：春风里路灯不亮。")
    assert count(session_factory, Ticket.id) == 2


def test_a_request_in_confidence_hides_who_asks_from_the_units(client, city):
    assert city.ticket(submit(client, privacy="confidential")).is_confidential


def test_an_anonymous_request_keeps_nobody(client, city, session_factory):
    page = fill_in(client, privacy="anonymous").text
    assert "张𠮷祥" not in page
    send(client, "/submit/check")
    done = client.get("/submit/done").text
    ticket = city.ticket(number_on(done))
    assert (ticket.is_anonymous, ticket.citizen_id) == (True, None)
    assert "请现在记下这两项" in done
    assert count(session_factory, Citizen.id) == 0


def test_who_reports_somebody_is_kept_in_confidence(client, city):
    ticket = city.ticket(submit(client, type="report", accused="春风里老刘饭店"))
    assert (ticket.type, ticket.is_confidential, ticket.accused) == ("report", True, "春风里老刘饭店")


def test_a_question_needs_no_place(client, city):
    number = submit(client, type="consultation", content="居住证怎么续签？", address="", no_place="y")
    assert city.ticket(number).type == "consultation"


def test_a_complaint_is_about_a_place(client):
    send(client, "/submit", **{**MATTER, "type": "complaint"})
    assert "没有具体地点" not in client.get("/submit/where").text
    response = send(client, "/submit/where", **{**PLACE, "address": "", "no_place": "y"})
    assert (response.status_code, "投诉请写明地点" in response.text) == (422, True)


def test_what_becomes_a_complaint_later_is_asked_for_its_place(client):
    fill_in(client, address="", no_place="y")
    send(client, "/submit?change=1", **{**MATTER, "type": "complaint"})
    assert client.get("/submit/check").headers["Location"] == "/submit/where"


def test_whoever_wants_no_call_is_not_called(client, city):
    assert not city.ticket(submit(client, callback_wanted="no")).callback_wanted


def test_the_language_of_the_pages_is_that_of_the_messages(client, session_factory):
    client.set_cookie("lang", "en")
    number = submit(client, citizen_name="John Whitfield")
    assert one(session_factory, select(Citizen)).language == "en"
    message = one(session_factory, select(OutboxMessage).where(OutboxMessage.subject == number))
    assert message.language == "en"


def test_the_trail_says_from_where_a_request_was_sent(client, city, session_factory):
    number = submit(client)
    of_ticket = select(TicketEvent).where(TicketEvent.ticket_id == city.ticket(number).id)
    with session_factory() as session:
        events = session.scalars(of_ticket.order_by(TicketEvent.number)).all()
        assert [(event.action, event.actor_kind) for event in events] == [
            ("register", "citizen"),
            ("submit", "citizen"),
        ]
        assert {event.ip for event in events} == {"127.0.0.1"}


@pytest.mark.parametrize("path", ["/find", "/help"])
def test_citizens_are_led_to_it(client, path):
    assert 'href="/submit"' in client.get(path).text


def test_words_of_an_emergency_name_the_line_to_call_and_hold_nobody_up(client, session_factory):
    watch(session_factory, WordKind.EMERGENCY, "困人")
    assert send(client, "/submit", **{**MATTER, "content": "电梯困人了，请快来人。"}).status_code == 303
    assert "您提到了「困人」" in client.get("/submit/photos").text


@pytest.mark.parametrize("privacy", ["open", "anonymous"])
def test_the_ticket_keeps_which_words_told_the_citizen_what_becomes_of_their_data(
    client, session_factory, privacy
):
    words = SHIPPED[StatementKind.WEB][0]
    assert words not in client.get("/submit").text
    number = submit(client, privacy=privacy)
    ticket_id = one(session_factory, select(Ticket.id).where(Ticket.number == number))
    with session_factory() as session:
        told = find_given(session, ticket_id)
    assert (told.kind, told.number, told.text) == (StatementKind.WEB, 1, words)


def test_the_street_that_an_address_begins_with_is_said_once(client, city):
    page = fill_in(client, address="春风街道 3 幢门口").text
    assert "<p>春风街道 3 幢门口</p>" in page
    send(client, "/submit/check")
    number = number_on(client.get("/submit/done").text)
    status = client.get(f"/status/{number}").text
    assert "春风街道 3 幢门口" in status
    assert "春风街道春风街道" not in status
