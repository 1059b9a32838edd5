"""Forms of actions: how times are read, and where the browser is led afterwards."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from hotline.models.ticket import Ticket, TicketEvent
from tests.hotline.sent_back import assert_names_the_fault, press, press_again
from tests.hotline.ticket_story import (
    dispatched,
    hidden_fields,
    share_of,
    sign_in,
)


def test_local_times_are_read_in_the_citys_zone(client, session_factory, city, number, now):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/record_contact"
    at = now.replace(second=0, microsecond=0)
    typed = f"{at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%dT%H:%M}"
    contact = {"contacted_at": typed, "way": "phone", "result": "已说明情况"}
    assert client.post(url, data={**hidden_fields(client.get(url).text), **contact}).status_code == 303
    with session_factory() as session:
        ticket = session.scalar(select(Ticket).where(Ticket.number == number))
        assert ticket.contacted_at == at


@pytest.mark.parametrize("typed", ["", "昨天", "2999-01-01T10:00"])
def test_a_time_that_cannot_be_read_or_lies_ahead_is_refused(client, city, number, typed):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/record_contact"
    data = {**hidden_fields(client.get(url).text), "contacted_at": typed, "way": "phone", "result": "说明"}
    answer = client.post(url, data=data)
    assert answer.status_code == 422
    assert 'href="#f-contacted_at"' in answer.text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(client, city, number, target):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/note"
    data = {**hidden_fields(client.get(url).text), "text": "备注", "visibility": "internal", "next": target}
    assert client.post(url, data=data).headers["Location"] == f"/tickets/{number}"


def test_the_buttons_lead_back_to_the_list_they_were_pressed_in(client, city, number):
    sign_in(client, "wang")
    page = client.get(f"/tickets/{number}/actions/note?next=/inbox%3Fview%3Dopen").text
    assert hidden_fields(page)["next"] == "/inbox?view=open"


def test_a_refused_reply_comes_back_on_the_tickets_own_page_which_still_knows_the_list(client, city, number):
    sign_in(client, "wang")
    reply = {"contact": "contacted", "result": "resolved", "answer": "电梯已于今天上午修复并恢复运行。"}
    at = f"/tickets/{number}?list=/inbox?view=handling"
    answer = press(client, at, "/actions/submit_reply", **{**reply, "result": ""})
    again = press_again(
        client, assert_names_the_fault(answer, "f-result"), "/actions/submit_reply", result=""
    )
    page = assert_names_the_fault(again, "f-result")
    assert page.select_one("#f-answer").text.strip() == reply["answer"]
    assert page.select_one("a[data-key=U]")["href"] == f"/inbox?view=handling#row-{number}"
    assert press_again(client, page, "/actions/submit_reply", **reply).status_code == 303


def test_a_sign_button_acts_without_a_form(client, session_factory, city, now):
    with session_factory.begin() as session:
        number = dispatched(session, city, now).number
    sign_in(client, "wang")
    page = client.get(f"/tickets/{number}").text
    with session_factory() as session:
        url = f"/tickets/{number}/assignments/{share_of(session, number).id}/actions/sign"
    form = page[page.index(f'action="{url}"') :]
    data = hidden_fields(form[: form.index("</form>")])
    assert client.post(url, data=data).status_code == 303
    with session_factory() as session:
        assert share_of(session, number).state == "handling"
    assert "签收" in client.get(f"/tickets/{number}").text


def test_two_presses_at_the_same_moment_act_once_and_both_arrive(client, app, session_factory, city, number):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/note"
    data = {**hidden_fields(client.get(url).text), "text": "已约谈物业", "visibility": "internal"}
    cookie, together = client.get_cookie("hotline").value, Barrier(2)

    def press(_turn: int) -> tuple[int, str | None]:
        twin = app.test_client()
        twin.set_cookie("hotline", cookie)
        together.wait()
        answer = twin.post(url, data=data)
        return answer.status_code, answer.headers.get("Location")

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(press, range(2))) == [(303, f"/tickets/{number}")] * 2
    with session_factory() as session:
        assert session.scalar(select(func.count()).where(TicketEvent.action == "note")) == 1
