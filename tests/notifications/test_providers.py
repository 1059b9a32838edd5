"""Who carries what, what the mailbox keeps, and what the watch over providers writes down."""

from dataclasses import replace
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import select

from config import Settings
from notifications import outbox
from notifications.catalog import Channel
from notifications.models import MailboxMessage, OutboxMessage
from notifications.providers.base import Outgoing, PermanentFailure, TemporaryFailure, Watched
from notifications.providers.console import ConsoleProvider
from notifications.providers.demo_carrier import DEMO_CARRIERS, break_down, put_right
from notifications.providers.mailbox import MailboxProvider
from notifications.providers.registry import providers_for
from notifications.worker import send_due
from tests.notifications.samples import ACCEPTED, MORNING, Clock, ScriptedProvider, message, steady

OUTGOING = Outgoing(
    id="01a2",
    kind="accepted",
    channel=Channel.SMS,
    recipient="citizen:1",
    address="13800001234",
    subject="20261123000123",
    text="查询码482913",
)
TWILIO = {"twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_from": "+1555"}
SMTP = {"smtp_host": "127.0.0.1", "mail_from": "noreply@hotline.example"}


@pytest.fixture(scope="module")
def plain_settings():
    return Settings.from_env({"HOTLINE_ENV": "demo"})


def names(settings):
    return {
        channel.value: provider.name for channel, provider in providers_for(settings, lambda: None).items()
    }


def test_the_demo_rings_nobodys_phone(plain_settings):
    settings = replace(plain_settings, **TWILIO, **SMTP)
    assert names(settings) == {"sms": "demo-1+demo-2", "email": "mailbox", "mailbox": "mailbox"}
    assert providers_for(settings, lambda: None)[Channel.SMS].is_silent


def test_an_installation_without_providers_notes_what_it_would_send(plain_settings):
    settings = replace(plain_settings, env="development")
    assert names(settings) == {"sms": "console", "email": "console", "mailbox": "mailbox"}


def test_configured_providers_are_used(plain_settings):
    settings = replace(plain_settings, env="production", **TWILIO, **SMTP)
    assert names(settings) == {"sms": "twilio", "email": "smtp", "mailbox": "mailbox"}


def test_the_mailbox_keeps_a_repeated_message_once(session_factory):
    mailbox = MailboxProvider(session_factory, Clock())
    for _ in range(3):
        mailbox.send(OUTGOING)
    with session_factory() as session:
        kept = session.scalars(select(MailboxMessage)).one()
    assert (kept.message_id, kept.channel, kept.recipient) == ("01a2", "sms", "citizen:1")
    assert (kept.body, kept.subject, kept.at) == ("查询码482913", "20261123000123", MORNING)


def test_the_demo_shows_every_channel_in_the_mailbox(session_factory, plain_settings):
    providers = providers_for(plain_settings, session_factory)
    with session_factory() as session, session.begin():
        outbox.put(session, ACCEPTED)
        for channel in (Channel.SMS, Channel.EMAIL, Channel.MAILBOX):
            outbox.put(
                session, message(kind="overdue", channel=channel, recipient="unit:3", order_key="unit:3")
            )
    while send_due(session_factory, providers, Clock(), 50, steady()):
        pass
    with session_factory() as session:
        shown = session.scalars(select(MailboxMessage).order_by(MailboxMessage.id)).all()
        states = set(session.scalars(select(OutboxMessage.state)))
    assert sorted((one.kind, one.channel) for one in shown) == [
        ("accepted", "sms"),
        ("overdue", "email"),
        ("overdue", "mailbox"),
        ("overdue", "sms"),
    ]
    assert {one.title for one in shown if one.channel != "sms"} == {
        "【12345】工单 20261123000123 已超期（办理）"
    }
    assert states == {"accepted"}


def test_in_the_demo_one_carrier_stands_in_for_another_that_is_out_of_order(session_factory, plain_settings):
    providers = providers_for(plain_settings, session_factory)

    def send(keys, *, broken):
        with session_factory.begin() as session:
            for name in DEMO_CARRIERS:
                (break_down if name in broken else put_right)(session, name)
            for key in keys:
                outbox.put(session, message(key=key, order_key=key))
        clock = Clock()
        for _ in range(4):
            send_due(session_factory, providers, clock, 50, steady())
            clock.advance(minutes=1)
        with session_factory() as session:
            rows = session.execute(select(OutboxMessage.state, OutboxMessage.provider, OutboxMessage.key))
            return {(row.state, row.provider) for row in rows if row.key in keys}

    first, second = DEMO_CARRIERS
    both = send([f"a{n}" for n in range(12)], broken=())
    assert both == {("accepted", first), ("accepted", second)}
    assert send([f"b{n}" for n in range(12)], broken=(first,)) == {("accepted", second)}


def test_no_log_holds_an_address_or_a_text():
    provider = ScriptedProvider(script=[None, TemporaryFailure(code="http_503"), PermanentFailure(code="no")])
    with structlog.testing.capture_logs() as logs:
        ConsoleProvider().send(OUTGOING)
        watched = Watched(provider)
        watched.send(OUTGOING)
        for _ in range(2):
            with pytest.raises((TemporaryFailure, PermanentFailure)):
                watched.send(OUTGOING)
    assert [entry["event"] for entry in logs] == [
        "message_would_be_sent",
        "message_taken",
        "message_not_taken",
        "message_not_taken",
    ]
    assert "138" not in str(logs)
    assert "482913" not in str(logs)


def test_each_call_is_timed():
    clock = Clock()
    provider = ScriptedProvider(look=lambda: clock.advance(seconds=2))
    with structlog.testing.capture_logs() as logs:
        Watched(provider, clock=clock.seconds).send(OUTGOING)
    assert logs[0]["seconds"] == 2.0


def test_a_refused_message_is_not_the_providers_bad_luck():
    watched = Watched(ScriptedProvider(script=[PermanentFailure(code="no")] * 10))
    for _ in range(10):
        with pytest.raises(PermanentFailure):
            watched.send(OUTGOING)
    assert watched.ask_leave() == timedelta(0)


def test_a_failing_provider_rests_and_is_probed_by_one_caller():
    clock = Clock()
    watched = Watched(ScriptedProvider(script=[TemporaryFailure(code="http_503")] * 5), clock=clock.seconds)
    for _ in range(5):
        assert watched.ask_leave() == timedelta(0)
        with pytest.raises(TemporaryFailure):
            watched.send(OUTGOING)
    assert watched.ask_leave() == timedelta(seconds=30)
    clock.advance(seconds=30)
    assert watched.ask_leave() == timedelta(0)
    assert watched.ask_leave() == timedelta(seconds=30)
    watched.send(OUTGOING)
    assert watched.ask_leave() == timedelta(0)
