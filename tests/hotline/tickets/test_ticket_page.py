"""The page of one ticket: who sees what of it."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import sessionmaker

from hotline.models.ticket import Ticket
from hotline.queries.ticket_page import load_page
from tests.hotline.pages import without_tokens
from tests.hotline.ticket_story import (
    LONG_ANSWER,
    City,
    dispatched,
    hidden_fields,
    registered,
    request_of,
    share_of,
    share_step,
    sign_in,
    step,
)
from workflows.definition import citizen_actor

REPLY = {"contact": "contacted", "result": "resolved", "answer": LONG_ANSWER}


@pytest.fixture
def number(session_factory: sessionmaker, city: City, now: datetime) -> str:
    """A ticket that the housing bureau has still to sign."""
    with session_factory.begin() as session:
        return dispatched(session, city, now).number


def test_the_page_tells_the_story_newest_first(client, city, number):
    sign_in(client, "zhao")
    page = client.get(f"/tickets/{number}").text
    acts = [page.index(text) for text in ("派单员 赵磊", "话务员 李敏")]
    assert acts == sorted(acts)
    assert "主办单位：梧桐区住建局" in page
    assert "请先联系诉求人，督促物业修复。" in page
    assert "住房物业 / 物业服务 / 电梯维修" in page


def test_name_and_telephone_are_masked_until_somebody_asks(client, city, number):
    sign_in(client, "wang")
    page = client.get(f"/tickets/{number}").text
    assert "13800005678" not in page
    assert "陈桂英" not in page
    assert "陈**" in page
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
    revealed = client.post(f"/tickets/{number}/reveal", data={"csrf_token": token, "purpose": "contact"})
    assert "13800005678" in revealed.text
    assert "陈桂英" in revealed.text
    assert "13800005678" not in client.get(f"/tickets/{number}").text


def test_the_number_of_a_document_is_masked_until_somebody_asks_and_never_printed(
    client, session_factory, city, now
):
    with session_factory.begin() as session:
        number = dispatched(session, city, now, id_number="11010519491231002X").number
    sign_in(client, "wang")
    page = client.get(f"/tickets/{number}").text
    assert "11010519491231002X" not in page
    assert "11**************2X" in page
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
    asked = {"csrf_token": token, "purpose": "contact"}
    revealed = client.post(f"/tickets/{number}/reveal", data=asked)
    assert "11010519491231002X" in revealed.text
    assert "11010519491231002X" not in client.get(f"/tickets/{number}").text
    assert "2X" not in without_tokens(client.get(f"/tickets/{number}/print").text)


def test_a_unit_never_learns_who_asked_to_stay_unknown(client, session_factory, city, now):
    with session_factory.begin() as session:
        number = dispatched(session, city, now, is_confidential=True, id_number="11010519491231002X").number
    sign_in(client, "wang")
    page = client.get(f"/tickets/{number}").text
    assert "保密" in page
    assert "2X" not in without_tokens(page)
    assert "陈**" not in page
    assert "5678" not in without_tokens(page)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
    assert (
        client.post(f"/tickets/{number}/reveal", data={"csrf_token": token, "purpose": "contact"}).status_code
        == 403
    )
    assert "陈**" not in client.get(f"/tickets/{number}/print").text


def test_another_units_ticket_looks_absent(client, city, number):
    sign_in(client, "chen")
    for path in ("", "/print", "/attachments", "/actions/note", "/attachments/1"):
        assert client.get(f"/tickets/{number}{path}").status_code == 404


def test_a_co_handler_sees_neither_inner_notes_nor_the_answer_of_the_main_unit(
    client, session_factory, city, now
):
    with session_factory.begin() as session:
        number = registered(session, city, now - timedelta(minutes=9)).number
        data = {"main_unit": city.units["housing"], "co_units": [city.units["water"]]}
        step(session, city, number, "zhao", "dispatch", now, data)
        note = {"text": "物业负责人态度消极", "visibility": "internal"}
        step(session, city, number, "wang", "note", now, note)
    sign_in(client, "chen")
    assert "物业负责人态度消极" not in client.get(f"/tickets/{number}").text
    client = client.application.test_client()
    sign_in(client, "zhao")
    assert "物业负责人态度消极" in client.get(f"/tickets/{number}").text


def test_the_story_can_be_narrowed_to_notes(client, session_factory, city, number, now):
    with session_factory.begin() as session:
        step(session, city, number, "zhao", "note", now, {"text": "已电话提醒", "visibility": "citizen"})
    sign_in(client, "zhao")
    page = client.get(f"/tickets/{number}?strand=note").text
    assert re.search(r'备注\s*<span class="tag tag--info">诉求人可见<', page)
    assert "话务员 李敏" not in page


def test_of_a_step_that_the_citizen_hears_of_the_page_does_not_say_they_read_its_words(client, city, number):
    sign_in(client, "zhao")
    page = client.get(f"/tickets/{number}").text
    assert re.search(r'派单\s*<span class="tag tag--info">诉求人可见此步骤<', page)


def test_every_act_of_a_whole_life_reads_as_a_sentence(session_factory, city, number, now):
    with session_factory.begin() as session:
        share_step(session, city, number, "wang", "sign", now)
        contact = {"contacted_at": now.isoformat(), "way": "phone", "result": "已约定上门时间"}
        step(session, city, number, "wang", "record_contact", now, contact)
        share_step(session, city, number, "wang", "submit_reply", now, REPLY)
        share_step(session, city, number, "liu", "approve_unit_reply", now)
        sent_back = {"reasons": ["evasive", "missed_points"]}
        step(session, city, number, "sun", "send_back_reply", now, sent_back)
        share_step(session, city, number, "wang", "submit_reply", now, REPLY)
        share_step(session, city, number, "liu", "approve_unit_reply", now)
        step(session, city, number, "sun", "approve_reply", now)
        rating = {"solved": "yes", "satisfaction": "satisfied", "comment": "谢谢"}
        ticket = step(session, city, number, "he", "close", now, rating)
        page = load_page(session, ticket, city.actors["ma"], now)
    story = [(entry.act, entry.body(lambda at: f"{at:%Y}")) for entry in page.entries]
    assert all(act or body for act, body in story)
    assert ("审核退回", "退回原因：推诿或空泛、遗漏诉求点") in story
    assert ("先行联系", f"联系时间：{now:%Y}\n联系方式：电话\n联系结果：已约定上门时间") in story
    assert ("重新办理：梧桐区住建局", "") in story
    assert page.ratings[0].satisfaction == "满意"
    assert page.light == "done_on_time"


def test_a_return_is_shown_with_its_reason_and_decision(client, session_factory, city, number, now):
    with session_factory.begin() as session:
        from hotline.services import lifecycle  # noqa: PLC0415 - one use
        from hotline.services.lifecycle import Command  # noqa: PLC0415 - same
        from workflows.vocabulary import Machine  # noqa: PLC0415 - same

        data = {"reason": "not_our_duty", "basis": "电梯由市场监管局监管"}
        share = share_of(session, number)
        asked = Command(number, "ask_return", data, machine=Machine.REQUEST, subject_id=share.id)
        lifecycle.advance(session, asked, city.actors["wang"], now)
        request = request_of(session, number)
        refusal = Command(
            number, "refuse", {"reason": "属物业管理"}, machine=Machine.REQUEST, subject_id=request.id
        )
        lifecycle.advance(session, refusal, city.actors["zhao"], now)
    sign_in(client, "wang")
    page = client.get(f"/tickets/{number}").text
    assert "不属本单位职责：电梯由市场监管局监管" in page
    assert "驳回退单：梧桐区住建局" in page
    assert "不得再退" in page


def test_the_number_of_queries_does_not_grow_with_the_story(session_factory, city, number, now, engine):
    def count() -> int:
        seen = []
        with session_factory() as session:
            ticket = session.query(Ticket).filter_by(number=number).one()
            listener = lambda *args: seen.append(args[2])  # noqa: E731 - a hook
            event.listen(engine, "before_cursor_execute", listener)
            load_page(session, ticket, city.actors["ma"], now)
            event.remove(engine, "before_cursor_execute", listener)
        return len(seen)

    before = count()
    with session_factory.begin() as session:
        for turn in range(5):
            step(
                session, city, number, "zhao", "note", now, {"text": f"备注 {turn}", "visibility": "internal"}
            )
    assert count() == before
    assert before <= 16


def test_an_anonymous_ticket_says_so(client, session_factory, city, now):
    with session_factory.begin() as session:
        number = dispatched(
            session, city, now, is_anonymous=True, citizen_name="", phone="", callback_wanted=False
        ).number
    sign_in(client, "wang")
    assert "<dt>诉求人</dt><dd>匿名</dd>" in client.get(f"/tickets/{number}").text


def test_the_sheet_says_once_what_the_address_begins_with(client, session_factory, city, now):
    with session_factory.begin() as session:
        number = dispatched(
            session, city, now, district="梧桐区", street="", address="梧桐区和平里 12 幢"
        ).number
    sign_in(client, "zhao")
    assert ">梧桐区和平里 12 幢</td>" in client.get(f"/tickets/{number}/print").text


def test_the_sheet_has_neither_the_caller_nor_inner_notes(client, session_factory, city, number, now):
    with session_factory.begin() as session:
        step(session, city, number, "zhao", "note", now, {"text": "内部情况", "visibility": "internal"})
    sign_in(client, "zhao")
    sheet = client.get(f"/tickets/{number}/print").text
    assert "诉求办理单" in sheet
    assert "梧桐区住建局（主办）" in sheet
    assert "138****5678" in sheet
    assert "内部情况" not in sheet
    assert "陈桂英" not in sheet


def test_a_paused_clock_shows_no_countdown(client, session_factory, city, number, now):
    with session_factory.begin() as session:
        session.execute(update(Ticket).where(Ticket.number == number).values(paused_at=now))
    sign_in(client, "zhao")
    page = client.get(f"/tickets/{number}").text
    assert "暂停" in page


def test_the_head_says_how_strongly_the_ticket_is_supervised_and_only_more_can_be_chosen(
    client, session_factory, city, number, now
):
    sign_in(client, "ma")
    assert "督办三级" not in client.get(f"/tickets/{number}").text
    with session_factory.begin() as session:
        step(session, city, number, "ma", "escalate", now, {"level": "3"})
    assert "督办三级" in client.get(f"/tickets/{number}").text
    form = client.get(f"/tickets/{number}/actions/escalate").text
    assert re.findall(r'<option value="(\d)"', form) == ["4", "5", "6"]


def test_whom_a_raised_level_tells_is_said_in_one_sentence_until_it_is_chosen(client, number):
    sign_in(client, "ma")
    form = client.get(f"/tickets/{number}/actions/escalate").text
    assert form.count("通知谁由填写的内容决定，填好后在这里列出") == 1
    assert "视情况" not in form
    data = {**hidden_fields(form), "level": "3", "reason": "一直没有办结"}
    chosen = client.post(
        f"/tickets/{number}/actions/escalate/preview", data=data, headers={"HX-Request": "true"}
    ).text
    assert "通知谁由填写的内容决定" not in chosen
    assert "单位领导" in chosen


def test_a_citizen_has_no_way_to_this_page(client, city, number):
    assert client.get(f"/tickets/{number}").headers["Location"].startswith("/login")
    assert citizen_actor(number).citizen_number == number
