"""Thousands of guesses find no ticket, no link and no token, and say nothing of which exist."""

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotline.models.people import User, UserSession
from hotline.services import accounts, api_tokens, password_links
from hotline.services.accounts import Client, NewUser
from hotline.web.security import limiter
from tests.hotline.citizen.journeys import City, hidden
from workflows.vocabulary import Role

GUESSES = 1_000
one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def fresh_limits(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def city(session_factory) -> City:
    return City(session_factory).found()


def said(answer, number: str) -> str:
    """What an answer says, without what differs in every answer and what was typed."""
    text = re.sub(r'name="csrf_token" value="[^"]+"|data-now="[^"]+"|例如 [^<]*', "", answer.text)
    return hashlib.sha256(text.replace(number, "").encode()).hexdigest()


@one_database
def test_a_thousand_codes_from_many_addresses_do_not_open_a_ticket(app, client, city):
    number = city.register()
    code = city.ticket(number).query_code
    page = hidden(client.get("/find").text)
    answers = [
        client.post(
            "/find",
            data={**page, "number": number, "code": guess},
            environ_base={"REMOTE_ADDR": f"10.1.{turn // 250}.{turn % 250}"},
        ).status_code
        for turn, guess in enumerate(f"{guess:06d}" for guess in range(GUESSES) if f"{guess:06d}" != code)
    ]
    assert answers.count(422) <= 20
    assert set(answers) == {422, 429}
    right = client.post(
        "/find", data={**page, "number": number, "code": code}, environ_base={"REMOTE_ADDR": "10.2.0.1"}
    )
    assert right.status_code == 429


@one_database
def test_a_thousand_numbers_in_a_row_tell_nothing_whoever_is_said_to_have_forwarded_them(client, city):
    known = city.register()
    day, at = known[2:10], int(known.rpartition("-")[2])
    page = hidden(client.get("/find").text)
    bodies: dict[int, set[str]] = {}
    for turn in range(GUESSES):
        number = f"YJ{day}-{at + turn:05d}"
        answer = client.post(
            "/find",
            data={**page, "number": number, "code": "12345x"},
            headers={"X-Forwarded-For": f"203.0.113.{turn % 50}"},
        )
        # The answer that shuts the door says by its number and until when, the same to everybody.
        bodies.setdefault(answer.status_code, set()).add(
            said(answer, number) if answer.status_code == 422 else ""
        )
        assert turn < 20 or answer.status_code == 429
    assert {status: len(each) for status, each in bodies.items()} == {422: 1, 429: 1}


EMPTY = (
    "",
    " ",
    "null",
    "None",
    "undefined",
    "[]",
    "{}",
    "0",
    "%00",
    "%20",
    "..",
    "true",
    "*",
    "%",
    "' OR 1=1--",
)


@pytest.fixture
def tokens(app, session_factory):
    """One working secret for each purpose there is."""
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        user = accounts.create_user(
            session,
            NewUser("wang", "王小明", "Ginkgo-avenue-7", frozenset({Role.AGENT})),
            now,
            accounts.CHEAP_HASHER,
        )
        return {
            "session": accounts.open_session(session, user.id, Client(), now),
            "password link": password_links.make_link(session, user.id, now),
            "api": api_tokens.issue_token(session, user.id, "x", now),
            "ended api": api_tokens.issue_token(session, user.id, "y", now, now - timedelta(seconds=1)),
        }


def forms_of(token: str) -> list[str]:
    """What is nearly a secret."""
    return [
        token[:-1],
        token + "x",
        token.swapcase(),
        token[::-1],
        f" {token}",
        f"{token} ",
        token + "%00",
        hashlib.md5(token.encode()).hexdigest(),  # noqa: S324 - what guessers try
        hashlib.sha256(token.encode()).hexdigest(),
        secrets.token_urlsafe(32),
    ]


def test_no_link_for_a_password_works_empty_altered_or_for_another_purpose(client, tokens):
    others = [token for purpose, token in tokens.items() if purpose != "password link"]
    for guess in (*EMPTY, *forms_of(tokens["password link"]), *others):
        answer = client.get(f"/set-password/{guess}")
        assert answer.status_code in {404, 308, 429}, guess
        with client.application.app_context():
            limiter.reset()
    assert client.get(f"/set-password/{tokens['password link']}").status_code == 200


def test_no_bearer_token_works_empty_altered_ended_or_for_another_purpose(client, tokens):
    others = [token for purpose, token in tokens.items() if purpose != "api"]
    nearly = [each for each in forms_of(tokens["api"]) if each.strip() != tokens["api"]]
    for guess in (*EMPTY, *nearly, *others, f"{tokens['api']},x", f"x {tokens['api']}"):
        for header in (f"Bearer {guess}", guess, f"Basic {guess}", f"Token {guess}"):
            assert client.get("/api/v1/tickets", headers={"Authorization": header}).status_code == 401, header
    bearer = {"Authorization": f"Bearer {tokens['api']}"}
    assert client.get("/api/v1/tickets", headers=bearer).status_code == 200


def test_no_session_works_empty_altered_or_for_another_purpose(app, tokens):
    others = [token for purpose, token in tokens.items() if purpose != "session"]
    for guess in (*EMPTY, *forms_of(tokens["session"]), *others):
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = guess
        assert browser.get("/desk").status_code == 303, guess


def test_no_link_of_a_ticket_works_empty_altered_or_for_another_purpose(client, city, tokens):
    token = city.ticket(city.register()).link_token
    for guess in (*EMPTY, *forms_of(token), *tokens.values()):
        answer = client.get(f"/t/{guess}")
        assert answer.status_code in {404, 308, 429} or answer.headers["Location"].startswith("/find"), guess
        with client.application.app_context():
            limiter.reset()


def test_a_form_of_ones_own_changes_nothing_but_its_own_fields(app, session_factory, tokens):
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = tokens["session"]
    page = browser.get("/preferences").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    before = row_of(session_factory)
    smuggled = {column.name: "1" for column in (*User.__table__.c, *UserSession.__table__.c)} | {
        "role": "administrator", "roles": "administrator", "is_admin": "1", "rights": "trusted_intake", "user": "1",
    }  # fmt: skip
    own = {"theme": "dark", "density": "comfortable", "language": "zh"}
    browser.post("/preferences", data={**smuggled, **own, "csrf_token": token})
    after = row_of(session_factory)
    assert {name for name in before if before[name] != after[name]} <= {
        "theme",
        "density",
        "has_single_keys",
        "language",
    }
    assert browser.get("/admin").status_code == 403


def row_of(session_factory) -> dict[str, object]:
    with session_factory() as session:
        return dict(session.execute(select(User.__table__).where(User.username == "wang")).mappings().one())
