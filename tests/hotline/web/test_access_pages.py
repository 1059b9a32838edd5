"""Which menu a person sees, where they land, and how much of a page htmx gets."""

from datetime import UTC, datetime

import pytest
from flask import Blueprint
from jinja2 import ChoiceLoader, DictLoader

from database import db
from hotline.app import create_app
from hotline.services import accounts
from hotline.services.accounts import Client, NewUser
from hotline.web import access, pages
from hotline.web.access_rules import Who
from hotline.web.access_table import ACCESS
from hotline.web.pages import MENU, Entry, render
from workflows.vocabulary import Role

PAGE = """{% extends "base.html" %}{% block main %}<h1>{{ word }}</h1>
{% block rows %}<p id="rows">{{ word }} {{ ui.kbd("J") }}</p>{% endblock %}{% endblock %}"""
AGENTS = frozenset({Role.AGENT})


@pytest.fixture
def app(settings, clean_db, monkeypatch):
    """An application with two places of work and one page."""
    made = create_app(settings)
    made.config.update(TESTING=True)
    made.jinja_loader = ChoiceLoader([made.jinja_loader, DictLoader({"t.html": PAGE})])
    work = Blueprint("t", __name__, url_prefix="/t")
    work.add_url_rule("/desk", "desk", lambda: "desk")
    work.add_url_rule("/board", "board", lambda: "board")
    work.add_url_rule("/page", "page", lambda: render("t.html", block="rows", word="<电梯>"))
    made.register_blueprint(work)
    rows = {"t.desk": AGENTS, "t.board": Who.SIGNED_IN, "t.page": Who.PUBLIC}
    monkeypatch.setattr(access, "ACCESS", {**ACCESS, **rows})
    entries = (
        Entry("t.desk", "受理台", "Desk", AGENTS | {Role.REVIEWER}),
        Entry("t.absent", "不存在", "Absent", AGENTS),
        Entry("t.board", "督办看板", "Board", AGENTS | {Role.SUPERVISOR}),
    )
    monkeypatch.setattr(pages, "MENU", entries)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def person(app, session_factory):
    def make(*roles: Role):
        now = datetime.now(UTC)
        with session_factory.begin() as session:
            new = NewUser("wang", "王小明", "Ginkgo-avenue-7", frozenset(roles))
            user = accounts.create_user(session, new, now, accounts.CHEAP_HASHER)
            token = accounts.open_session(session, user.id, Client(), now)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return client

    return make


def test_a_person_lands_on_the_first_place_of_their_menu(person):
    assert person(Role.AGENT).get("/").headers["Location"] == "/t/desk"


def test_the_menu_leaves_out_what_the_table_forbids_and_what_does_not_exist(person):
    agent = person(Role.AGENT).get("/t/page").text
    assert ("受理台" in agent, "督办看板" in agent, "不存在" in agent) == (True, True, False)


@pytest.mark.parametrize(
    ("role", "shown"), [(Role.REVIEWER, False), (Role.SUPERVISOR, True), (Role.HANDLER, False)]
)
def test_a_role_sees_a_place_only_when_menu_and_table_agree(person, role, shown):
    page = person(role).get("/t/page").text
    assert "受理台" not in page
    assert ("督办看板" in page) is shown


def test_nobody_sees_a_menu_before_signing_in(app):
    assert "督办看板" not in app.test_client().get("/t/page").text


def test_htmx_gets_the_block_alone_with_components_and_escaping(app):
    part = app.test_client().get("/t/page", headers={"HX-Request": "true"}).text
    assert part.startswith('<p id="rows">&lt;电梯&gt; <kbd')
    assert "<h1>" not in part


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_or_restored_page_is_whole(app, header):
    headers = {"HX-Request": "true", header: "true"}
    assert app.test_client().get("/t/page", headers=headers).text.startswith("<!doctype html>")


def test_every_place_of_the_real_menu_is_for_somebody():
    assert [entry.endpoint for entry in MENU if not entry.roles] == []
    assert len({entry.endpoint for entry in MENU}) == len(MENU)
