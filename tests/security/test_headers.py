"""What a request says of itself in its headers decides neither who is asking, nor where links lead, nor the fate of the page."""

import re

import pytest

from hotline.mailbox.views import linked
from hotline.web.access_rules import Who
from hotline.web.access_table import ACCESS
from tests.security.routes import requests_of

# A look at every route there is takes a while, and no database has a part in it.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
IDENTITIES = ("X-Remote-User", "Remote-User", "X-Forwarded-User", "X-Forwarded-Email", "X-Auth-Request-User",
              "X-User", "X-WEBAUTH-USER", "X-SSO-User", "REMOTE_USER", "X-Original-User", "From")  # fmt: skip
PLACES = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Server": "evil.example",
    "X-Host": "evil.example",
    "Forwarded": "for=127.0.0.1;host=evil.example;proto=https",
    "X-Original-URL": "/admin",
    "X-Rewrite-URL": "/admin",
    "X-HTTP-Method-Override": "DELETE",
}
BROKEN = ("http://[x", "http://[::1", "//[", "null", "", "x" * 9_000, "http://x\\@localhost", "é", "http://]")


def test_no_header_lets_anybody_into_any_route(app):
    client = app.test_client()
    headers = dict.fromkeys(IDENTITIES, "admin")
    let_in = [
        f"{asked.method} {asked.path}"
        for asked in requests_of(app)
        if not isinstance(ACCESS[asked.endpoint], Who) or ACCESS[asked.endpoint] is Who.SIGNED_IN
        if client.open(asked.path, method=asked.method, headers=headers).status_code not in {303, 401}
    ]
    assert let_in == []


def test_no_header_changes_what_is_asked_for_or_where_a_page_leads(app):
    client = app.test_client()
    for path in ("/", "/login", "/find", "/submit", "/admin", "/no-such-page"):
        plain = client.get(path)
        for name, value in PLACES.items():
            answer = client.get(path, headers={name: value})
            assert (answer.status_code, answer.headers.get("Location")) == (
                plain.status_code,
                plain.headers.get("Location"),
            )
            assert "evil" not in answer.text


def test_a_foreign_host_comes_out_nowhere(app):
    answer = app.test_client().get("/admin", headers={"Host": "evil.example"})
    assert answer.headers["Location"].startswith("/login")
    page = app.test_client().get("/find", headers={"Host": "evil.example"}).text
    assert not re.search(r'(?:href|src|action)="[^"]*evil', page)


@pytest.mark.parametrize(
    "name", ["Origin", "Referer", "HX-Current-URL", "X-Forwarded-For", "Accept-Language"]
)
def test_a_broken_header_breaks_nothing(quiet, name):
    client = quiet.test_client()
    for value in BROKEN:
        for path in ("/login", "/find", "/language/en", "/no-such-page", "/api/v1/tickets"):
            assert client.get(path, headers={name: value}).status_code < 500, (path, value)
            assert 400 <= client.post(path, headers={name: value}).status_code < 500, (path, value)


def test_an_address_in_a_message_that_is_none_is_only_text(app):
    for broken in BROKEN[:3]:
        assert "<a " not in linked(f"见 {broken}) 即可")
