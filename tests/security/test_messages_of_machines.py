"""A machine's word counts once, whole, in time and with its secret, or not at all; secrets and texts stay inside."""

import json
import logging
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from notifications.models import OutboxMessage, ReceivedReceipt
from notifications.signing import SIGNATURE, TIMESTAMP, signed_headers
from tests.hotline.api.city import make_api

RELAY = "/api/v1/webhooks/relay/status"
MACHINES = (RELAY, "/api/v1/webhooks/twilio/status", "/api/v1/webhooks/twilio/inbound",
            "/api/v1/webhooks/tencent/status?key=key-of-tencent")  # fmt: skip
SECRETS = ("new-secret-of-relay", "old-secret-of-relay", "key-of-tencent", "token-of-twilio")
KILOBYTE = 1024


@pytest.fixture
def api(settings, make_app, clean_db, session_factory):
    app = make_app(
        replace(
            settings,
            relay_secret=SECRETS[0],
            relay_old_secret=SECRETS[1],
            tencent_callback_key=SECRETS[2],
            twilio_auth_token=SECRETS[3],
        )
    )
    return make_api(app, session_factory)


@pytest.fixture
def message_id(api, session_factory):
    """A message the relay has taken."""
    number = api.replied()
    with session_factory.begin() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.subject == number, OutboxMessage.channel == "sms")
            .values(state="accepted", provider="relay", provider_reference=OutboxMessage.id)
        )
        return session.scalars(select(OutboxMessage.id).where(OutboxMessage.kind == "replied")).one()


def flipped(text: bytes, bit: int) -> bytes:
    changed = bytearray(text)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def forged(body: bytes, headers: dict[str, str], count: int):
    """So many calls that differ from the true one in a single bit of body, signature or moment."""
    chance = random.Random(7)  # noqa: S311 - the same bits each time
    for number in range(count):
        part = ("body", SIGNATURE, TIMESTAMP)[number % 3]
        if part == "body":
            yield flipped(body, chance.randrange(len(body) * 8)), headers
        else:
            value = flipped(headers[part].encode(), chance.randrange(len(headers[part]) * 8))
            yield body, {**headers, part: value.decode("latin-1").replace("\r", "?").replace("\n", "?")}


def test_of_a_thousand_receipts_with_one_bit_changed_none_counts(api, message_id, session_factory):
    body = json.dumps({"reference": message_id, "status": "failed"}).encode()
    headers = dict(signed_headers(SECRETS[0], body, datetime.now(UTC)))
    answers = [
        api.client.post(RELAY, data=changed, headers=told).status_code
        for changed, told in forged(body, headers, 1_000)
    ]
    assert answers == [403] * 1_000
    with session_factory() as session:
        assert session.get(OutboxMessage, message_id).state == "accepted"


def test_a_receipt_sent_a_hundred_times_has_one_effect(api, message_id, session_factory):
    body = json.dumps({"reference": message_id, "status": "delivered"}).encode()
    unknown = json.dumps({"reference": "a-strangers", "status": "delivered"}).encode()
    for each in (body, unknown):
        headers = dict(signed_headers(SECRETS[0], each, datetime.now(UTC)))
        assert {api.client.post(RELAY, data=each, headers=headers).status_code for _ in range(100)} == {204}
    with session_factory() as session:
        assert session.get(OutboxMessage, message_id).state == "delivered"
        assert session.scalar(select(func.count()).select_from(ReceivedReceipt)) == 1


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=400)])
def test_an_old_receipt_and_one_of_the_future_are_refused(api, message_id, age):
    body = json.dumps({"reference": message_id, "status": "failed"}).encode()
    headers = dict(signed_headers(SECRETS[0], body, datetime.now(UTC) - age))
    assert api.client.post(RELAY, data=body, headers=headers).status_code == 403


def test_a_call_of_a_machine_that_is_too_large_is_not_even_read(api):
    body = b'{"reference": "' + b"x" * (65 * KILOBYTE) + b'", "status": "delivered"}'
    headers = dict(signed_headers(SECRETS[0], body, datetime.now(UTC)))
    codes = [api.client.post(RELAY, data=body, headers=headers).status_code]
    codes += [api.client.post(path, data={"Body": "x" * len(body)}).status_code for path in MACHINES[1:3]]
    codes += [api.client.post(MACHINES[3], data=b"[" + b" " * (1024 * KILOBYTE) + b"]").status_code]
    assert codes == [413] * 4


def test_no_refused_call_leaves_a_secret_or_a_text_in_the_log(api, caplog):
    caplog.set_level(logging.DEBUG)
    for path in MACHINES:
        for headers in ({}, {SIGNATURE: "sha256=guess", TIMESTAMP: "1"}, {"X-Twilio-Signature": "guess"}):
            api.client.post(
                path, data={"Body": "水管爆了 13800138000", "From": "+8613800138000"}, headers=headers
            )
    said = caplog.text
    assert [word for word in (*SECRETS, "13800138000", "水管爆了", "guess") if word in said] == []


def test_a_rating_that_no_carrier_signed_closes_nothing(api, message_id, session_factory):
    number = api.get("agent", "/tickets").json["items"][0]["number"]
    before = api.get("agent", f"/tickets/{number}").json
    forms = ({"From": "+8613800138000", "Body": "1", "MessageSid": f"SM{n}"} for n in range(50))
    for form in forms:
        for headers in ({}, {"X-Twilio-Signature": "x"}, {"X-Twilio-Signature": ""}):
            assert api.client.post(MACHINES[2], data=form, headers=headers).status_code == 403
    assert api.get("agent", f"/tickets/{number}").json == before
