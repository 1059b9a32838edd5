"""Whom the access table lets in."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from database import db
from hotline.app import create_app
from hotline.services import accounts, api_tokens
from hotline.services.accounts import Client, NewUser
from hotline.web import access, auth
from hotline.web.access_reach import REACH, Reach
from hotline.web.access_rules import Who
from hotline.web.access_table import ACCESS, SECTIONS
from workflows.vocabulary import Role

PASSWORD = "Ginkgo-avenue-7"
ROWS = {
    "agents": frozenset({Role.AGENT}),
    "staff": Who.SIGNED_IN,
    "own": Who.CITIZEN,
    "open": Who.PUBLIC,
    "api": Who.SIGNED_IN,
}

# All that one account may hold.
_TOGETHER = frozenset(Role) - {Role.SECURITY_OFFICER, Role.AUDIT_ADMINISTRATOR}


@pytest.fixture
def app(settings, clean_db, monkeypatch):
    """An application with one more endpoint of every kind, and one that is in no table."""
    made = create_app(settings)
    made.config.update(TESTING=True)
    for name in (*ROWS, "unlisted"):
        made.add_url_rule(
            "/api/t" if name == "api" else f"/t/{name}", name, auth_name, methods=["GET", "POST"]
        )
    made.add_url_rule("/t/enter/<int:number>", "enter", enter)
    monkeypatch.setattr(access, "ACCESS", {**ACCESS, **ROWS, "enter": Who.PUBLIC, "unowned": Who.PUBLIC})
    made.add_url_rule("/t/unowned/<int:number>", "unowned", enter)
    monkeypatch.setattr(access, "REACH", {**REACH, "enter": Reach.NO_ROW})
    yield made
    with made.app_context():
        db.engine.dispose()


def auth_name() -> str:
    user = auth.signed_in()
    return "nobody" if user is None else user.username


def enter(number: int) -> str:
    auth.open_ticket(f"YJ{number}", datetime.now(UTC))
    return "opened"


@pytest.fixture
def person(app, session_factory):
    """Makes somebody with roles and gives a browser in which they are signed in."""

    def make(*roles: Role, username: str = "wang"):
        now = datetime.now(UTC)
        with session_factory.begin() as session:
            new = NewUser(username, "王小明", PASSWORD, frozenset(roles))
            user = accounts.create_user(session, new, now, accounts.CHEAP_HASHER)
            token = accounts.open_session(session, user.id, Client(), now)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return client

    return make


def test_every_endpoint_is_in_the_table_and_every_row_is_an_endpoint(shared_app):
    endpoints = {rule.endpoint for rule in shared_app.url_map.iter_rules()}
    assert endpoints - set(ACCESS) == set(), "endpoints that nobody may call"
    assert set(ACCESS) - endpoints == set(), "rows for endpoints that do not exist"


def test_no_endpoint_has_two_rows():
    counted = Counter(name for section in SECTIONS for name in section)
    assert [name for name, count in counted.items() if count > 1] == []


def test_no_row_names_an_empty_set_of_roles():
    assert [name for name, rule in ACCESS.items() if not rule] == []


def test_an_endpoint_without_a_row_is_refused_to_everybody(app, person):
    assert app.test_client().get("/t/unlisted").status_code == 403
    assert person(*_TOGETHER).get("/t/unlisted").status_code == 403


def test_an_endpoint_that_names_a_row_and_does_not_say_whose_is_refused_to_everybody(app, person):
    assert app.test_client().get("/t/unowned/1").status_code == 403
    assert person(*_TOGETHER).get("/t/unowned/1").status_code == 403


def test_a_role_opens_its_endpoints_and_no_other_does(person):
    assert person(Role.AGENT).get("/t/agents").text == "wang"
    assert person(Role.DISPATCHER, Role.ADMINISTRATOR, username="li").get("/t/agents").status_code == 403


def test_a_role_that_is_taken_away_is_gone_on_the_next_request(person, session_factory):
    client = person(Role.AGENT)
    assert client.get("/t/agents").status_code == 200
    with session_factory.begin() as session:
        user = accounts.find_session(session, token_of(client), datetime.now(UTC))[1]
        accounts.set_roles(session, user.id, set())
    assert client.get("/t/agents").status_code == 403


def token_of(client) -> str:
    with client.session_transaction() as cookie:
        return cookie["_user_id"]


def test_somebody_signed_out_is_led_to_the_login_and_back(app):
    response = app.test_client().get("/t/agents?page=2")
    assert response.status_code == 303
    assert response.headers["Location"] == "/login?next=/t/agents?page%3D2"


def test_a_posted_form_is_not_come_back_to(app):
    response = app.test_client().post("/t/agents")
    assert (response.status_code, response.headers["Location"]) == (303, "/login?unsent=y")


def test_a_page_that_htmx_is_used_on_stays_and_is_told_that_the_session_is_over(app):
    response = app.test_client().get("/t/agents", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Trigger"] == "session-ended"
    assert "HX-Redirect" not in response.headers


def test_a_citizen_gets_in_after_opening_a_ticket_and_only_then(app):
    client = app.test_client()
    assert client.get("/t/own").status_code == 303
    client.get("/t/enter/1")
    assert client.get("/t/own").status_code == 200


def test_a_citizen_acts_on_opened_tickets_only(app):
    with app.test_request_context():
        auth.open_ticket("YJ1", datetime.now(UTC))
        assert auth.current_citizen("YJ1").citizen_number == "YJ1"
        assert auth.current_citizen("YJ2") is None


def test_staff_do_not_get_into_a_citizens_page(person):
    assert person(*_TOGETHER).get("/t/own").status_code == 303


def test_the_api_takes_tokens_and_no_cookies(app, person, session_factory):
    client = person(Role.AGENT)
    assert client.get("/api/t").status_code == 401
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        user = accounts.find_session(session, token_of(client), now)[1]
        key = api_tokens.issue_token(session, user.id, api_tokens.Grant("接口"), now)
    bearer = {"Authorization": f"Bearer {key}"}
    assert app.test_client().get("/api/t", headers=bearer).text == "wang"
    assert app.test_client().get("/t/staff", headers=bearer).status_code == 303


@pytest.mark.parametrize(
    "header", ["Bearer x", "Bearer ", "Basic d2FuZzp4", "Bearer \xff", "bearer", "Bearer a b", ""]
)
def test_a_bad_authorization_header_is_no_token(app, header):
    response = app.test_client().get("/api/t", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json["code"] == "no_token"


@pytest.mark.parametrize("name", ["X-Remote-User", "Remote-User", "X-Forwarded-User", "X-User", "From"])
def test_no_header_says_who_somebody_is(app, name):
    assert app.test_client().get("/t/open", headers={name: "wang"}).text == "nobody"


@pytest.mark.parametrize("name", ["X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"])
def test_no_header_changes_what_is_asked_for(app, name):
    response = app.test_client().get("/t/agents", headers={name: "/t/open"})
    assert response.status_code == 303


def test_a_forged_cookie_is_nobody(app, person):
    person(Role.AGENT)
    client = app.test_client()
    for value in ("x", "eyJfdXNlcl9pZCI6IjEifQ.x.x", "1"):
        client.set_cookie("hotline", value)
        assert client.get("/t/open").text == "nobody"


def test_a_remember_cookie_lets_nobody_in(app, person):
    token = token_of(person(Role.AGENT))
    client = app.test_client()
    client.set_cookie("remember_token", f"{token}|x")
    assert client.get("/t/open").text == "nobody"
