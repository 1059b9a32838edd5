"""Changing one's own password: with the old one, once, and nobody else stays signed in."""

import pytest
from sqlalchemy import select

from hotline.models.people import User, UserSession
from hotline.services import accounts
from hotline.web.security import limiter
from tests.hotline.department.office import PASSWORD, open_office, post, sign_in

NEW = "Plane-tree-lane-9"


@pytest.fixture
def office(app, session_factory):
    with app.app_context():
        limiter.reset()
    return open_office(session_factory)


def change(browser, current=PASSWORD, password=NEW, again=NEW):
    return post(browser, "/account/password", current=current, password=password, again=again)


def test_the_new_password_holds_and_every_other_browser_is_signed_out(office, app):
    here, elsewhere = (sign_in(app.test_client(), "dispatcher") for _ in range(2))
    assert change(here).status_code == 303
    assert here.get("/dispatch").status_code == 200
    assert elsewhere.get("/dispatch").status_code == 303
    with office.factory() as session:
        rows = session.scalars(select(UserSession).order_by(UserSession.id)).all()
    assert [row.revoked_at is None for row in rows] == [False, False, True]
    assert change(here).status_code == 422  # the old one is over
    assert change(here, NEW, PASSWORD, PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"current": "not-the-password"}, "现在的密码不正确"),
        ({"again": "Something-else-1"}, "两次"),
        ({"password": "short", "again": "short"}, "至少"),
        ({"password": "my-dispatcher-1", "again": "my-dispatcher-1"}, "用户名"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_changes_nothing(office, app, typed, words):
    browser = sign_in(app.test_client(), "dispatcher")
    answer = change(browser, **typed)
    assert answer.status_code == 422
    assert words in answer.text[answer.text.index('id="error-summary"') :][:500]
    sign_in(app.test_client(), "dispatcher")


def test_wrong_old_passwords_lock_the_account_as_at_sign_in(office, app):
    browser = sign_in(app.test_client(), "dispatcher")
    for _ in range(accounts.FAILURES_BEFORE_LOCK):
        assert change(browser, current="not-the-password").status_code == 422
    with office.factory() as session:
        dispatcher = session.scalars(select(User).where(User.username == "dispatcher")).one()
    assert dispatcher.locked_until is not None
    assert change(browser).status_code == 422
