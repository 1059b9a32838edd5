"""Does what somebody typed survive the end of their session, and is it theirs alone?"""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import update

from hotline.models.people import User, UserSession
from hotline.services.accounts import CHEAP_HASHER, NewUser, create_user
from workflows.vocabulary import Role

PASSWORD = "A-long-passw0rd"
WORDS = "电梯停运八天，老人上下楼困难"
TYPED = {"theme": "dark", "density": "compact", "remark": WORDS}


@pytest.fixture
def people(session_factory):
    with session_factory.begin() as session:
        for name in ("wang", "zhao"):
            new = NewUser(name, name, PASSWORD, roles=frozenset({Role.AGENT}))
            create_user(session, new, datetime.now(UTC), CHEAP_HASHER)


@pytest.fixture
def idle(client, people, session_factory):
    """The browser of wang, who has been away too long."""
    sign_in(client, "wang")
    away_too_long(client, session_factory)
    return client


def token_in(text):
    return re.search(r'name="csrf_token" value="([^"]+)"', text).group(1)


def sign_in(client, username, **more):
    data = {"username": username, "password": PASSWORD, "csrf_token": token_in(client.get("/login").text)}
    return client.post("/login", data={**data, **more})


def hidden(answer):
    form = BeautifulSoup(answer.text, "html.parser").main.find("form")
    return {each["name"]: each["value"] for each in form.select("input[type=hidden]")}


def kept_in(answer):
    return BeautifulSoup(answer.text, "html.parser").find("input", {"name": "kept"})["value"]


def signed_out(client, session_factory):
    client.post("/logout", data={"csrf_token": token_in(client.get("/preferences").text)})


def shut_from_elsewhere(client, session_factory):
    with session_factory.begin() as session:
        session.execute(update(UserSession).values(revoked_at=datetime.now(UTC)))


def away_too_long(client, session_factory):
    with session_factory.begin() as session:
        session.execute(update(UserSession).values(last_seen_at=datetime.now(UTC) - timedelta(minutes=31)))


@pytest.mark.parametrize("end", [away_too_long, signed_out, shut_from_elsewhere])
def test_a_form_sent_after_the_end_comes_back_after_signing_in_and_is_taken(
    client, people, session_factory, end
):
    sign_in(client, "wang")
    end(client, session_factory)
    idle = client
    refused = idle.post("/preferences", data={**TYPED, "csrf_token": "old"})
    assert refused.status_code == 401
    assert WORDS not in refused.text
    page = BeautifulSoup(sign_in(idle, "wang", kept=kept_in(refused)).text, "html.parser")
    assert WORDS in page.main.get_text()
    form = page.main.find("form")
    fields = {each["name"]: each["value"] for each in form.select("input")}
    assert {name: fields[name] for name in TYPED} == TYPED
    assert idle.post(form["action"], data=fields).status_code == 303
    assert 'data-theme="dark"' in idle.get("/preferences").text


@pytest.mark.parametrize("end", [away_too_long, signed_out, shut_from_elsewhere])
def test_a_page_that_is_older_than_the_session_hands_its_words_back_and_is_taken(
    client, people, session_factory, end
):
    sign_in(client, "wang")
    old = token_in(client.get("/preferences").text)
    end(client, session_factory)
    sign_in(client, "wang")  # in another window
    sent = {**TYPED, "csrf_token": old}
    forged = client.post(
        "/preferences", data=sent, headers={"Referer": "http://elsewhere.example/preferences"}
    )
    assert (forged.status_code, WORDS in forged.text) == (400, False)
    answer = client.post("/preferences", data=sent, headers={"Referer": "http://localhost/preferences"})
    page = BeautifulSoup(answer.text, "html.parser")
    assert (answer.status_code, WORDS in page.main.get_text()) == (400, True)
    assert 'data-theme="dark"' not in client.get("/preferences").text
    form = page.main.find("form")
    fields = {each["name"]: each["value"] for each in form.select("input")}
    assert client.post(form["action"], data=fields).status_code == 303
    assert 'data-theme="dark"' in client.get("/preferences").text


def test_a_page_that_somebody_else_left_open_is_not_handed_to_who_came_after(client, people):
    sign_in(client, "wang")
    old = token_in(client.get("/preferences").text)
    client.post("/logout", data={"csrf_token": old})
    sign_in(client, "zhao")
    sent = {**TYPED, "csrf_token": old}
    answer = client.post("/preferences", data=sent, headers={"Referer": "http://localhost/preferences"})
    assert (answer.status_code, WORDS in answer.text) == (400, False)


def test_nor_to_who_came_after_and_then_came_again(client, people, session_factory):
    sign_in(client, "wang")
    old = token_in(client.get("/preferences").text)
    client.post("/logout", data={"csrf_token": old})
    sign_in(client, "zhao")
    shut_from_elsewhere(client, session_factory)
    sign_in(client, "zhao")
    sent = {**TYPED, "csrf_token": old}
    answer = client.post("/preferences", data=sent, headers={"Referer": "http://localhost/preferences"})
    assert (answer.status_code, WORDS in answer.text) == (400, False)


def test_a_wrong_password_does_not_lose_it(idle):
    kept = kept_in(idle.post("/preferences", data=TYPED))
    refused = sign_in(idle, "wang", kept=kept, password="a-wrong-password")
    assert kept_in(refused) == kept
    assert "您写的内容没有丢" in refused.text


def test_a_choice_is_sent_again_but_not_read_out_in_the_words_of_the_machine(idle):
    typed = {**TYPED, "density": "comfortable", "here": "/requests?kind=extension"}
    kept = kept_in(idle.post("/preferences", data=typed))
    page = BeautifulSoup(sign_in(idle, "wang", kept=kept).text, "html.parser").main
    assert "comfortable" not in page.get_text()
    assert "kind=extension" not in page.get_text()
    assert page.find("input", {"name": "density"})["value"] == "comfortable"


@pytest.mark.parametrize(
    "secret",
    [{"current": PASSWORD, "password": "Ginkgo-avenue-7", "again": "Ginkgo-avenue-7"}, {"code": "12345678"}],
)
def test_passwords_and_codes_are_not_kept(idle, secret):
    refused = idle.post("/account/password", data={**secret, "remark": WORDS})
    assert (refused.status_code, refused.headers["Location"].startswith("/login")) == (303, True)
    page = BeautifulSoup(idle.get(refused.headers["Location"]).text, "html.parser")
    assert page.find("input", {"name": "kept"}) is None


def test_nobody_else_gets_what_was_typed(idle):
    kept = kept_in(idle.post("/preferences", data=TYPED))
    answer = sign_in(idle, "zhao", kept=kept)
    assert (answer.status_code, WORDS in answer.text) == (303, False)


@pytest.mark.parametrize("forged", ["x", "1:AAAA", "", "{}"])
def test_what_nobody_sealed_is_ignored(client, people, forged):
    assert sign_in(client, "wang", kept=forged).status_code == 303


def test_where_nobody_was_signed_in_nothing_is_kept_and_that_is_said(client, people):
    page = client.post("/preferences", data=TYPED, follow_redirects=True)
    assert (page.request.path, WORDS in page.text) == ("/login", False)
    assert "刚才提交的内容没有保存" in page.text
    assert "刚才提交的内容没有保存" not in client.get("/login").text


def test_what_could_not_be_kept_is_named_once_its_owner_is_back(idle):
    typed = {**TYPED, "remark": f"电梯停运{'a' * 210_000}", "id_number": "110101199003070003", "note": WORDS}
    sent = {**typed, "files": (BytesIO(b"x"), "电梯照片.jpg")}
    refused = idle.post("/preferences", data=sent, headers={"Referer": "http://localhost/preferences"})
    assert "1 个附件没有保留" in refused.text
    assert "1 段内容太长" in refused.text
    page = sign_in(idle, "wang", kept=kept_in(refused)).text
    for told in ("电梯照片.jpg", "电梯停运aaa", "210004 字", WORDS, "请重新填写", 'href="/preferences"'):
        assert told in page
    assert "110101199003070003" not in page
    assert BeautifulSoup(page, "html.parser").find("input", {"name": "id_number"})["type"] == "text"


def test_words_just_short_of_the_limit_go_through_the_page_again(idle):
    kept = kept_in(idle.post("/preferences", data={**TYPED, "remark": WORDS * 14_000}))
    assert WORDS in sign_in(idle, "wang", kept=kept).text


def test_a_password_that_is_due_stands_between_and_loses_nothing(app, idle, session_factory, monkeypatch):
    monkeypatch.setitem(app.config, "PASSWORDS_END", True)
    kept = kept_in(idle.post("/preferences", data=TYPED))
    with session_factory.begin() as session:
        session.execute(update(User).values(password_set_at=datetime.now(UTC) - timedelta(days=400)))
    due = sign_in(idle, "wang", kept=kept)
    assert "密码已到更换期限" in due.text
    new = {"current": PASSWORD, "password": "Ginkgo-avenue-7", "again": "Ginkgo-avenue-7"}
    wrong = idle.post("/account/password", data={**hidden(due), **new, "again": "x"})
    assert WORDS in idle.post("/account/password", data={**hidden(wrong), **new}).text


def test_a_form_sent_before_the_due_password_was_changed_is_kept_too(
    app, client, people, session_factory, monkeypatch
):
    monkeypatch.setitem(app.config, "PASSWORDS_END", True)
    with session_factory.begin() as session:
        session.execute(update(User).values(password_set_at=datetime.now(UTC) - timedelta(days=400)))
    sign_in(client, "wang")
    assert kept_in(client.post("/preferences", data=TYPED))


def test_a_page_says_when_the_session_ends_and_asking_to_stay_is_heard(client, people):
    assert client.get("/session").headers["Location"].startswith("/login")
    sign_in(client, "wang")
    body = BeautifulSoup(client.get("/preferences").text, "html.parser").body
    left = datetime.fromisoformat(body["data-session-ends"]) - datetime.now(UTC)
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)
    assert client.get(body["data-session-stay"]).status_code == 204
