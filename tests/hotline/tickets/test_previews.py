"""Before the button is pressed: what will happen, in words, with dates and recipients, or what is wrong."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import sessionmaker

from hotline.models.ticket import Assignment, Ticket, TicketEvent
from hotline.models.ticket_numbers import TicketNumber
from hotline.services.tellings import Telling
from hotline.web.foretelling import wordings_of
from notifications.catalog import Channel
from notifications.models import OutboxMessage
from notifications.outlook import Outlook
from notifications.render import Rendered
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
EVENING = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
WORDS = Rendered("已转办")


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


def test_under_each_line_stand_the_very_words_and_their_size(client, city, waiting):
    sign_in(client, "zhao")
    data = hidden_fields(client.get(f"/dispatch?ticket={waiting}").text)
    data |= {"main_unit": str(city.units["housing"]), "advice": "请三日内办理"}
    lines = client.post(f"/dispatch/{waiting}/preview", data=data, headers=HTMX).text
    assert re.search(r"<summary>全文：短信 \d\d 字、1 条</summary>", lines)
    assert re.search(r"<summary>全文：邮件 \d+ 字</summary>", lines)
    assert f"【12345】编号{waiting}已交梧桐区住建局办理" in lines


def test_the_citizens_query_code_is_not_shown_to_staff(client, city):
    sign_in(client, "li")
    data = hidden_fields(client.get("/desk").text) | RECORD | {"category": "lift", "callback_wanted": "yes"}
    lines = client.post("/desk/preview", data=data, headers=HTMX).text
    assert "查询码******。" in lines


def telling(outlook: Outlook) -> Telling:
    return Telling("dispatched", "sms", "citizen:1", "", "13800005678", (), outlook)


@pytest.mark.parametrize(
    ("outlook", "fate"),
    [
        (Outlook(WORDS, 1), ""),
        (Outlook(WORDS, 1, MORNING, "quiet_hours"), "，明早 07:00 发出（夜间不打扰）"),
        (Outlook(WORDS, 1, MORNING, "person_cap"), "，明早 07:00 发出（当日短信已达个人上限）"),
        (
            Outlook(WORDS, 1, EVENING + timedelta(hours=1), "earlier_message"),
            "，今天 23:30 发出（排在前一条之后）",
        ),
        (Outlook(WORDS, 1, MORNING + timedelta(days=2), "off_duty"), "，11-26 07:00 发出（等对方上班）"),
        (Outlook(WORDS, 1, reason="opted_out", instead=Channel.EMAIL), "，不会发短信：已退订，改发邮件"),
        (Outlook(WORDS, 1, reason="no_address"), "，不会发短信：没有号码或邮箱"),
    ],
)
def test_it_is_said_when_a_message_goes_or_that_it_never_will(outlook, fate):
    assert [each.head for each in wordings_of([telling(outlook)], EVENING)] == [f"短信 3 字、1 条{fate}"]


def test_one_wording_for_many_readers_stands_there_once():
    assert len(wordings_of([telling(Outlook(WORDS, 1)), telling(Outlook(WORDS, 1))], EVENING)) == 1


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
