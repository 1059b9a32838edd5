"""Coming in and going out through the browser."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import sessionmaker

from hotline.models.people import User, UserSession
from hotline.services import accounts
from hotline.services.accounts import NewUser
from hotline.web.security import limiter
from workflows.vocabulary import Role

PASSWORD = "Ginkgo-avenue-7"


@pytest.fixture(autouse=True)
def fresh_limits(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def wang(app, session_factory: sessionmaker) -> User:
    """An agent called wang."""
    with session_factory.begin() as session:
        new = NewUser("wang", "王小明", PASSWORD, frozenset({Role.AGENT}))
        return accounts.create_user(session, new, datetime.now(UTC), accounts.CHEAP_HASHER)


def csrf_of(client) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[1]


def sign_in(client, username="wang", password=PASSWORD, **more):
    data = {"username": username, "password": password, "csrf_token": csrf_of(client), **more}
    return client.post("/login", data=data)


def is_signed_in(client) -> bool:
    return client.get("/login").status_code == 303


def test_whoever_asks_only_whether_the_page_is_there_sends_no_form(client):
    assert client.head("/login").status_code == 200
    assert client.head("/find").status_code == 200


def test_a_right_password_leads_in_and_logging_out_leads_out(client, wang):
    assert sign_in(client).status_code == 303
    assert is_signed_in(client)
    assert client.post("/logout", data={"csrf_token": client_token(client)}).headers["Location"] == "/login"
    assert not is_signed_in(client)


def client_token(client) -> str:
    """The token of a page for people who are signed in."""
    return re.search(r'name="csrf-token" content="([^"]+)"', client.get("/no-such-page").text)[1]


def test_a_cookie_from_before_the_login_is_worth_nothing_after_it(app, client, wang):
    client.get("/login")
    planted = client.get_cookie("hotline").value
    sign_in(client)
    assert client.get_cookie("hotline").value != planted
    thief = app.test_client()
    thief.set_cookie("hotline", planted)
    assert not is_signed_in(thief)


def test_what_was_planted_in_a_session_is_gone_after_the_login(client, wang):
    with client.session_transaction() as planted:
        planted["opened_tickets"] = {"numbers": ["YJ20261123000001"], "at": datetime.now(UTC).isoformat()}
    sign_in(client)
    with client.session_transaction() as held:
        assert "opened_tickets" not in held


def test_a_stolen_cookie_dies_with_the_logout(app, client, wang):
    sign_in(client)
    thief = app.test_client()
    thief.set_cookie("hotline", client.get_cookie("hotline").value)
    assert is_signed_in(thief)
    client.post("/logout", data={"csrf_token": client_token(client)})
    assert not is_signed_in(thief)


@pytest.mark.parametrize("change", ["disabled", "new password", "idle", "old"])
def test_a_session_ends_on_the_next_request_after(client, wang, session_factory, change):
    sign_in(client)
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        if change == "disabled":
            session.execute(update(User).values(is_active=False))
        elif change == "new password":
            accounts.set_password(session, wang.id, "", now)
        elif change == "idle":
            session.execute(update(UserSession).values(last_seen_at=now - timedelta(minutes=31)))
        else:
            session.execute(update(UserSession).values(created_at=now - timedelta(hours=12)))
    assert not is_signed_in(client)


def test_a_page_keeps_an_idle_session_alive(client, wang, session_factory):
    sign_in(client)
    earlier = datetime.now(UTC) - timedelta(minutes=20)
    with session_factory.begin() as session:
        session.execute(update(UserSession).values(last_seen_at=earlier))
    assert is_signed_in(client)
    with session_factory() as session:
        assert session.scalar(select(UserSession.last_seen_at)) > earlier


def test_no_account_a_wrong_password_and_a_lock_answer_alike(client, wang):
    def answer(username: str, password: str) -> tuple[int, str]:
        response = sign_in(client, username, password)
        return response.status_code, re.search(r'<div class="errsum".*?</div>', response.text, re.DOTALL)[0]

    wrong = answer("wang", "not-the-password")
    assert answer("nobody", "not-the-password") == wrong
    for _ in range(5):
        sign_in(client, "wang", "not-the-password")
    assert answer("wang", PASSWORD) == wrong


def test_the_lock_of_an_account_outlives_the_browser(app, wang):
    for _ in range(5):
        sign_in(app.test_client(), "wang", "not-the-password")
    assert sign_in(app.test_client()).status_code == 422


def test_guessing_over_many_accounts_is_slowed_by_address(client, wang):
    token = csrf_of(client)
    form = {"username": "wang", "password": "", "csrf_token": token}
    codes = [client.post("/login", data=form).status_code for _ in range(31)]
    assert codes == [422] * 30 + [429]
    assert int(client.post("/login", data=form).headers["Retry-After"]) > 0


def test_behind_a_proxy_each_caller_is_counted_and_not_the_city(client, wang):
    token = csrf_of(client)
    form = {"username": "wang", "password": "", "csrf_token": token}

    def post(seen: str, connection: str = "127.0.0.1") -> int:
        headers, connected = {"X-Forwarded-For": seen}, {"REMOTE_ADDR": connection}
        return client.post("/login", data=form, headers=headers, environ_base=connected).status_code

    assert [post(f"198.51.100.{made_up}, 203.0.113.7") for made_up in range(31)] == [422] * 30 + [429]
    assert post("203.0.113.8") == 422
    # Whoever comes without a proxy is not believed.
    assert [post(f"203.0.113.{made_up}", "192.0.2.9") for made_up in range(31)] == [422] * 30 + [429]


def test_right_passwords_from_one_address_are_never_too_many(app, wang):
    assert {sign_in(app.test_client()).status_code for _ in range(32)} == {303}


OFF_SITE = [
    "https://evil.example", "HTTP://evil.example", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example", "/%2fevil.example",
    "/%2Fevil.example", "/%5cevil.example", "/%5C%5Cevil.example", "/%252fevil.example/%2f%2f",
    "/\t/evil.example", "\t//evil.example", "/%09/evil.example", "/\n/evil.example", "/%0a/evil.example",
    "/\r\n/evil.example", "/%0d%0aLocation:%20https://evil.example", " //evil.example", "%20//evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "ftp://evil.example",
    "https:evil.example", "https:/evil.example", "http:///evil.example", "evil.example", "@evil.example",
    "/x//evil.example", "//evil.example/%2e%2e", "/.//evil.example", "/..//evil.example", "／／evil.example",
    "/／evil.example", "//[::1]/", "?next=//evil.example", "#//evil.example", "",
]  # fmt: skip


@pytest.mark.parametrize("target", OFF_SITE)
def test_a_login_never_leads_to_another_site(app, wang, target):
    client = app.test_client()
    location = sign_in(client, next=target).headers["Location"]
    assert re.fullmatch(r"/([^/\\].*)?", location)
    assert "evil.example" not in location or location.startswith("/%252f")
    assert client.get("/login", query_string={"next": target}).headers["Location"] == location


@pytest.mark.parametrize("target", ["/desk", "/desk/tickets/YJ1?tab=2", "/find?q=%E7%94%B5%E6%A2%AF&to=//x"])
def test_a_login_leads_back_to_the_page_that_was_asked_for(client, wang, target):
    assert sign_in(client, next=target).headers["Location"] == target


def test_a_form_without_its_token_is_refused(client, wang, session_factory):
    response = client.post("/login", data={"username": "wang", "password": PASSWORD})
    assert response.status_code == 400
    with session_factory() as session:
        assert session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_a_token_of_another_browser_is_refused(app, client, wang):
    theirs = csrf_of(app.test_client())
    csrf_of(client)
    data = {"username": "wang", "password": PASSWORD, "csrf_token": theirs}
    assert client.post("/login", data=data).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_a_foreign_page_is_refused_even_with_a_token(client, wang, headers):
    data = {"username": "wang", "password": PASSWORD, "csrf_token": csrf_of(client)}
    assert client.post("/login", data=data, headers=headers).status_code == 400


def test_a_form_of_our_own_page_passes(client, wang):
    data = {"username": "wang", "password": PASSWORD, "csrf_token": csrf_of(client)}
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/login", data=data, headers=headers).status_code == 303


def test_logging_out_takes_a_form_not_a_link(client, wang):
    sign_in(client)
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 400
    assert is_signed_in(client)


@pytest.mark.parametrize("field", ["username", "password"])
@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\x85", "\u202e", "\u2066"])
def test_hidden_characters_are_refused_before_the_database(client, wang, field, hidden):
    values = {"username": "wang", "password": PASSWORD}
    values[field] += hidden + "x"
    response = sign_in(client, **values)
    assert response.status_code == 422
    assert "控制字符" in response.text


def test_the_page_fills_in_a_demo_user_but_never_the_password(client, wang):
    page = client.get("/login?user=wang").text
    assert 'href="/login?user=wang"' in page
    assert 'value="wang"' in page
    assert PASSWORD not in page


def test_a_missing_password_is_said_in_the_readers_language(client, wang):
    assert "密码：请填写此项。" in sign_in(client, password="").text
    client.get("/language/en")
    assert "Password: Fill in this field." in sign_in(client, password="").text


def test_somebody_without_a_page_is_told_so(client, session_factory):
    with session_factory.begin() as session:
        new = NewUser("new", "李新", PASSWORD)
        accounts.create_user(session, new, datetime.now(UTC), accounts.CHEAP_HASHER)
    sign_in(client, "new")
    assert "还没有可用的工作页面" in client.get("/").text


def test_typing_begins_in_the_first_field_that_is_empty_and_a_refusal_keeps_the_focus_on_what_is_wrong(
    client,
):
    def started(page: str) -> list[str]:
        return re.findall(r'<input[^>]*name="(\w+)"[^>]*autofocus', page)

    assert started(client.get("/login").text) == ["username"]
    assert started(client.get("/login?user=wang").text) == ["password"]
    assert started(sign_in(client, password="").text) == []
