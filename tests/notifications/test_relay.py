"""Does the relay get what was signed for it, and nobody else anything. Speaks to a local server by TLS."""

import json
import socket
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest

from notifications.catalog import Channel
from notifications.providers.base import Outgoing, PermanentFailure, TemporaryFailure, UnclearOutcome
from notifications.providers.outbound import BYTES, ForbiddenAddressError, Outbound
from notifications.providers.relay import Relay, RelayAccount
from notifications.signing import is_signed, signed_headers
from tests.notifications.loopback import Loopback, Said, make_certificate
from tests.notifications.samples import MORNING

HOST = "gateway.example"
LOOPBACK = ip_network("127.0.0.0/8")
OUTGOING = Outgoing(
    id="01a2",
    kind="accepted",
    channel=Channel.SMS,
    recipient="citizen:1",
    address="13800001234",
    subject="20261123000123",
    text="【12345】您的诉求已受理。",
    template_code="SMS_ACCEPTED",
    facts={"number": "20261123000123"},
)


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"), HOST)


@pytest.fixture
def gateway(tls):
    with Loopback(lambda _asked: Said(body=b'{"reference": "G1"}'), tls[0]) as server:
        yield server


@pytest.fixture
def outbound(tls):
    return Outbound(frozenset({HOST}), (LOOPBACK,), lambda _host, _port: ["127.0.0.1"], tls[1])


@pytest.fixture
def relay(gateway, outbound):
    return Relay(RelayAccount(f"https://{HOST}:{gateway.port}/sms", "s3cret"), outbound, lambda: MORNING)


def test_the_relay_gets_the_message_signed_with_its_key(gateway, relay):
    assert relay.send(OUTGOING).reference == "G1"
    (asked,) = gateway.asked
    assert (asked.path, asked.headers["idempotency-key"]) == ("/sms", "01a2")
    said = json.loads(asked.body)
    assert (said["id"], said["channel"], said["address"]) == ("01a2", "sms", "13800001234")
    assert (said["template_code"], said["facts"]) == ("SMS_ACCEPTED", {"number": "20261123000123"})
    headers = {
        "-".join(part.capitalize() for part in name.split("-")): value
        for name, value in asked.headers.items()
    }
    assert is_signed(["s3cret"], headers, asked.body, MORNING)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Said(422, b'{"error": "unreachable"}'), PermanentFailure, "relay_http_422"),
        (Said(429, headers={"Retry-After": "95"}), TemporaryFailure, "relay_http_429"),
        (Said(401), TemporaryFailure, "relay_http_401"),
        (Said(503), TemporaryFailure, "relay_http_503"),
        (Said(302, headers={"Location": "https://169.254.169.254/"}), TemporaryFailure, "relay_http_302"),
        (Said(500), UnclearOutcome, "relay_http_500"),
        (None, UnclearOutcome, "relay_RemoteDisconnected"),
    ],
    ids=["refused", "busy", "secret", "closed", "redirect", "broken", "nothing"],
)
def test_the_relays_answer_decides(gateway, relay, answer, kind, code):
    gateway.answer = lambda _asked: answer
    with pytest.raises((PermanentFailure, TemporaryFailure)) as caught:
        relay.send(OUTGOING)
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert len(gateway.asked) == 1


def test_the_wait_it_asks_for_and_the_number_it_blames_are_read(gateway, relay):
    gateway.answer = lambda _asked: Said(429, headers={"Retry-After": "95"})
    with pytest.raises(TemporaryFailure) as busy:
        relay.send(OUTGOING)
    gateway.answer = lambda _asked: Said(422, b'{"error": "unreachable"}')
    with pytest.raises(PermanentFailure) as refused:
        relay.send(OUTGOING)
    assert busy.value.retry_after == timedelta(seconds=95)
    assert refused.value.is_unreachable


def test_a_certificate_for_another_host_is_not_believed(gateway, outbound):
    other = replace(outbound, hosts=frozenset({"other.example"}))
    relay = Relay(RelayAccount(f"https://other.example:{gateway.port}/", "s3cret"), other)
    with pytest.raises(TemporaryFailure, match="SSLCertVerificationError"):
        relay.send(OUTGOING)
    assert gateway.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://gateway.example/",
        "file:///etc/passwd",
        "gopher://gateway.example/",
        "//gateway.example/",
        "gateway.example",
        "",
        "https://",
        "https:///path",
        "https://other.example/",
        "https://gateway.example.evil.example/",
        "https://evil.example/gateway.example",
        "https://evil.example#gateway.example",
        "https://evil.example?gateway.example",
        "https://gateway.example@evil.example/",
        "https://user:word@gateway.example/",
        "https://evil.example\\@gateway.example/",
        "https://gateway.example\\.evil.example/",
        "https://gateway.example./",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://0/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://localhost/",
        "https://localhost./",
        "https://LOCALHOST/",
        "https://169.254.169.254/latest/meta-data/",
        "https://metadata.google.internal/",
        "https://gateway.example:99999/",
        "https://gateway.example:port/",
        "https://ｇateway.example.evil.example/",
        "https://gateway。example/",
    ],
)
def test_an_address_that_is_not_on_the_list_is_not_even_looked_up(url):
    asked = []
    outbound = Outbound(frozenset({HOST}), resolve=lambda host, port: asked.append(host) or ["93.184.216.34"])
    with pytest.raises(ForbiddenAddressError):
        outbound.post(url, b"{}", {})
    assert asked == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["127.8.8.8"],
        ["10.0.0.1"],
        ["172.16.0.1"],
        ["192.168.1.1"],
        ["100.64.0.1"],
        ["169.254.169.254"],
        ["0.0.0.0"],  # noqa: S104 - an address to refuse
        ["255.255.255.255"],
        ["224.0.0.1"],
        ["192.0.2.1"],
        ["198.18.0.1"],
        ["::1"],
        ["::"],
        ["::ffff:127.0.0.1"],
        ["::ffff:10.0.0.1"],
        ["fe80::1%eth0"],
        ["fc00::1"],
        ["ff02::1"],
        ["2001:db8::1"],
        ["93.184.216.34", "127.0.0.1"],
        ["no address"],
        [],
    ],
)
def test_a_listed_host_that_leads_into_a_network_of_ours_is_not_called(gateway, tls, addresses):
    outbound = Outbound(frozenset({HOST}), resolve=lambda _host, _port: addresses, tls=tls[1])
    with pytest.raises(ForbiddenAddressError, match="address_not_public"):
        outbound.post(f"https://{HOST}:{gateway.port}/", b"{}", {})
    assert gateway.asked == []


def test_a_second_answer_of_the_name_server_counts_for_nothing(gateway, outbound):
    """Rebinding: an address that is fine when it is looked at, and another when it is called."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    once = replace(outbound, resolve=lambda _host, _port: answers.pop(0))
    assert once.post(f"https://{HOST}:{gateway.port}/", b"{}", {}).status == 200
    assert answers == [["10.0.0.1"]]


def test_no_more_than_64_kilobytes_of_an_answer_are_read(gateway, outbound):
    gateway.answer = lambda _asked: Said(body=b"x" * (BYTES * 4))
    assert len(outbound.post(f"https://{HOST}:{gateway.port}/", b"{}", {}).body) == BYTES


def test_a_server_that_says_a_byte_now_and_then_is_not_waited_for(monkeypatch, tls):
    monkeypatch.setattr("notifications.providers.outbound.SECONDS", 0.3)
    listener = socket.create_server(("127.0.0.1", 0))
    outbound = Outbound(frozenset({HOST}), (LOOPBACK,), lambda _host, _port: ["127.0.0.1"], tls[1])
    relay = Relay(RelayAccount(f"https://{HOST}:{listener.getsockname()[1]}/", "s3cret"), outbound)
    with listener, pytest.raises(TemporaryFailure, match="relay_"):
        relay.send(OUTGOING)


def test_only_the_right_secret_body_and_moment_are_believed():
    body = b'{"reference": "G1", "status": "delivered"}'
    headers = signed_headers("s3cret", body, MORNING)
    assert is_signed(["new", "s3cret"], headers, body, MORNING + timedelta(minutes=4))
    assert not is_signed(["", "other"], headers, body, MORNING)
    assert not is_signed(["s3cret"], headers, body, MORNING + timedelta(minutes=6))
    assert not is_signed(["s3cret"], headers, body, MORNING - timedelta(minutes=6))
    assert not is_signed([], headers, body, MORNING)
    assert not is_signed(["s3cret"], {}, body, MORNING)


def test_no_single_bit_may_differ():
    body = b'{"reference": "G1"}'
    headers = signed_headers("s3cret", body, MORNING)
    accepted = 0
    for place in range(len(body) * 8):
        flipped = bytearray(body)
        flipped[place // 8] ^= 1 << place % 8
        accepted += is_signed(["s3cret"], headers, bytes(flipped), MORNING)
    for name, value in headers.items():
        for place in range(len(value) * 7):
            letters = bytearray(value.encode())
            letters[place // 7] ^= 1 << place % 7
            accepted += is_signed(["s3cret"], {**headers, name: letters.decode()}, body, MORNING)
    assert accepted == 0
