"""Does an SMS reach Twilio's API as its package sends it, and is every answer understood. Speaks to a local fake."""

import json
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from notifications.catalog import Channel
from notifications.providers.base import (
    NotCarried,
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    UnclearOutcome,
)
from notifications.providers.twilio_sms import TwilioAccount, TwilioSms

OUTGOING = Outgoing(
    id="01a2",
    kind="accepted",
    channel=Channel.SMS,
    recipient="citizen:1",
    address="138 0000 1234",
    subject="20261123000123",
    text="【12345】编号1已答复。",
)
CREATED = json.dumps({"sid": "SM123", "status": "queued"})


@dataclass
class FakeTwilio:
    """Answers with what the test sets and remembers what it was asked."""

    status: int = 201
    body: str = CREATED
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    base: str = ""

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        form = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        self.asked.append((handler.path, {name: values[0] for name, values in form.items()}))
        body = self.body.encode()
        lines = [f"HTTP/1.0 {self.status} X", f"Content-Length: {len(body) + 100 * self.cut}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        # Headers and body in one write: two would wait for a delayed acknowledgement.
        handler.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


@pytest.fixture
def twilio():
    fake = FakeTwilio()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            fake.respond(self)

        def log_message(self, *args):
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    fake.base = f"http://127.0.0.1:{server.server_port}"
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


def sender(base):
    return TwilioSms(TwilioAccount("AC1", "token", "+15550001111", base, "https://hotline.example"))


@pytest.fixture
def sms(twilio):
    provider = sender(twilio.base)
    yield provider
    provider._client.http_client.session.close()


def test_an_sms_goes_to_the_configured_host_with_number_text_and_callback(twilio, sms):
    assert sms.send(OUTGOING).reference == "SM123"
    assert twilio.asked == [
        (
            "/2010-04-01/Accounts/AC1/Messages.json",
            {
                "To": "+8613800001234",
                "From": "+15550001111",
                "Body": "【12345】编号1已答复。",
                "StatusCallback": "https://hotline.example/api/v1/webhooks/twilio/status?message=01a2",
            },
        )
    ]


def test_a_number_twilio_refuses_is_a_permanent_failure_with_its_code(twilio, sms):
    twilio.status = 400
    twilio.body = json.dumps(
        {"code": 21211, "message": "The 'To' number 13800001234 is not valid", "status": 400}
    )
    with pytest.raises(PermanentFailure) as caught:
        sms.send(OUTGOING)
    assert caught.value.code == "twilio_21211"
    assert "138" not in str(caught.value)


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503])
def test_an_answer_that_is_not_about_the_message_is_a_temporary_failure(twilio, sms, status):
    twilio.status, twilio.body = status, '{"code": 20003, "message": "no"}'
    with pytest.raises(TemporaryFailure) as caught:
        sms.send(OUTGOING)
    assert caught.value.code == f"http_{status}"
    assert len(twilio.asked) == 1


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "95"}, timedelta(seconds=95)),
        (
            {"Retry-After": "Mon, 23 Nov 2026 10:02:00 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"},
            timedelta(minutes=2),
        ),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_a_provider_asks_for_is_read(twilio, sms, headers, wait):
    twilio.status, twilio.headers = 429, headers
    with pytest.raises(TemporaryFailure) as caught:
        sms.send(OUTGOING)
    assert caught.value.retry_after == wait


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"error": "down"}', '{"sid": null}', '{"sid": "SM1'])
def test_a_good_status_with_an_unreadable_body_leaves_open_whether_it_was_taken(twilio, sms, body):
    twilio.status, twilio.body = 200, body
    with pytest.raises(UnclearOutcome) as caught:
        sms.send(OUTGOING)
    assert caught.value.code == "unreadable_answer"


@pytest.mark.parametrize(
    ("code", "kind", "is_unreachable"),
    [
        (21211, PermanentFailure, True),
        (21614, PermanentFailure, True),
        (21610, PermanentFailure, True),
        (21617, PermanentFailure, False),
        (21606, TemporaryFailure, None),
        (63038, TemporaryFailure, None),
        (21408, NotCarried, None),
    ],
)
def test_twilios_own_number_says_whose_fault_it_is(twilio, sms, code, kind, is_unreachable):
    twilio.status, twilio.body = 400, json.dumps({"code": code, "message": "no", "status": 400})
    with pytest.raises((PermanentFailure, TemporaryFailure)) as caught:
        sms.send(OUTGOING)
    assert (type(caught.value), caught.value.code) == (kind, f"twilio_{code}")
    assert getattr(caught.value, "is_unreachable", None) is is_unreachable


@pytest.mark.parametrize("status", [502, 504, 520])
def test_what_stands_before_twilio_may_have_passed_it_on(twilio, sms, status):
    twilio.status = status
    with pytest.raises(UnclearOutcome, match=f"http_{status}"):
        sms.send(OUTGOING)


def test_an_answer_cut_off_half_way_leaves_open_whether_it_was_taken(twilio, sms):
    twilio.cut = True
    with pytest.raises(UnclearOutcome):
        sms.send(OUTGOING)


def test_a_provider_that_cannot_be_reached_is_a_temporary_failure():
    with pytest.raises(TemporaryFailure) as caught:
        sender("http://127.0.0.1:9").send(OUTGOING)
    assert (type(caught.value), caught.value.code) == (TemporaryFailure, "ConnectionError")


def test_every_call_has_a_time_limit(sms):
    assert sms._client.http_client.timeout == 10.0
