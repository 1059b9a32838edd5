"""What does an SMS from a citizen mean, and is it taken in once."""

import pytest
from sqlalchemy import func, select, text

from notifications import inbound, outbox
from notifications.catalog import Channel
from notifications.inbound import Inbound, Meaning, receive, understand
from notifications.models import InboundMessage, OptOut
from notifications.worker import send_due
from tests.notifications.samples import MORNING, Clock, ScriptedProvider, message, steady


@pytest.mark.parametrize(
    ("words", "meaning", "rating"),
    [
        ("1", Meaning.SATISFIED, 1),
        ("１", Meaning.SATISFIED, 1),
        (" 【1】。", Meaning.SATISFIED, 1),
        ("满意！", Meaning.SATISFIED, 1),
        ("2", Meaning.FAIRLY_SATISFIED, 2),
        ("基本满意", Meaning.FAIRLY_SATISFIED, 2),
        ("3", Meaning.DISSATISFIED, 3),
        ("不满意", Meaning.DISSATISFIED, 3),
        ("TD", Meaning.STOP, None),
        ("td", Meaning.STOP, None),
        ("Stop", Meaning.STOP, None),
        ("退订", Meaning.STOP, None),
        ("START", Meaning.RESUME, None),
        ("1 楼还在漏水", Meaning.SUPPLEMENT, None),
        ("13", Meaning.SUPPLEMENT, None),
        ("4", Meaning.SUPPLEMENT, None),
        ("不太满意", Meaning.SUPPLEMENT, None),
        ("", Meaning.SUPPLEMENT, None),
        ("。。。", Meaning.SUPPLEMENT, None),
    ],
)
def test_a_message_is_understood(words, meaning, rating):
    assert understand(words) is meaning
    assert understand(words).rating == rating


def sms(body, reference="SM1"):
    return Inbound("twilio", reference, "+86 138 0000 1234", body, MORNING)


def test_the_same_sms_twice_is_taken_in_once(session):
    assert receive(session, sms("1")) is Meaning.SATISFIED
    assert receive(session, sms("1")) is None
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 1


def test_what_a_citizen_wrote_and_from_where_is_not_readable_in_the_table(session):
    receive(session, sms("我是李四，楼道堵了"))
    address, body = session.execute(text("SELECT address, body FROM inbound_messages")).one()
    assert "13800001234" not in address
    assert "李四" not in body


def test_a_stop_is_kept_once_and_a_start_takes_it_back(session):
    receive(session, sms("TD", "SM1"))
    receive(session, sms("退订", "SM2"))
    assert session.scalar(select(func.count()).select_from(OptOut)) == 1
    receive(session, sms("恢复", "SM3"))
    assert session.scalar(select(func.count()).select_from(OptOut)) == 0


def test_a_rating_belongs_to_the_last_ticket_this_phone_was_asked_to_rate(session_factory):
    with session_factory() as session, session.begin():
        for number, kind in (("one", "replied"), ("two", "replied"), ("three", "accepted")):
            outbox.put(session, message(kind=kind, subject=number, order_key=number))
        outbox.put(session, message(kind="replied", subject="other", order_key="o", address="13900000000"))
    send_due(session_factory, {Channel.SMS: ScriptedProvider()}, Clock(), 50, steady())
    with session_factory() as session:
        assert inbound.find_rated_subject(session, "+8613800001234") == "two"
        assert inbound.find_subject(session, "+8613800001234") == "three"
        assert inbound.find_rated_subject(session, "+8613800005555") is None


def test_an_invitation_that_was_never_sent_cannot_be_answered(session):
    outbox.put(session, message(kind="replied"))
    assert inbound.find_rated_subject(session, "13800001234") is None
