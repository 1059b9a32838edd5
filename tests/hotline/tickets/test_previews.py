"""Before the button is pressed: what will happen, in words, with dates and recipients, or what is wrong."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import sessionmaker

from hotline.models.ticket import Assignment, Ticket, TicketEvent, TicketNumber
from notifications.models import OutboxMessage
from tests.hotline.ticket_story import (
    LONG_ANSWER,
    RECORD,
    hidden_fields,
    share_of,
    share_step,
    sign_in,
    step,
)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def counts(session_factory: sessionmaker):
    """How many rows of whatever an action writes there are."""

    def count() -> list[int]:
        with session_factory() as session:
            tables = (Ticket, TicketEvent, Assignment, OutboxMessage, TicketNumber)
            return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    return count


def test_a_dispatch_form_tells_exactly_what_it_will_do(client, city, waiting, counts):
    sign_in(client, "zhao")
    before = counts()
    data = hidden_fields(client.get(f"/dispatch?ticket={waiting}").text)
    data |= {"main_unit": str(city.units["housing"]), "advice": "请三日内办理"}
    lines = client.post(f"/dispatch/{waiting}/preview", data=data, headers=HTMX).text
    for text in (
        "诉求人（138****5678 短信）：已转办通知",
        "梧桐区住建局联络员（邮件）：新工单",
        "办理时限开始计时，",
    ):
        assert text in lines
    assert "<html" not in lines
    assert counts() == before


def test_what_is_missing_is_said_early(client, city, waiting, counts):
    sign_in(client, "zhao")
    before = counts()
    data = hidden_fields(client.get(f"/dispatch?ticket={waiting}").text) | {"main_unit": "other"}
    lines = client.post(f"/dispatch/{waiting}/preview", data=data, headers=HTMX).text
    assert "按现在填写的内容还不能提交：" in lines
    assert counts() == before


def test_without_javascript_the_form_comes_back_with_its_words_and_the_preview(client, city, waiting, counts):
    sign_in(client, "zhao")
    before = counts()
    data = hidden_fields(client.get(f"/dispatch?ticket={waiting}").text)
    data |= {"main_unit": str(city.units["housing"]), "advice": "请三日内联系"}
    page = client.post(f"/dispatch/{waiting}/preview", data=data).text
    assert "请三日内联系" in page
    assert "梧桐区住建局联络员（邮件）：新工单" in page
    assert counts() == before


def test_the_reply_form_and_the_plain_form_tell_the_same(client, session_factory, city, number, counts):
    sign_in(client, "wang")
    with session_factory() as session:
        url = f"/tickets/{number}/assignments/{share_of(session, number).id}/actions/submit_reply"
    assert f'hx-post="{url}/preview"' in client.get(f"/inbox?ticket={number}").text
    data = hidden_fields(client.get(url).text)
    data |= {"contact": "contacted", "result": "resolved", "answer": LONG_ANSWER}
    before = counts()
    lines = client.post(f"{url}/preview", data=data, headers=HTMX).text
    assert "答复待单位审核" in lines
    page = client.post(f"{url}/preview", data=data).text
    assert LONG_ANSWER in page
    assert "答复待单位审核" in page
    assert counts() == before


def test_a_preview_of_an_old_version_says_so_and_takes_nothing_away(
    client, session_factory, city, number, now
):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/note"
    data = hidden_fields(client.get(url).text) | {"text": "已约谈", "visibility": "internal"}
    with session_factory.begin() as session:
        step(session, city, number, "ma", "note", now, {"text": "请加快", "visibility": "internal"})
    answer = client.post(f"{url}/preview", data=data, headers=HTMX)
    assert answer.status_code == 200
    assert "工单已被他人更新" in answer.text


def test_the_callback_form_tells_of_closing_or_of_the_rework_the_answers_ask_for(
    client, session_factory, city, number, now
):
    with session_factory.begin() as session:
        reply = {"contact": "contacted", "result": "resolved", "answer": LONG_ANSWER}
        share_step(session, city, number, "wang", "submit_reply", now, reply)
        share_step(session, city, number, "liu", "approve_unit_reply", now)
        step(session, city, number, "sun", "approve_reply", now)
    sign_in(client, "he")
    data = hidden_fields(client.get(f"/callback?ticket={number}").text)
    data |= {"was_contacted": "1", "is_truthful": "1", "solved": "yes", "satisfaction": "satisfied"}
    lines = client.post(f"/callback/{number}/preview", data=data, headers=HTMX).text
    assert "已办结" in lines
    data |= {"solved": "no", "satisfaction": "dissatisfied", "reason": "电梯又停了"}
    lines = client.post(f"/callback/{number}/preview", data=data, headers=HTMX).text
    assert "重办督办" in lines


def test_a_call_is_rehearsed_without_using_up_a_number(client, city, counts):
    sign_in(client, "li")
    before = counts()
    data = hidden_fields(client.get("/desk").text) | RECORD | {"category": "lift", "callback_wanted": "yes"}
    lines = client.post("/desk/preview", data=data, headers=HTMX).text
    assert "诉求人（138****5678 短信）：受理通知" in lines
    assert "派单时限开始计时，" in lines
    empty = client.post("/desk/preview", data=data | {"content": ""}, headers=HTMX).text
    assert "诉求内容：请填写此项。" in empty
    assert counts() == before
