"""What does a guesser get, and what does it cost whose account is guessed at? With counts."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import extract_parameters
from sqlalchemy import func, select, update

from hotline.models.people import KnownDevice, User
from hotline.services import accounts
from hotline.web.security import limiter
from tests.hotline.department.office import PASSWORD, csrf, open_office, post, sign_in

WRONG = "not-the-password"


@pytest.fixture
def office(app, session_factory):
    with app.app_context():
        limiter.reset()
    return open_office(session_factory)


@pytest.fixture
def verified(monkeypatch) -> list[str]:
    """The hashes that a password was compared with, in order."""
    hashes, real = list[str](), accounts.HASHER

    class Recording:
        def verify(self, expected: str, password: str) -> bool:
            hashes.append(expected)
            return real.verify(expected, password)

        def hash(self, password: str) -> str:
            return real.hash(password)

    monkeypatch.setattr(accounts, "HASHER", Recording())
    return hashes


def try_in(browser, username: str, password: str) -> int:
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)[1]
    data = {"username": username, "password": password, "csrf_token": token}
    return browser.post("/login", data=data).status_code


def test_of_two_hundred_guesses_at_once_five_are_looked_at(office):
    now = datetime.now(UTC)

    def guess(_: int) -> bool:
        with office.factory.begin() as session:
            return accounts.reserve_attempt(session, "dispatcher", now).user_id is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(200))) == 5


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_one_password_over_five_hundred_accounts_is_tried_on_thirty(office, app, verified):
    browser = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/login").text)[1]
    codes = [
        browser.post(
            "/login", data={"username": f"u{number}", "password": WRONG, "csrf_token": token}
        ).status_code
        for number in range(500)
    ]
    assert (codes.count(422), codes.count(429)) == (30, 470)
    assert len(verified) == 30


def test_an_unknown_user_costs_the_same_work_and_reads_the_same(office, app, verified):
    with office.factory.begin() as session:
        fresh = accounts.hash_password("dispatcher", PASSWORD)
        session.execute(update(User).where(User.username == "dispatcher").values(password_hash=fresh))
    answers = []
    for username in ("dispatcher", "nobody-here"):
        page = app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.get("/login").text)[1]
        data = {"username": username, "password": WRONG, "csrf_token": token}
        answer = page.post("/login", data=data)
        main = re.search(r"<main.*?</form>", answer.text, re.DOTALL)[0].replace(username, "NAME")
        answers.append((answer.status_code, re.sub(r'value="[\w.-]{60,}"', "", main)))
    assert answers[0] == answers[1]
    known, unknown = verified
    assert known == fresh
    assert extract_parameters(unknown) == extract_parameters(known)


def lock(app, username: str) -> None:
    stranger = app.test_client()
    assert {try_in(stranger, username, WRONG) for _ in range(5)} == {422}


def test_whoever_signed_in_here_before_is_not_locked_out_by_a_stranger(office, app):
    mine = sign_in(app.test_client(), "dispatcher")
    post(mine, "/logout")
    lock(app, "dispatcher")
    assert try_in(app.test_client(), "dispatcher", PASSWORD) == 422
    assert try_in(mine, "dispatcher", PASSWORD) == 303
    # The stranger gains nothing by it: the account is as locked as before.
    assert try_in(app.test_client(), "dispatcher", PASSWORD) == 422


def test_a_known_browser_has_five_failures_of_its_own_and_does_not_lock_the_account(office, app):
    mine = sign_in(app.test_client(), "dispatcher")
    post(mine, "/logout")
    assert {try_in(mine, "dispatcher", WRONG) for _ in range(5)} == {422}
    assert try_in(mine, "dispatcher", PASSWORD) == 422
    assert try_in(app.test_client(), "dispatcher", PASSWORD) == 303
    with office.factory.begin() as session:
        assert session.scalar(select(func.count()).where(KnownDevice.locked_until.is_not(None))) == 1
        later = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(KnownDevice).values(locked_until=later))
    assert try_in(mine, "dispatcher", PASSWORD) == 303


def test_a_browser_is_known_to_its_own_accounts_alone_and_not_for_ever(office, app):
    mine = sign_in(app.test_client(), "dispatcher")
    post(mine, "/logout")
    lock(app, "reviewer")
    assert try_in(mine, "reviewer", PASSWORD) == 422
    lock(app, "dispatcher")
    with office.factory.begin() as session:
        long_ago = datetime.now(UTC) - timedelta(days=180)
        session.execute(update(KnownDevice).values(last_used_at=long_ago))
    assert try_in(mine, "dispatcher", PASSWORD) == 422


@pytest.mark.parametrize(
    "mark",
    ["", "x", "x" * 43, "x" * 3_000, "'; DROP TABLE known_devices; --"],
    ids=["empty", "short", "unknown", "long", "sql"],
)
def test_a_made_up_mark_is_worth_nothing(office, app, mark):
    lock(app, "dispatcher")
    browser = app.test_client()
    browser.set_cookie("hotline-device", mark)
    assert try_in(browser, "dispatcher", PASSWORD) == 422


def test_the_mark_is_hidden_from_scripts_and_kept_as_a_hash(office, app):
    browser = sign_in(app.test_client(), "dispatcher")
    cookie = browser.get_cookie("hotline-device")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    with office.factory() as session:
        kept = session.scalars(select(KnownDevice.token_hash)).all()
    assert len(kept) == 1
    assert cookie.value not in kept
    assert csrf(browser)
