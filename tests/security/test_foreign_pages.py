"""What a page of somebody else's makes a browser send is refused on every route, and tells that page nothing."""

import re

import pytest
from sqlalchemy import func, select

from hotline.models.jottings import Jotting
from hotline.web.access_table import ACCESS
from hotline.web.security import limiter
from tests.hotline.api.city import make_api
from tests.security.people import browser_with_every_role
from tests.security.routes import requests_of
from workflows.errors import Code
from workflows.vocabulary import Role

# A look at every route there is takes a while, and no database has a part in it.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://evil.example#localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


@pytest.fixture(autouse=True)
def fresh_limits(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def browser(app, session_factory):
    return browser_with_every_role(app, session_factory)


def token_of(browser) -> str:
    return re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/no-such-page").text)[1]


def forms(app):
    return [asked for asked in requests_of(app) if asked.is_unsafe and not asked.is_api]


def is_own(asked) -> bool:
    """A request in the making answers by itself, so that a page that lay open too long keeps its words."""
    return asked.endpoint.startswith("submitting.")


def test_no_route_takes_a_form_without_its_token_or_with_anothers(app, browser, session_factory):
    others = token_of(browser_with_every_role(app, session_factory))
    officer = browser_with_every_role(app, session_factory, Role.SECURITY_OFFICER)
    officers = frozenset({Role.SECURITY_OFFICER})
    asked = forms(app)
    assert len(asked) > 140
    accepted = [
        (each.method, each.path, token)
        for each in asked
        if not is_own(each)
        for token in ("", "x", others)
        for who in (officer if ACCESS[each.endpoint] == officers else browser,)
        if who.open(each.path, method=each.method, data={"csrf_token": token}).status_code != 400
    ]
    assert accepted == []
    for each in filter(is_own, asked):
        browser.post(each.path, data={"csrf_token": others, "content": "没有水", "type": "complaint"})
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(Jotting)) == 0


def test_no_route_takes_a_form_of_a_foreign_page_even_with_the_token(app, browser):
    token = token_of(browser)
    accepted = [
        (each.path, headers)
        for each in forms(app)
        for headers in FOREIGN
        if browser.open(
            each.path, method=each.method, data={"csrf_token": token}, headers=headers
        ).status_code
        != 400
    ]
    assert accepted == []


def test_no_answer_lets_a_foreign_page_read_it(app):
    stranger = app.test_client()
    for asked in requests_of(app):
        answer = stranger.options(asked.path, headers={**FOREIGN[0], "Access-Control-Request-Method": "POST"})
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_every_answer_of_the_api_is_closed_to_foreign_pages_and_cookies(app, browser, session_factory):
    for asked in requests_of(app):
        if asked.is_api:
            answer = browser.open(asked.path, method=asked.method, headers=FOREIGN[0])
            assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_token_in_the_header_of_a_foreign_page_acts_for_its_program_alone(app, session_factory):
    api = make_api(app, session_factory)
    answer = api.post(
        "stranger", "/tickets/YJ20261123-00001/actions/close", {}, Origin="https://evil.example"
    )
    assert answer.json["code"] in {Code.NOT_FOUND, "invalid_input", "not_found"}


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "DELETE"])
def test_a_method_nobody_serves_is_refused_everywhere(app, method):
    stranger = app.test_client()
    for path in {asked.path for asked in requests_of(app)}:
        assert stranger.open(path, method=method).status_code in {400, 405, 404}, path
