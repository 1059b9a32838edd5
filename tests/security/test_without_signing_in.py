"""Whoever has not signed in gets nothing out of any route, whatever they send to it."""

import pytest

from hotline.web.access_rules import Who
from hotline.web.access_table import ACCESS
from hotline.web.security import limiter
from tests.security.routes import requests_of

XML = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
BODIES = {
    "xml": {"data": XML, "content_type": "application/xml"},
    "xml said to be a form": {"data": XML, "content_type": "application/x-www-form-urlencoded"},
    "array": {"data": b'[[], [{}], null, "x"]', "content_type": "application/json"},
    "broken json": {"data": b'{"a":' * 2_000, "content_type": "application/json"},
    "arrays in a form": {"data": {"username[]": "x", "password[$ne]": "x", "number": ["a", "b"]}},
    "broken parts": {"data": b"--x\r\nnonsense", "content_type": "multipart/form-data; boundary=x"},
    "bytes": {"data": b"\xff\xfe\x00\x80" * 40, "content_type": "application/octet-stream"},
}
# A look at every route there is takes a while, and no database has a part in it.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
OPEN = {Who.PUBLIC, Who.CITIZEN}


@pytest.fixture
def stranger(quiet):
    with quiet.app_context():
        limiter.reset()
    return quiet.test_client()


@pytest.mark.parametrize("body", BODIES)
def test_nothing_that_a_stranger_sends_is_let_in_or_breaks_a_route(app, stranger, body):
    wrong, count = [], 0
    for asked in requests_of(app):
        answer = stranger.open(asked.path, method=asked.method, **BODIES[body])
        count += 1
        is_open = ACCESS[asked.endpoint] in OPEN
        is_refused = answer.status_code in {303, 400, 401, 403}
        if (
            (answer.status_code >= 500 and asked.endpoint != "health.readyz")
            or not (is_open or is_refused)
            or b"root:" in answer.data
        ):
            wrong.append(f"{asked.method} {asked.path} {answer.status_code}")
    assert wrong == []
    assert count > 300


def test_no_machines_call_is_taken_without_its_secret(app, stranger):
    for asked in requests_of(app):
        if asked.endpoint.startswith("api.receive_"):
            for body in BODIES.values():
                assert stranger.open(asked.path, method="POST", **body).status_code == 403, asked.path


def test_a_form_takes_no_json(stranger):
    for value in ("[]", "null", "1", '"x"', '{"content": "没有水"}', "[[1]]"):
        answer = stranger.post("/submit", data=value.encode(), content_type="application/json")
        assert answer.status_code == 400


def test_a_citizens_route_leads_a_stranger_to_the_door(app, stranger):
    for asked in requests_of(app):
        if ACCESS[asked.endpoint] is Who.CITIZEN and asked.method == "GET":
            assert stranger.get(asked.path).headers["Location"].partition("?")[0] == "/find"
