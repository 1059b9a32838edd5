"""Is an SMS taken in once, is a stop obeyed, and which ticket was it the answer to."""

from datetime import timedelta

from sqlalchemy import func, select, text

from notifications import inbound, outbox
from notifications.catalog import Channel
from notifications.inbound import Inbound
from notifications.models import InboundMessage, OptOut
from notifications.reading import Meaning
from notifications.worker import send_due
from tests.notifications.samples import MORNING, Clock, ScriptedProvider, message, steady

MONTH = timedelta(days=30)


def sms(body, reference="SM1"):
    return Inbound("twilio", reference, "+86 138 0000 1234", body, MORNING)


def test_the_same_sms_twice_is_taken_in_once(session):
    assert inbound.keep(session, sms("1"), Meaning.SATISFIED)
    assert not inbound.keep(session, sms("1"), Meaning.SATISFIED)
    assert session.scalar(select(func.count()).select_from(InboundMessage)) == 1


def test_what_a_citizen_wrote_and_from_where_is_not_readable_in_the_table(session):
    inbound.keep(session, sms("我是李四，楼道堵了"), Meaning.SUPPLEMENT)
    address, body = session.execute(text("SELECT address, body FROM inbound_messages")).one()
    assert "13800001234" not in address
    assert "李四" not in body


def test_a_stop_is_kept_once_and_a_start_takes_it_back(session):
    for reference in ("SM1", "SM2"):
        inbound.follow_wish(session, sms("TD", reference), Meaning.STOP)
    assert session.scalar(select(func.count()).select_from(OptOut)) == 1
    assert inbound.has_opted_out(session, "13800001234")
    inbound.follow_wish(session, sms("恢复", "SM3"), Meaning.RESUME)
    assert not inbound.has_opted_out(session, "13800001234")


def test_a_rating_belongs_to_the_last_ticket_this_phone_was_asked_to_rate(session_factory):
    with session_factory.begin() as session:
        for number, kind in (("one", "replied"), ("two", "neutral_replied"), ("three", "accepted")):
            outbox.put(session, message(kind=kind, subject=number, order_key=number))
        outbox.put(session, message(kind="replied", subject="other", order_key="o", address="13900000000"))
    send_due(session_factory, {Channel.SMS: ScriptedProvider()}, Clock(), 50, steady())
    with session_factory() as session:
        assert inbound.find_rated_subject(session, "+8613800001234", MORNING, MONTH) == "two"
        assert inbound.find_rated_subject(session, "+8613800005555", MORNING, MONTH) is None
        later = MORNING + timedelta(days=31)
        assert inbound.find_rated_subject(session, "+8613800001234", later, MONTH) is None
        assert sorted(inbound.list_told_subjects(session, "13800001234")) == ["one", "three", "two"]


def test_an_invitation_that_was_never_sent_cannot_be_answered(session):
    outbox.put(session, message(kind="replied"))
    assert inbound.find_rated_subject(session, "13800001234", MORNING, MONTH) is None


def test_what_came_in_is_counted_by_sender_outcome_and_ticket(session):
    for reference, outcome in (("SM1", "done"), ("SM2", "no_match"), ("SM3", "no_match")):
        inbound.keep(session, sms("CX 1 2", reference), Meaning.STATUS)
        inbound.note_outcome(session, reference, outcome, "YJ20261123-00001")
    assert inbound.count_from(session, "13800001234", MORNING) == 3
    assert inbound.count_from(session, "13800001234", MORNING, ("no_match",)) == 2
    assert inbound.count_from(session, "13800001234", MORNING, meaning=Meaning.STOP) == 0
    assert inbound.count_from(session, "13800001234", MORNING + timedelta(seconds=1)) == 0
    assert inbound.count_about(session, "YJ20261123-00001", MORNING, "no_match") == 2
    assert inbound.find_unplaced(session, "13800001234", "done", MORNING).provider_reference == "SM1"
