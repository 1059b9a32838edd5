"""What providers say afterwards: believed from them only, once each, whatever the order; and seen on the ticket."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from hotline.queries.ticket_messages import read_letters
from hotline.queries.unreached import list_unreached
from notifications.models import OutboxMessage, ReceivedReceipt
from notifications.signing import signed_headers
from tests.hotline.api.city import make_api
from tests.hotline.api.test_webhooks import BASE, STATUS, TOKEN, call

TENCENT, RELAY = "/api/v1/webhooks/tencent/status", "/api/v1/webhooks/relay/status"


@pytest.fixture
def api(settings, make_app, clean_db, session_factory):
    app = make_app(
        replace(
            settings,
            twilio_auth_token=TOKEN,
            base_url=BASE,
            tencent_callback_key="key-of-tencent",
            relay_secret="new-secret",
            relay_old_secret="old-secret",
        )
    )
    return make_api(app, session_factory)


@pytest.fixture
def told(api, session_factory):
    """A ticket whose citizen was told by SMS, by each test's own provider."""
    number = api.replied()

    def by(provider):
        with session_factory.begin() as session:
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.subject == number, OutboxMessage.channel == "sms")
                .values(state="accepted", provider=provider, provider_reference=OutboxMessage.id)
            )
            return session.scalars(select(OutboxMessage.id).where(OutboxMessage.kind == "replied")).one()

    return by


def find(session_factory, message_id):
    with session_factory() as session:
        return session.get(OutboxMessage, message_id)


def tencent(api, *receipts, key="key-of-tencent"):
    return api.client.post(f"{TENCENT}?key={key}", data=json.dumps(receipts))


def failed(sid, errmsg="MK:0001"):
    return {
        "user_receive_time": "2026-11-23 10:00:00",
        "nationcode": "86",
        "mobile": "13800001234",
        "report_status": "FAIL",
        "errmsg": errmsg,
        "description": "空号",
        "sid": sid,
    }


def relay(api, said, *, secret="new-secret", age=timedelta(0)):  # noqa: S107 - a secret of the tests
    body = json.dumps(said).encode()
    headers = signed_headers(secret, body, datetime.now(UTC) - age)
    return api.client.post(RELAY, data=body, headers=dict(headers))


def test_tencents_receipts_come_several_at_once_and_say_why(api, told, session_factory):
    message_id = told("tencent")
    answer = tencent(
        api, failed(message_id), failed("a-strangers"), {**failed(message_id), "report_status": "??"}
    )
    assert (answer.status_code, answer.json) == (200, {"result": 0, "errmsg": "OK"})
    found = find(session_factory, message_id)
    assert (found.state, found.last_error, found.is_unreachable) == ("failed", "tencent_MK:0001", True)
    with session_factory() as session:
        assert session.scalars(select(ReceivedReceipt.reference)).all() == ["a-strangers"]


@pytest.mark.parametrize("key", ["", "another", "key-of-tencen"])
def test_without_the_key_nobody_speaks_for_tencent(api, told, session_factory, key):
    message_id = told("tencent")
    assert tencent(api, failed(message_id), key=key).status_code == 403
    assert find(session_factory, message_id).state == "accepted"


@pytest.mark.parametrize("body", ["", "{}", "null", "[", "[" * 5000])
def test_what_is_no_list_of_receipts_is_refused_kindly(api, body):
    assert api.client.post(f"{TENCENT}?key=key-of-tencent", data=body).status_code == 422


@pytest.mark.parametrize("secret", ["new-secret", "old-secret"])
def test_the_relays_receipt_counts_with_either_secret(api, told, session_factory, secret):
    message_id = told("relay")
    answer = relay(api, {"reference": message_id, "status": "delivered"}, secret=secret)
    assert answer.status_code == 204
    assert find(session_factory, message_id).state == "delivered"


def test_a_forged_or_old_receipt_of_the_relay_is_refused(api, told, session_factory):
    message_id = told("relay")
    said = {"reference": message_id, "status": "failed", "error": "unreachable"}
    assert relay(api, said, secret="guessed").status_code == 403
    assert relay(api, said, age=timedelta(minutes=6)).status_code == 403
    assert api.client.post(RELAY, data=json.dumps(said)).status_code == 403
    assert find(session_factory, message_id).state == "accepted"


def test_twilios_receipt_that_names_our_message_tells_what_its_lost_answer_did_not(
    api,
    told,
    session_factory,
):
    message_id = told("twilio")
    with session_factory.begin() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == message_id)
            .values(state="created", provider_reference=None, unclear_since=datetime.now(UTC))
        )
    answer = call(api, f"{STATUS}?message={message_id}", {"MessageSid": "SM9", "MessageStatus": "queued"})
    assert answer.status_code == 204
    found = find(session_factory, message_id)
    assert (found.state, found.provider_reference, found.unclear_since) == ("accepted", "SM9", None)


def unreached(session_factory, message_id):
    with session_factory() as session:
        number = session.scalars(select(OutboxMessage.subject).where(OutboxMessage.id == message_id)).one()
        return list_unreached(read_letters(session, number).rows)


def test_whom_no_sms_reaches_is_marked_on_the_ticket_until_one_arrives(api, told, session_factory):
    message_id = told("twilio")
    assert unreached(session_factory, message_id) == ()
    undelivered = {"MessageSid": message_id, "MessageStatus": "undelivered", "ErrorCode": "30005"}
    assert call(api, STATUS, undelivered).status_code == 204
    assert find(session_factory, message_id).last_error == "twilio_30005"
    assert unreached(session_factory, message_id) == ("短信",)
    assert call(api, STATUS, {**undelivered, "MessageStatus": "delivered"}).status_code == 204
    assert unreached(session_factory, message_id) == ()


def test_a_corrected_number_is_not_blamed_for_the_wrong_one(api, told, session_factory):
    message_id = told("twilio")
    with session_factory.begin() as session:
        rows = session.scalars(
            select(OutboxMessage).where(OutboxMessage.channel == "sms").order_by(OutboxMessage.id)
        ).all()
        for row in rows:
            row.state, row.is_unreachable = "failed", True
    assert unreached(session_factory, message_id) == ("短信",)
    with session_factory.begin() as session:
        last = session.get(OutboxMessage, rows[-1].id)
        last.state, last.is_unreachable, last.address_hash = "accepted", False, "of-another-number"
    assert unreached(session_factory, message_id) == ()
