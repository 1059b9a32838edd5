"""What does a first look at a page cost on a slow line, and is nothing asked for twice?"""

import gzip
import re
from datetime import UTC, datetime

import pytest

from hotline.services.accounts import CHEAP_HASHER, NewUser, create_user
from hotline.services.separation import BY_OPERATOR
from workflows.vocabulary import Role

COMPRESSED = {"Accept-Encoding": "gzip, deflate"}
CITIZENS = ("/find", "/help", "/submit", "/login")
STAFF = ("/desk", "/inbox", "/dispatch", "/callback", "/board", "/admin", "/knowledge", "/search")
# Nothing here differs between the databases.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def staff(client, session_factory):
    """A browser of somebody who may open everything."""
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        new = NewUser("everybody", "全能", "A-long-passw0rd", roles=frozenset(Role) - BY_OPERATOR)
        create_user(session, new, now, CHEAP_HASHER)
    form = client.get("/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form).group(1)
    data = {"username": "everybody", "password": "A-long-passw0rd", "csrf_token": token}
    assert client.post("/login", data=data).status_code == 303
    return client


def fetched(client, path):
    return client.get(path, headers=COMPRESSED, buffered=True)


def parts_of(client, path):
    """Length as sent of a page and of everything it names, by address."""
    page = fetched(client, path)
    assert page.status_code == 200, path
    html = gzip.decompress(page.data).decode()
    named = {found.partition("#")[0] for found in re.findall(r'(?:src|href)="(/static/[^"]+)"', html)}
    lengths = {name: len(fetched(client, name).data) for name in named}
    return {path: len(page.data), **lengths}


@pytest.mark.parametrize("path", CITIZENS)
def test_a_citizens_page_weighs_at_most_60_kb_in_six_requests(staff, app, path):
    parts = parts_of(app.test_client(), path)
    assert sum(parts.values()) <= 60_000, parts
    # The sign-in page has the frame of the staff.
    assert path == "/login" or len(parts) <= 6, parts


@pytest.mark.parametrize("path", STAFF)
def test_a_page_of_staff_weighs_at_most_120_kb(staff, path):
    parts = parts_of(staff, path)
    assert sum(parts.values()) <= 120_000, parts


def test_a_style_sheet_with_its_fingerprint_is_kept_for_ever_and_another_one_is_asked_about(client):
    style = re.search(r'href="(/static/css/app\.css\?v=\w+)"', client.get("/help").text).group(1)
    kept = fetched(client, style)
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert kept.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in kept.headers["Vary"]
    for other in (style.partition("?")[0], style[:-1], style.partition("=")[0] + "=0000000000"):
        assert fetched(client, other).headers["Cache-Control"] == "no-cache"


def test_a_style_sheet_the_browser_has_is_not_sent_again(client):
    first = fetched(client, "/static/css/app.css")
    known = {**COMPRESSED, "If-None-Match": first.headers["ETag"]}
    again = client.get("/static/css/app.css", headers=known, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


def test_a_browser_that_takes_nothing_compressed_gets_it_plain(client):
    answer = client.get("/help", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("<!doctype html>")
