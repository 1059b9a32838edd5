"""Beside the reply: what the citizen would be told of it, and files without losing a word."""

import re

import pytest
from sqlalchemy import func, select

from hotline.models.access import Attachment
from hotline.models.ticket import Ticket
from notifications.models import OutboxMessage
from tests.hotline.department.office import GOOD_REPLY, csrf, post, sign_in

HALF = {"answer": "电梯今天修好，", "back": "/inbox?view=handling"}


@pytest.fixture
def handler(client, office):
    return sign_in(client, "handler")


def reply_url(office, number: str, unit: str = "WT-ZJ") -> str:
    return f"/tickets/{number}/assignments/{office.share(number, unit).id}/actions/submit_reply/preview"


def notice(client, office, number: str, **typed) -> str:
    """What the button answers beside the form."""
    data = {"csrf_token": csrf(client), **HALF, **typed, "notice": "1"}
    answer = client.post(reply_url(office, number), data=data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.text


def change(office, number: str, **columns) -> None:
    with office.factory.begin() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        for name, value in columns.items():
            setattr(ticket, name, value)


def count_messages(office) -> int:
    with office.factory() as session:
        return session.scalar(select(func.count(OutboxMessage.id))) or 0


def test_the_sms_is_read_aloud_with_its_length_and_nothing_is_sent(handler, office):
    number = office.handled()
    before = count_messages(office)
    text = notice(handler, office, number)
    assert f"编号{number}已答复" in text
    assert re.search(r"短信 \d+ 字、\d 条", text)
    assert count_messages(office) == before


def test_the_link_that_opens_the_ticket_stays_with_the_citizen(handler, office):
    number = office.handled()
    text = notice(handler, office, number)
    assert "/t/***" in text
    assert office.ticket(number).link_token not in text


def test_whoever_is_not_called_back_is_told_how_it_was_closed(handler, office):
    number = office.handled()
    change(office, number, callback_wanted=False)
    assert "部分解决" in notice(handler, office, number, result="partly_resolved")


def test_of_a_confidential_ticket_the_sms_names_no_matter(handler, office):
    number = office.handled()
    change(office, number, is_confidential=True)
    text = notice(handler, office, number)
    assert f"编号{number}已有结果" in text
    assert "/t/" not in text


def test_where_nobody_can_be_reached_it_says_so(handler, office):
    number = office.handled()
    change(office, number, citizen_id=None)
    assert "没有留下手机号和邮箱" in notice(handler, office, number)


def test_without_scripts_the_form_comes_back_with_the_sms_and_all_that_was_typed(handler, office):
    page = post(handler, reply_url(office, office.handled()), **HALF, notice="1").text
    assert "审核通过后，诉求人会收到：" in page
    assert HALF["answer"] in page


def test_a_unit_that_only_helps_sees_no_such_button(app, client, office):
    number = office.dispatched(co_units=[office.unit_id("WT-CG")])
    for who, unit in (("handler", "WT-ZJ"), ("helper", "WT-CG")):
        office.on_share(number, who, "sign", unit=unit)
    assert "预览短信" not in sign_in(app.test_client(), "helper").get("/inbox?view=handling").text
    assert "预览短信" in sign_in(client, "handler").get("/inbox?view=handling").text


def test_whoever_goes_for_files_finds_the_half_written_reply_again(handler, office):
    number = office.handled()
    url = f"/tickets/{number}/assignments/{office.share(number).id}/draft"
    typed = {**GOOD_REPLY, **HALF, "draft_version": "0", "request_key": "k1"}
    left = post(handler, url, **typed, files="1")
    assert left.location.startswith(f"/tickets/{number}/attachments")
    assert "next=/inbox?view%3Dhandling" in left.location
    assert HALF["answer"] in handler.get("/inbox?view=handling").text
    with office.factory() as session:
        assert session.scalar(select(func.count(Attachment.id))) == 0
