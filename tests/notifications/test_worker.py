"""Does every due message reach its provider, whatever breaks on the way, and nobody get what they should not."""

from datetime import timedelta

from sqlalchemy import select, update

from notifications import inbound
from notifications.catalog import Channel
from notifications.inbound import Inbound
from notifications.models import Delivery, OutboxMessage, State
from notifications.providers.base import PermanentFailure, TemporaryFailure, Watched
from notifications.reading import Meaning
from notifications.worker import send_due
from tests.notifications.samples import ACCEPTED, MORNING, NIGHT, ScriptedProvider, message, steady

LEASE = timedelta(seconds=30)


def test_a_due_message_is_sent_and_settled(put, send, provider, rows):
    put(ACCEPTED)
    assert send() == 1
    assert send() == 0
    (sent,), (row,) = provider.taken, rows()
    assert "482913" in sent.text
    assert (sent.id, sent.template_code, sent.facts["number"]) == (row.id, "SMS_ACCEPTED", "20261123000123")
    assert (row.state, row.provider, row.accepted_at) == (State.ACCEPTED, "scripted", MORNING)
    assert row.provider_reference == f"{row.id}/1"


def test_each_attempt_is_written_down(put, send, provider, clock, session_factory):
    provider.script = [TemporaryFailure(code="http_503")]
    put(ACCEPTED)
    send()
    send()
    with session_factory() as session:
        attempts = session.scalars(select(Delivery).order_by(Delivery.attempt)).all()
    assert [(one.attempt, one.outcome, one.error_code) for one in attempts] == [
        (1, "created", "http_503"),
        (2, "accepted", None),
    ]


def test_no_database_connection_is_held_while_a_provider_is_asked(put, send, provider, engine):
    held = []
    provider.look = lambda: held.append(engine.pool.checkedout())
    put(ACCEPTED)
    send()
    assert held == [0]


def test_a_refused_message_is_dead_at_once(put, send, provider, rows):
    provider.script = [PermanentFailure(code="twilio_21211")]
    put(ACCEPTED)
    send()
    assert (rows()[0].state, rows()[0].last_error) == (State.DEAD, "twilio_21211")


def test_retry_after_is_honoured(put, send, provider, clock, rows):
    provider.script = [TemporaryFailure(code="http_429", retry_after=timedelta(seconds=95))]
    put(ACCEPTED)
    send()
    clock.advance(seconds=94)
    assert send() == 0
    clock.advance(seconds=1)
    assert send() == 1
    assert rows()[0].state == State.ACCEPTED


def test_a_message_is_given_up_after_four_hours(put, session_factory, clock, rows):
    provider = ScriptedProvider(script=[TemporaryFailure(code="http_503")] * 100)
    put(ACCEPTED)
    while rows()[0].state != State.DEAD:
        # A fresh watch each time, so that the breaker does not stand in for the provider.
        send_due(session_factory, {Channel.SMS: Watched(provider)}, clock, 50, steady())
        clock.advance(minutes=1)
    assert timedelta(hours=3, minutes=45) < clock.at - MORNING <= timedelta(hours=4, minutes=1)
    assert provider.asked == 28
    assert rows()[0].last_error == "http_503"


def test_an_outage_of_half_an_hour_loses_nothing_and_asks_the_provider_rarely(
    put, session_factory, clock, rows
):
    provider = ScriptedProvider(script=[TemporaryFailure(code="http_503")] * 10_000)
    watched = Watched(provider, clock=clock.seconds)
    put(*(message(key=str(number), order_key=str(number)) for number in range(12)))
    for _ in range(180):
        send_due(session_factory, {Channel.SMS: watched}, clock, 50, steady())
        clock.advance(seconds=10)
    assert provider.asked <= 5 + 60
    provider.script.clear()
    back = clock.at
    while any(row.state != State.ACCEPTED for row in rows()):
        send_due(session_factory, {Channel.SMS: watched}, clock, 50, steady())
        clock.advance(seconds=10)
    assert clock.at - back <= timedelta(minutes=10)
    assert len(provider.taken) == 12


def test_a_message_waits_through_the_night_and_goes_out_in_the_morning(put, send, provider, clock):
    clock.at = NIGHT
    put(message(kind="closed", created_at=NIGHT))
    send()
    clock.advance(hours=7, minutes=29)
    assert send() == 0
    clock.advance(minutes=1)
    send()
    assert len(provider.taken) == 1


def test_an_urgent_message_goes_out_at_night(put, send, provider, clock):
    clock.at = NIGHT
    put(message(kind="new_ticket", recipient="unit:3", created_at=NIGHT, urgent=True))
    send()
    assert len(provider.taken) == 1


def test_a_citizen_who_opted_out_gets_no_sms(put, send, provider, rows, session_factory):
    with session_factory() as session, session.begin():
        sms = Inbound("twilio", "SM1", "+8613800001234", "退订", MORNING)
        inbound.follow_wish(session, sms, Meaning.STOP)
    put(ACCEPTED, message(key="other", order_key="other", address="13800009999"))
    send()
    assert [(row.state, row.skip_reason) for row in rows()] == [("skipped", "opted_out"), ("accepted", None)]
    assert [sent.address for sent in provider.taken] == ["13800009999"]


def test_messages_to_one_recipient_arrive_in_order_even_when_the_first_fails(put, send, provider, clock):
    provider.script = [TemporaryFailure(code="http_503"), TemporaryFailure(code="http_503")]
    put(*(message(kind=kind) for kind in ("accepted", "dispatched", "closed")))
    for _ in range(10):
        send()
        clock.advance(seconds=30)
    assert [sent.kind for sent in provider.taken] == ["accepted", "dispatched", "closed"]


def test_a_batch_can_be_sent_by_several_threads(put, send, provider, rows):
    put(*(message(key=str(number), order_key=str(number)) for number in range(12)))
    assert send(parallel=4) == 12
    assert {row.state for row in rows()} == {State.ACCEPTED}
    assert len({sent.id for sent in provider.taken}) == 12


def test_a_message_without_a_provider_is_kept_and_holds_nobody_up(put, send, provider, rows):
    put(message(kind="overdue", channel=Channel.EMAIL, order_key="mail"), ACCEPTED)
    send()
    assert [(row.state, row.last_error) for row in rows()] == [("created", "no_provider"), ("accepted", None)]


def test_a_kind_that_a_new_version_forgot_is_dead_and_holds_nobody_up(put, send, rows, session_factory):
    put(ACCEPTED, message(key="other", order_key="other"))
    with session_factory() as session, session.begin():
        session.execute(
            update(OutboxMessage).where(OutboxMessage.key == ACCEPTED.key).values(kind="forgotten")
        )
    send()
    assert [(row.state, row.last_error) for row in rows()] == [("dead", "unknown_kind"), ("accepted", None)]


def test_urgent_messages_go_first(put, send, provider):
    put(
        message(key="old", order_key="old"),
        message(key="urgent", order_key="urgent", kind="new_ticket", recipient="unit:3", urgent=True),
    )
    send()
    assert [sent.kind for sent in provider.taken] == ["new_ticket", "accepted"]
