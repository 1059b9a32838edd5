"""Coming in by the city's own sign-in, and everything that must not get in that way."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select, update

from config import Settings, SettingsError
from hotline.models.audit import AuditRecord
from hotline.models.people import User, UserSession
from hotline.services import accounts
from hotline.services.accounts import Client, NewUser
from hotline.services.directory_changes import Signed
from hotline.services.linked_identities import find_user_of_identity, link_identity
from hotline.web.security import limiter
from tests.hotline.clerks import hidden_of
from tests.hotline.web.identity_provider import CLIENT, SECRET, SUBJECT, Provider, running
from workflows.definition import SYSTEM
from workflows.errors import FieldCode, Refused
from workflows.vocabulary import Role

# The provider is what varies here; the tables are tried on both databases elsewhere.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def started():
    with running() as provider:
        yield provider


@pytest.fixture
def provider(started) -> Provider:
    started.__init__(started.issuer)
    return started


@pytest.fixture
def site(app, provider, settings, make_app, session_factory):
    """An installation with a provider, and an agent who is linked to somebody there."""
    made = make_app(
        replace(
            settings,
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
            oidc_second_factor=("mfa",),
            outbound_hosts=("127.0.0.1",),
        )
    )
    with made.app_context():
        limiter.reset()
    with session_factory.begin() as session:
        new = NewUser("wang", "王小明", roles=frozenset({Role.AGENT}), email="wang@city.example")
        user = accounts.create_user(session, new, NOW)
        link_identity(session, user, provider.issuer, SUBJECT, Signed(SYSTEM, NOW, "试验"))
    return made


def leave(browser, provider: Provider, code: str = "code", path: str = "/login/sso") -> dict[str, str]:
    """Go to the provider: what this browser asks for there."""
    answer = browser.get(path)
    assert answer.status_code == 302, answer.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    provider.nonces[code] = asked["nonce"]
    return asked


def come_back(browser, state: str, code: str = "code"):
    return browser.get(f"/login/sso/back?code={code}&state={state}")


def sign_in(browser, provider: Provider):
    return come_back(browser, leave(browser, provider)["state"])


@pytest.mark.parametrize("needs_code", [False, True])
def test_what_was_typed_when_the_session_ended_waits_behind_the_citys_sign_in(
    site, provider, session_factory, monkeypatch, needs_code
):
    browser, words = site.test_client(), "电梯停运八天，老人上下楼困难"
    sign_in(browser, provider)
    with session_factory.begin() as session:
        session.execute(update(UserSession).values(revoked_at=NOW))
    page = browser.post("/preferences", data={"remark": words, "theme": "dark"}).text
    link = re.search(r'href="(/login/sso\?kept=[^"]+)"', page).group(1)
    monkeypatch.setitem(site.config, "NEEDS_SECOND_FACTOR", needs_code)
    back = come_back(browser, leave(browser, provider, path=link)["state"])
    assert back.status_code == 200
    assert ('name="kept"' if needs_code else words) in back.text


def is_in(browser) -> bool:
    return browser.get("/account/sessions").status_code == 200


def test_whom_the_provider_knows_comes_in_and_goes_where_they_wanted(site, provider, session_factory):
    browser = site.test_client()
    assert "/login/sso" in browser.get("/login").text
    asked = leave(browser, provider, path="/login/sso?next=/preferences")
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == (
        "code",
        "openid",
        "S256",
    )
    assert asked["redirect_uri"] == "http://localhost/login/sso/back"
    answer = come_back(browser, asked["state"])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/preferences")
    assert is_in(browser)
    (exchange,) = provider.asked
    assert len(exchange["code_verifier"]) >= 43
    with session_factory() as session:
        steps = [row.facts.get("step") for row in session.scalars(select(AuditRecord))]
    assert steps == ["sso"]


LIES = {
    "another nonce": {"nonce": "made-up"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "another-program"},
    "several audiences, for another": {"aud": [CLIENT, "another-program"], "azp": "another-program"},
    "no audience": {"aud": None},
    "over": {"exp": int(time.time()) - 3_600, "iat": int(time.time()) - 7_200},
    "no end": {"exp": None},
    "no subject": {"sub": None},
    "another subject": {"sub": "u-1", "email": "wang@city.example", "preferred_username": "wang"},
    "a subject in other letters": {"sub": SUBJECT.upper()},
}


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_token_that_is_wrong_in_one_claim_lets_nobody_in(site, provider, session_factory, lie):
    provider.lies = LIES[lie]
    browser = site.test_client()
    assert sign_in(browser, provider).status_code == 422
    assert provider.tokens_given == 1
    assert not is_in(browser)
    with session_factory() as session:
        assert session.scalar(select(func.count(UserSession.id))) == 0
        assert session.scalars(select(AuditRecord.result)).all() == ["refused"]


@pytest.mark.parametrize(
    "forge",
    [
        "with_a_foreign_key",
        "with_no_algorithm",
        "with_the_client_secret",
        "with_the_public_key_as_a_secret",
        "with_another_kind_of_key",
    ],
)
def test_a_token_signed_by_anybody_else_lets_nobody_in(site, provider, forge):
    provider.sign = getattr(provider, forge)
    browser = site.test_client()
    assert sign_in(browser, provider).status_code == 422
    assert provider.tokens_given == 1
    assert not is_in(browser)


def test_what_came_back_counts_once_and_in_the_browser_that_asked(site, provider):
    browser, victim = site.test_client(), site.test_client()
    asked = leave(browser, provider)
    # Login CSRF: a stranger's answer, put into somebody else's browser.
    assert come_back(victim, asked["state"]).status_code == 422
    assert not is_in(victim)
    assert come_back(browser, asked["state"] + "x").status_code == 422
    assert come_back(browser, asked["state"]).status_code == 303
    browser.post("/logout", data={"csrf_token": token_of(browser)})
    assert come_back(browser, asked["state"]).status_code == 422
    assert not is_in(browser)
    for strange in (
        "",
        "?state=x",
        "?code=x",
        "?error=access_denied&state=x",
        f"?error=access_denied&state={asked['state']}",
    ):
        assert browser.get(f"/login/sso/back{strange}").status_code == 422
    assert provider.tokens_given == 1


def token_of(browser) -> str:
    return re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/no-such-page").text)[1]


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://localhost:1/token"},
        {"jwks_uri": "https://127.0.0.1/keys"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
    ids=str,
)
def test_a_provider_that_points_elsewhere_is_not_followed(site, provider, metadata):
    provider.metadata = metadata
    browser = site.test_client()
    assert browser.get("/login/sso").status_code == 422
    assert provider.tokens_given == 0
    provider.metadata = {}
    assert sign_in(browser, provider).status_code == 303


def test_without_two_factors_at_the_provider_our_own_is_asked_for(site, provider, monkeypatch):
    monkeypatch.setitem(site.config, "NEEDS_SECOND_FACTOR", True)
    browser = site.test_client()
    assert sign_in(browser, provider).headers["Location"] == "/login/enrol"
    assert not is_in(browser)
    for said in ({"amr": ["pwd", "mfa"]}, {"acr": "mfa"}):
        provider.lies = said
        trusted = site.test_client()
        assert sign_in(trusted, provider).headers["Location"] == "/"
        assert is_in(trusted)


def test_no_password_is_asked_to_be_changed_of_whoever_came_in_without_one(
    site, provider, session_factory, monkeypatch
):
    monkeypatch.setitem(site.config, "PASSWORDS_END", True)
    with session_factory.begin() as session:
        session.execute(update(User).values(created_at=NOW - timedelta(days=400)))
    browser = site.test_client()
    sign_in(browser, provider)
    assert is_in(browser)


def test_a_closed_account_stays_closed(site, provider, session_factory):
    with session_factory.begin() as session:
        session.execute(update(User).values(is_active=False))
    browser = site.test_client()
    assert sign_in(browser, provider).status_code == 422
    assert not is_in(browser)


def test_without_a_provider_there_is_no_such_page(app):
    browser = app.test_client()
    assert "/login/sso" not in browser.get("/login").text
    assert [browser.get(path).status_code for path in ("/login/sso", "/login/sso/back")] == [404, 404]


def test_an_administrator_links_an_account_and_a_subject_belongs_to_one(site, provider, session_factory):
    administrator = site.test_client()
    with session_factory.begin() as session:
        accounts.create_user(
            session, NewUser("supervisor", "韩明度", roles=frozenset({Role.SUPERVISOR})), NOW
        )
        chief = accounts.create_user(
            session, NewUser("admin", "许衡", roles=frozenset({Role.ADMINISTRATOR})), NOW
        )
        token = accounts.open_session(session, chief.id, Client(), datetime.now(UTC))
    with administrator.session_transaction() as cookie:
        cookie["_user_id"] = token
    page, action = "/admin/users/of/supervisor", "/admin/users/of/supervisor/identity"
    form = hidden_of(administrator.get(page).text, action)
    taken = administrator.post(action, data={**form, "subject": SUBJECT})
    assert taken.status_code == 422
    form = hidden_of(administrator.get(page).text, action)
    assert administrator.post(action, data={**form, "subject": "u-9"}).status_code == 303
    with session_factory.begin() as session:
        found = find_user_of_identity(session, provider.issuer, "u-9")
        assert found.username == "supervisor"
        assert find_user_of_identity(session, "https://another.example", "u-9") is None
        link_identity(session, found, provider.issuer, "", Signed(SYSTEM, NOW, "离职"))
        assert find_user_of_identity(session, provider.issuer, "u-9") is None
        with pytest.raises(Refused) as caught:
            link_identity(session, found, provider.issuer, SUBJECT, Signed(SYSTEM, NOW, "试验"))
    assert caught.value.errors[0].code == FieldCode.TAKEN


def test_production_takes_no_provider_that_could_be_listened_to(backend):
    whole = {"OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y", "OUTBOUND_HOSTS": "id.example"}

    def problems(**environment: str) -> set[str]:
        with pytest.raises(SettingsError) as caught:
            Settings.from_env(environment)
        return {problem.partition(":")[0] for problem in caught.value.problems}

    assert "OIDC_ISSUER" in problems(HOTLINE_ENV="production", OIDC_ISSUER="http://id.example", **whole)
    assert problems(OIDC_ISSUER="https://id.example") == {
        "OIDC_CLIENT_ID",
        "OIDC_CLIENT_SECRET",
        "OUTBOUND_HOSTS",
    }
    assert problems(OIDC_CLIENT_ID="x") == {"OIDC_ISSUER", "OIDC_CLIENT_SECRET"}
    assert Settings.from_env({**whole, "OIDC_ISSUER": "https://id.example"}).oidc_client_id == "x"
