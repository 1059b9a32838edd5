"""What one channel does not bring is tried by the next, once, at the address the person has by then."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from notifications import outbox, receipts, spending
from notifications.catalog import Channel
from notifications.fallback import no_addresses, pass_on
from notifications.models import OptOut, OutboxMessage, SmsUse, State
from notifications.policy import Caps
from notifications.providers.base import PermanentFailure
from notifications.receipts import Receipt
from notifications.worker import send_due
from tests.notifications.samples import MORNING, Clock, ScriptedProvider, message, steady

PHONE = "13800001234"
EVERYWHERE = {Channel.SMS: PHONE, Channel.EMAIL: "lin@example.org", Channel.MAILBOX: "citizen:1"}


def book(**addresses):
    """An address book that knows the sample citizen."""
    known = {Channel(name): address for name, address in addresses.items()} or EVERYWHERE
    return lambda _session, recipients: {who: known for who in recipients if who == "citizen:1"}


def drain(session_factory, providers, clock, addresses):
    for _ in range(6):
        send_due(session_factory, providers, clock, 50, steady(book=addresses))


def told(session_factory):
    with session_factory() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        return [(row.channel, str(row.state), row.skip_reason) for row in rows]


@pytest.fixture
def carriers():
    return {channel: ScriptedProvider(name=str(channel)) for channel in Channel}


@pytest.fixture
def put(session_factory):
    def put(*messages):
        with session_factory.begin() as session:
            outbox.put_all(session, messages)

    return put


def sms(**changes):
    return message(key=f"9:closed:citizen:1:{changes.get('channel', Channel.SMS)}", kind="closed", **changes)


def test_what_a_carrier_refuses_for_good_goes_by_mail(session_factory, carriers, put):
    put(sms())
    carriers[Channel.SMS].script = [PermanentFailure("21211")]
    drain(session_factory, carriers, Clock(), book())
    assert told(session_factory) == [("sms", "dead", None), ("email", "accepted", None)]
    assert carriers[Channel.EMAIL].taken[0].address == "lin@example.org"


def test_what_no_handset_received_goes_by_mail(session_factory, carriers, put):
    put(sms())
    drain(session_factory, carriers, Clock(), book())
    with session_factory.begin() as session:
        row = session.scalars(select(OutboxMessage)).one()
        receipts.apply(session, Receipt("sms", row.provider_reference, "undelivered", MORNING))
    drain(session_factory, carriers, Clock(), book())
    assert [channel for channel, _, _ in told(session_factory)] == ["sms", "email"]


def test_what_mail_does_not_bring_either_stays_on_the_page_of_the_ticket(session_factory, carriers, put):
    put(sms())
    carriers[Channel.SMS].script = [PermanentFailure("no")]
    carriers[Channel.EMAIL].script = [PermanentFailure("550")]
    drain(session_factory, carriers, Clock(), book())
    assert [channel for channel, _, _ in told(session_factory)] == ["sms", "email", "mailbox"]
    assert told(session_factory)[-1][1] == "accepted"


def test_after_the_last_channel_there_is_nothing_more(session_factory, carriers, put):
    put(sms())
    for carrier in carriers.values():
        carrier.script = [PermanentFailure("no")]
    drain(session_factory, carriers, Clock(), book())
    assert len(told(session_factory)) == 3


def test_whoever_said_stop_is_told_by_mail_if_they_gave_one(session_factory, carriers, put):
    put(sms())
    with session_factory.begin() as session:
        hashed = session.scalars(select(OutboxMessage.address_hash)).one()
        session.add(OptOut(address_hash=hashed, channel="sms", at=MORNING))
    drain(session_factory, carriers, Clock(), book())
    assert told(session_factory)[0] == ("sms", "skipped", "opted_out")
    assert carriers[Channel.SMS].taken == []
    assert len(carriers[Channel.EMAIL].taken) == 1


def test_who_was_told_by_the_next_channel_anyway_is_not_told_twice(session_factory, carriers, put):
    put(sms(), sms(channel=Channel.EMAIL, address="lin@example.org"))
    carriers[Channel.SMS].script = [PermanentFailure("no")]
    drain(session_factory, carriers, Clock(), book())
    assert sorted(channel for channel, _, _ in told(session_factory)) == ["email", "sms"]
    assert len(carriers[Channel.EMAIL].taken) == 1


def test_a_skipped_reminder_is_nothing_to_pass_on(session_factory, put):
    put(sms())
    with session_factory.begin() as session:
        session.execute(update(OutboxMessage).values(state=State.SKIPPED, skip_reason="moot"))
    with session_factory.begin() as session:
        assert pass_on(session, book(), MORNING) == 0


def test_without_an_address_book_nothing_is_passed_on(session_factory, put):
    put(sms())
    with session_factory.begin() as session:
        session.execute(update(OutboxMessage).values(state=State.DEAD))
    with session_factory.begin() as session:
        assert pass_on(session, no_addresses, MORNING) == 1
    assert len(told(session_factory)) == 1


def test_a_damaged_message_holds_up_no_other(session_factory, carriers, put):
    put(sms(), message(key="9:damaged:citizen:1:sms", kind="closed", order_key="other"))
    with session_factory.begin() as session:
        session.execute(update(OutboxMessage).values(state=State.DEAD))
        damaged = text("UPDATE outbox_messages SET address = 'rot' WHERE key LIKE '9:damaged:%'")
        session.execute(damaged)
    for looked_at in (2, 0):
        with session_factory.begin() as session:
            assert pass_on(session, book(), MORNING) == looked_at
    drain(session_factory, carriers, Clock(), book())
    assert len(carriers[Channel.EMAIL].taken) == 1


def test_whoever_changed_their_number_is_told_at_the_new_one(session_factory, carriers, put):
    put(sms())
    drain(session_factory, carriers, Clock(), book(sms="13900005678"))
    assert carriers[Channel.SMS].taken[0].address == "13900005678"
    with session_factory() as session:
        assert session.scalars(select(OutboxMessage.address)).one() == "13900005678"


def test_whoever_left_is_told_nowhere(session_factory, carriers, put):
    put(sms())
    drain(session_factory, carriers, Clock(), lambda _session, who: {each: {} for each in who})
    assert told(session_factory) == [("sms", "skipped", "no_address")]
    assert carriers[Channel.SMS].taken == []


def test_a_person_gets_no_more_than_the_cap_and_the_rest_tomorrow(session_factory, carriers, put):
    with session_factory.begin() as session:
        spending.choose_caps(session, Caps(per_person=2, segments_per_day=100))
    put(*(message(kind="closed", subject=str(n), order_key=f"{n}:citizen:1") for n in range(4)))
    clock = Clock()
    drain(session_factory, carriers, clock, no_addresses)
    assert len(carriers[Channel.SMS].taken) == 2
    clock.advance(days=1)
    drain(session_factory, carriers, clock, no_addresses)
    assert len(carriers[Channel.SMS].taken) == 4


def test_a_day_costs_no_more_than_its_cap_and_every_part_is_counted(session_factory, carriers, put):
    with session_factory.begin() as session:
        spending.choose_caps(session, Caps(segments_per_day=3))
    for n in range(8):
        put(message(kind="closed", subject=str(n), order_key=str(n), address=f"138000000{n:02}"))
        drain(session_factory, carriers, Clock(), no_addresses)
    with session_factory() as session:
        uses = session.scalars(select(SmsUse)).all()
        assert sum(use.segments for use in uses) == len(carriers[Channel.SMS].taken) == 3
        later = MORNING + timedelta(days=1)
        assert spending.count_segments_of_day(session, MORNING, steady().zone) == 3
        assert spending.count_segments_of_day(session, later, steady().zone) == 0


def test_the_caps_are_those_chosen_last(session):
    assert spending.read_caps(session) == Caps()
    for caps in (Caps(5, 50), Caps(6, None)):
        spending.choose_caps(session, caps)
        session.expire_all()
        assert spending.read_caps(session) == caps
