"""Coming in with a second factor: where it is asked for, that it counts once, and that guessing locks the account."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import select

from config import Settings
from hotline.models.audit import AuditRecord
from hotline.models.people import User
from hotline.models.second_factors import SecondFactor
from hotline.services import accounts, second_factor
from hotline.services.accounts import NewUser
from hotline.web.security import limiter
from tests.conftest import TEST_ENVIRONMENT
from workflows.vocabulary import Role

PASSWORD = "Ginkgo-avenue-7"
NOW = datetime(2026, 11, 23, 2, 0, 3, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def fresh_limits(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def strict(app, monkeypatch):
    """An installation that lets nobody of the staff in by a password alone."""
    monkeypatch.setitem(app.config, "NEEDS_SECOND_FACTOR", True)
    return app


@pytest.fixture
def wang(app, session_factory):
    with session_factory.begin() as session:
        new = NewUser("wang", "王小明", PASSWORD, frozenset({Role.AGENT}))
        return accounts.create_user(session, new, NOW, accounts.CHEAP_HASHER).id


@pytest.fixture
def secret(wang, session_factory):
    """The secret of wang's authenticator, confirmed long ago."""
    with session_factory.begin() as session:
        made = second_factor.begin(session, wang, NOW)
        before = NOW - timedelta(days=1)
        assert second_factor.confirm(session, wang, pyotp.TOTP(made).at(before), before)
        return made


def token_of(page: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def give_password(client):
    token = token_of(client.get("/login").text)
    data = {"username": "wang", "password": PASSWORD, "csrf_token": token, "next": "/desk"}
    return client.post("/login", data=data)


def give_code(client, code: str, path: str = "/login/code"):
    return client.post(path, data={"code": code, "csrf_token": token_of(client.get(path).text)})


def is_in(client) -> bool:
    return client.get("/desk").status_code == 200


def test_everywhere_but_in_the_demo_city_a_password_alone_is_not_enough(app, make_app):
    secrets = {"SECRET_KEY": "x" * 40, "HOTLINE_FIELD_KEY": TEST_ENVIRONMENT["HOTLINE_FIELD_KEY"]}
    own = make_app(Settings.from_env({"HOTLINE_ENV": "development", **secrets}))
    assert own.config["NEEDS_SECOND_FACTOR"]
    assert not app.config["NEEDS_SECOND_FACTOR"]


def test_who_has_no_authenticator_yet_sets_one_up_before_the_first_page(
    strict, client, wang, session_factory
):
    assert give_password(client).headers["Location"] == "/login/enrol"
    assert not is_in(client)
    picture = client.get("/account/second-factor/picture")
    assert picture.mimetype == "image/svg+xml"
    with session_factory() as session:
        made = session.get_one(SecondFactor, wang).secret
    shown = re.search(r'class="mono">([A-Z2-7 ]+)<', client.get("/login/enrol").text)[1]
    assert shown.replace(" ", "") == made
    assert give_code(client, "000000", "/login/enrol").status_code == 422
    answer = give_code(client, pyotp.TOTP(made).now(), "/login/enrol")
    assert len(re.findall(r"<li>[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}</li>", answer.text)) == 10
    assert is_in(client)
    assert client.get("/account/second-factor/picture").status_code == 404


def test_the_code_leads_to_the_page_that_was_asked_for_and_its_digits_may_be_full_width(client, secret):
    assert give_password(client).headers["Location"] == "/login/code"
    code = pyotp.TOTP(secret).now()
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert give_code(client, f"{wide[:3]} {wide[3:]}").status_code == 303
    assert is_in(client)


def test_without_a_password_of_a_moment_ago_no_code_is_asked_for(client, secret):
    assert client.get("/login/code").headers["Location"] == "/login"
    give_password(client)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=False):
        assert client.get("/login/code").headers["Location"] == "/login"


def test_a_code_counts_once_and_an_older_one_not_after_a_later_one(session_factory, secret, wang):
    codes = pyotp.TOTP(secret)
    with session_factory.begin() as session:
        assert second_factor.accept(session, wang, codes.at(NOW), NOW)
        assert not second_factor.accept(session, wang, codes.at(NOW), NOW)
        assert not second_factor.accept(session, wang, codes.at(NOW - STEP), NOW)
        assert second_factor.accept(session, wang, codes.at(NOW + STEP), NOW + STEP)
        assert not second_factor.accept(session, wang, codes.at(NOW + 4 * STEP), NOW + STEP)


def test_a_recovery_code_counts_once_however_it_is_written(session_factory, secret, wang):
    with session_factory.begin() as session:
        code, *others = second_factor.renew_recovery_codes(session, wang)
        assert second_factor.accept(session, wang, code.upper().replace("-", " "), NOW)
        assert not second_factor.accept(session, wang, code, NOW)
        assert second_factor.count_recovery_codes(session, wang) == len(others)
        second_factor.renew_recovery_codes(session, wang)
        assert not second_factor.accept(session, wang, others[0], NOW)


def test_five_wrong_codes_lock_the_account_though_each_came_with_the_right_password(
    app, secret, wang, session_factory
):
    wrong = "1" if pyotp.TOTP(secret).now() != "111111" else "2"
    for _ in range(accounts.FAILURES_BEFORE_LOCK):
        client = app.test_client()
        give_password(client)
        assert give_code(client, wrong * 6).status_code == 422
    with session_factory() as session:
        assert session.get_one(User, wang).locked_until is not None
    client = app.test_client()
    assert give_password(client).status_code == 422


def test_four_wrong_passwords_do_not_keep_the_right_one_from_its_code(client, app, secret):
    for _ in range(accounts.FAILURES_BEFORE_LOCK - 1):
        bad = app.test_client()
        token = token_of(bad.get("/login").text)
        bad.post("/login", data={"username": "wang", "password": "not-the-password", "csrf_token": token})
    give_password(client)
    assert give_code(client, pyotp.TOTP(secret).now()).status_code == 303


def test_a_wrong_code_is_in_the_audit_trail_without_its_digits(client, secret, wang, session_factory):
    give_password(client)
    give_code(client, "918273")
    with session_factory() as session:
        (row,) = session.scalars(select(AuditRecord))
        assert (row.kind, row.result, row.facts) == ("sign_in", "refused", {"step": "code", "account": wang})


def test_its_owner_turns_it_on_gets_new_recovery_codes_and_off_again(client, wang, session_factory):
    give_password(client)
    page = "/account/second-factor"
    start = token_of(client.get(page).text)
    assert client.post(f"{page}/start", data={"csrf_token": start}).status_code == 303
    with session_factory() as session:
        codes = pyotp.TOTP(session.get_one(SecondFactor, wang).secret)
    now = datetime.now(UTC)
    assert give_code(client, codes.at(now - STEP), page).status_code == 200
    data = {"code": "000000", "csrf_token": start}
    assert client.post(f"{page}/renew", data=data).status_code == 422
    assert client.post(f"{page}/renew", data={**data, "code": codes.at(now)}).status_code == 200
    assert client.post(f"{page}/remove", data={**data, "code": codes.at(now)}).status_code == 422
    assert client.post(f"{page}/remove", data={**data, "code": codes.at(now + STEP)}).status_code == 303
    with session_factory() as session:
        assert not second_factor.is_confirmed(session, wang)


def test_an_operator_takes_a_lost_telephone_off_the_account(app, client, secret, wang, session_factory):
    answer = app.test_cli_runner().invoke(args=["user", "reset-second-factor", "wang"])
    assert answer.exit_code == 0
    assert give_password(client).headers["Location"] == "/desk"
