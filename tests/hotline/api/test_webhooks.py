"""What Twilio calls: only with its signature, any number of times, and a citizen's rating acts."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no types

from hotline.models.ticket import Rating
from notifications.models import InboundMessage, OptOut, OutboxMessage
from tests.hotline.api.city import make_api

TOKEN = "twilio-token-of-the-tests"
BASE = "https://hotline.example"
STATUS, INBOUND = "/webhooks/twilio/status", "/webhooks/twilio/inbound"


@pytest.fixture
def api(settings, make_app, clean_db, session_factory):
    app = make_app(replace(settings, twilio_auth_token=TOKEN, base_url=BASE))
    return make_api(app, session_factory)


def call(api, path, fields, *, token=TOKEN, base=BASE, signed=None):
    signature = RequestValidator(token).compute_signature(f"{base}/api/v1{path}", signed or fields)
    return api.client.post(
        f"/api/v1{path}", data=fields, headers={"X-Twilio-Signature": signature, "Host": "inner:8000"}
    )


def sms(body, sid="SM1", phone="+8613800138000"):
    return {"MessageSid": sid, "From": phone, "To": "+8612345", "Body": body}


@pytest.fixture
def rated(api, session_factory):
    """A ticket whose citizen was invited to rate by SMS."""
    number = api.replied()
    with session_factory.begin() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.subject == number)
            .values(state="accepted", provider="twilio", provider_reference=OutboxMessage.id)
        )
    return number


@pytest.mark.parametrize(
    "changes",
    [{"token": "another"}, {"base": "https://elsewhere.example"}, {"signed": sms("2")}],
)
@pytest.mark.parametrize("path", [STATUS, INBOUND])
def test_a_call_that_twilio_did_not_sign_is_refused(api, session_factory, path, changes):
    answer = call(api, path, sms("1") | {"MessageStatus": "delivered"}, **changes)
    assert answer.status_code == 403
    with session_factory() as session:
        assert session.scalar(select(InboundMessage.id)) is None


def test_without_a_configured_token_nobody_is_believed(app):
    answer = app.test_client().post(f"/api/v1{STATUS}", data={"MessageSid": "SM1", "MessageStatus": "sent"})
    assert answer.status_code == 403


def test_a_receipt_moves_its_message_up_and_never_back(api, rated, session_factory):
    with session_factory() as session:
        message = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "replied")).one()
    for status in ("delivered", "sent", "delivered"):
        answer = call(api, STATUS, {"MessageSid": message.id, "MessageStatus": status})
        assert answer.status_code == 204
    listed = api.get("agent", f"/tickets/{rated}/messages").json["items"]
    assert {row["kind"]: row["state"] for row in listed}["replied"] == "delivered"


def test_a_receipt_that_names_no_message_is_refused_by_field(api):
    answer = call(api, STATUS, {"MessageStatus": "sent"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "MessageSid")


@pytest.mark.parametrize(
    ("words", "state", "outcome", "round_after"),
    [
        ("1", "closed", "resolved", 1),
        (" ２。", "closed", "partly_resolved", 1),
        ("不满意", "in_process", None, 2),
    ],
)
def test_a_rating_by_sms_acts_on_the_ticket(api, rated, words, state, outcome, round_after):
    answer = call(api, INBOUND, sms(words))
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    ticket = api.get("agent", f"/tickets/{rated}").json
    assert (ticket["state"], ticket["outcome"], ticket["round"]) == (state, outcome, round_after)


def test_a_rating_that_arrives_twice_acts_once(api, rated, session_factory):
    for sid in ("SM1", "SM1", "SM2"):
        assert call(api, INBOUND, sms("3", sid)).status_code == 200
    with session_factory() as session:
        assert len(session.scalars(select(Rating)).all()) == 1
        assert len(session.scalars(select(InboundMessage)).all()) == 2
    assert api.get("agent", f"/tickets/{rated}").json["round"] == 2


def test_a_rating_of_somebody_we_never_asked_is_only_kept(api, session_factory):
    assert call(api, INBOUND, sms("1", phone="+8613900000000")).status_code == 200
    with session_factory() as session:
        assert session.scalars(select(InboundMessage)).one().meaning == "satisfied"


def test_stop_is_obeyed_and_words_are_kept(api, session_factory):
    assert call(api, INBOUND, sms("STOP")).status_code == 200
    assert call(api, INBOUND, sms("水又停了\x00", "SM2")).status_code == 200
    with session_factory() as session:
        assert len(session.scalars(select(OptOut)).all()) == 1
        assert session.scalars(select(InboundMessage).order_by(InboundMessage.id)).all()[1].body == "水又停了"
