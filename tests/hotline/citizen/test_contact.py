"""By what does a citizen get their messages, and how do they stop them, let them come again, or give an address?"""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from hotline.models.ticket import Citizen, Ticket
from hotline.queries.ticket_page import load_page
from hotline.services.texting.door import take_in
from notifications.inbound import Inbound
from notifications.models import OptOut
from tests.hotline.citizen.journeys import RECORD, open_with_code
from tests.hotline.clerks import hidden_of
from tests.hotline.pages import plain
from workflows.vocabulary import Role

PHONE, MAIL = RECORD["phone"], "fang@example.cn"


@pytest.fixture
def number(client, city):
    number = city.dispatched()
    open_with_code(client, city, number)
    return number


def page(client, number: str) -> str:
    return client.get(f"/contact/{number}").text


def wish(client, number: str, channel: str, wants: str):
    path = f"/contact/{number}/wish"
    hidden = hidden_of(page(client, number), path)
    return client.post(path, data={**hidden, "channel": channel, "wants": wants})


def give(client, number: str, email: str):
    path = f"/contact/{number}/email"
    return client.post(path, data={**hidden_of(page(client, number), path), "email": email})


def text_in(session_factory, words: str, reference: str) -> None:
    with session_factory.begin() as session:
        take_in(session, Inbound("twilio", reference, PHONE, words, datetime.now(UTC)))


def opted_out(session_factory) -> list[str]:
    with session_factory() as session:
        return list(session.scalars(select(OptOut.channel).order_by(OptOut.channel)))


def mail_of(session_factory, number: str) -> str | None:
    with session_factory() as session:
        of_ticket = select(Citizen).join(Ticket, Ticket.citizen_id == Citizen.id)
        return session.scalars(of_ticket.where(Ticket.number == number)).one().email


def test_the_page_says_what_comes_and_by_what_with_the_number_masked(client, number):
    assert f'href="/contact/{number}"' in client.get(f"/status/{number}").text
    shown = plain(page(client, number))
    assert "现在用短信通知您。" in shown
    assert "138****8000 接收中" in shown
    assert PHONE not in shown
    assert "没有登记邮箱。" in shown
    assert "仍会收到短信回复" in shown


def test_sms_are_stopped_and_let_come_again(client, number, session_factory):
    assert wish(client, number, "sms", "no").headers["Location"] == f"/contact/{number}"
    shown = plain(page(client, number))
    assert "138****8000 已退订" in shown
    assert "现在不给您发短信和邮件" in shown
    assert opted_out(session_factory) == ["sms"]
    wish(client, number, "sms", "yes")
    assert "138****8000 接收中" in plain(page(client, number))
    assert opted_out(session_factory) == []


def test_what_is_stopped_by_sms_is_stopped_on_the_page_and_the_other_way_round(
    client, number, session_factory
):
    text_in(session_factory, "退订", "SM1")
    assert "138****8000 已退订" in plain(page(client, number))
    wish(client, number, "sms", "yes")
    wish(client, number, "sms", "no")
    text_in(session_factory, "恢复", "SM2")
    assert "138****8000 接收中" in plain(page(client, number))
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(OptOut)) == 0


def test_a_wish_pressed_twice_is_one(client, number, session_factory):
    path = f"/contact/{number}/wish"
    pressed = {**hidden_of(page(client, number), path), "channel": "sms", "wants": "no"}
    assert [client.post(path, data=pressed).status_code for _ in range(2)] == [303, 303]
    assert opted_out(session_factory) == ["sms"]


def test_a_channel_without_an_address_cannot_be_stopped(client, number, session_factory):
    path = f"/contact/{number}/wish"
    hidden = hidden_of(page(client, number), path)
    for channel in ("email", "mailbox", "pigeon"):
        assert client.post(path, data={**hidden, "channel": channel, "wants": "no"}).status_code == 303
    assert opted_out(session_factory) == []


def test_a_mail_address_is_given_changed_and_used_when_sms_are_stopped(client, number, session_factory):
    assert give(client, number, f" {MAIL} ").status_code == 303
    assert mail_of(session_factory, number) == MAIL
    wish(client, number, "sms", "no")
    shown = plain(page(client, number))
    assert "现在用邮件通知您。" in shown
    assert "f***@example.cn 接收中" in shown
    give(client, number, "wen@example.cn")
    assert mail_of(session_factory, number) == "wen@example.cn"
    wish(client, number, "email", "no")
    assert opted_out(session_factory) == ["email", "sms"]


@pytest.mark.parametrize(
    "wrong", ["", "fang", "fang@", "a b@example.cn", "x" * 300 + "@example.cn"], ids=range(5)
)
def test_what_is_no_mail_address_comes_back_as_it_was_typed(client, number, session_factory, wrong):
    answer = give(client, number, wrong)
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert f'value="{wrong}"' in answer.text
    assert mail_of(session_factory, number) is None


def test_a_telephone_without_sms_has_nothing_to_stop(client, city):
    number = city.register(phone="0571-88001234")
    open_with_code(client, city, number)
    shown = plain(page(client, number))
    assert "没有登记可以收短信的手机号码" in shown
    assert "不再接收短信" not in shown


def test_for_a_minor_the_guardians_number_is_asked_and_no_mail_is(client, city, session_factory):
    number = city.register(is_minor=True, guardian_phone="13900139000")
    open_with_code(client, city, number)
    assert "139****9000" in page(client, number)
    assert "保存邮箱" not in page(client, number)
    hidden = hidden_of(page(client, number), f"/contact/{number}/wish")
    client.post(f"/contact/{number}/email", data={**hidden, "email": MAIL})
    assert mail_of(session_factory, number) is None


def test_whoever_is_not_known_has_no_messages(client, city):
    number = city.register(is_anonymous=True, phone=None)
    open_with_code(client, city, number)
    shown = plain(page(client, number))
    assert "现在不给您发短信和邮件" in shown
    assert "保存邮箱" not in shown


def test_nobody_else_sees_or_changes_it(client, city, number, session_factory):
    stranger = client.application.test_client()
    assert stranger.get(f"/contact/{number}").headers["Location"].startswith("/find")
    other = city.register(phone="13900139000")
    assert client.get(f"/contact/{other}").headers["Location"].startswith("/find")
    hidden = hidden_of(page(client, number), f"/contact/{number}/wish")
    client.post(f"/contact/{other}/wish", data={**hidden, "channel": "sms", "wants": "no"})
    client.post(f"/contact/{other}/email", data={**hidden, "email": MAIL})
    assert opted_out(session_factory) == []
    assert mail_of(session_factory, other) is None


def test_a_ticket_takes_no_more_than_ten_addresses_a_day(client, number):
    answers = [give(client, number, f"fang{turn}@example.cn").status_code for turn in range(11)]
    assert answers == [303] * 10 + [429]


def test_agents_and_supervisors_see_that_somebody_must_be_called(client, city, number, session_factory):
    give(client, number, MAIL)
    wish(client, number, "sms", "no")
    wish(client, number, "email", "no")
    with session_factory() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        shown = load_page(session, ticket, city.actors[Role.AGENT], datetime.now(UTC))
        assert shown.unwanted == ("短信", "邮件")


def test_in_english_nothing_is_left_in_chinese(client, number):
    client.get("/language/en")
    give(client, number, MAIL)
    body = re.search(r"<main.*</main>", page(client, number), re.DOTALL)[0]
    assert "Stop SMS" in body
    assert re.findall(r"[\u4e00-\u9fff]+", body) == []


def test_a_refused_address_that_is_reloaded_leads_back_to_the_page_it_was_typed_on(client, number):
    path = f"/contact/{number}/email"
    refused = client.post(path, data={**hidden_of(page(client, number), path), "email": "nobody@"})
    assert refused.status_code == 422
    assert f"/size/large?next={path}" in refused.text
    assert f"/language/en?next={path}" in refused.text
    assert client.get(path).headers["Location"] == f"/contact/{number}"


def test_what_is_stopped_is_named(client, number):
    client.post(f"/contact/{number}/email", data={**given(client, number), "email": MAIL})
    for channel, said in (("sms", "不再给您发短信"), ("email", "不再给您发邮件")):
        wish(client, number, channel, "no")
        assert said in page(client, number)


def given(client, number):
    return hidden_of(page(client, number), f"/contact/{number}/email")
