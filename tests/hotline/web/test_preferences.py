"""Do screens look as their reader chose, wherever they sign in, and do theirs alone?"""

import re
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from hotline.services.accounts import CHEAP_HASHER, NewUser, create_user
from workflows.vocabulary import Role

PASSWORD = "A-long-passw0rd"


@pytest.fixture
def signed_in_as(app, session_factory):
    """Sign in anew as somebody, in a browser of their own."""
    with session_factory.begin() as session:
        for name in ("wang", "zhao"):
            new = NewUser(name, name, PASSWORD, roles=frozenset({Role.AGENT}))
            create_user(session, new, datetime.now(UTC), CHEAP_HASHER)

    def enter(username):
        client = app.test_client()
        data = {"username": username, "password": PASSWORD, "csrf_token": token_on(client, "/login")}
        assert client.post("/login", data=data).status_code == 303
        return client

    return enter


def token_on(client, path):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text).group(1)


def look_of(client):
    page = BeautifulSoup(client.get("/desk").text, "html.parser")
    return page.html["data-theme"], page.html["data-density"], page.body.get("data-single-keys")


def choose(client, **chosen):
    token = token_on(client, "/preferences")
    return client.post("/preferences", data={"csrf_token": token, **chosen})


def test_what_somebody_chose_follows_them_to_the_next_desk_and_nobody_else(signed_in_as):
    first = signed_in_as("wang")
    assert look_of(first) == ("auto", "normal", None)
    assert choose(first, theme="dark", density="compact").status_code == 303
    assert look_of(signed_in_as("wang")) == ("dark", "compact", "off")
    assert look_of(signed_in_as("zhao")) == ("auto", "normal", None)


def test_single_keys_can_be_switched_on_again(signed_in_as):
    client = signed_in_as("wang")
    choose(client, theme="light", density="cosy")
    choose(client, theme="light", density="cosy", has_single_keys="y")
    assert look_of(client) == ("light", "cosy", None)


def test_a_look_there_is_not_is_refused_by_name_and_changes_nothing(signed_in_as):
    client = signed_in_as("wang")
    answer = choose(client, theme="pink", density="compact")
    assert answer.status_code == 422
    assert 'href="#theme"' in answer.text
    assert look_of(client) == ("auto", "normal", None)
