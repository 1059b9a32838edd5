"""Changing one's own password: with the old one, once, and nobody else stays signed in."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select, update

from hotline.models.people import KnownDevice, UsedPassword, User, UserSession
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


def test_a_press_on_the_empty_form_is_no_try_at_the_password(office, app):
    browser = sign_in(app.test_client(), "dispatcher")
    for _press in range(6):
        answer = change(browser, current="", password="", again="")
        assert (answer.status_code, "请填写现在的密码。" in answer.text) == (422, True)
    assert change(browser).status_code == 303


def test_none_of_the_last_five_passwords_is_taken_again(office, app):
    browser = sign_in(app.test_client(), "dispatcher")
    used = [PASSWORD, *(f"Plane-tree-lane-{number}" for number in range(5))]
    for old, new in pairwise(used):
        assert change(browser, old, new, new).status_code == 303
    for old in used[1:]:
        assert change(browser, used[-1], old, old).status_code == 422
    assert change(browser, used[-1], PASSWORD, PASSWORD).status_code == 303
    with office.factory() as session:
        dispatcher = session.scalars(select(User.id).where(User.username == "dispatcher")).one()
        kept = select(func.count()).where(UsedPassword.user_id == dispatcher)
        assert session.scalar(kept) == 5


def test_a_password_too_old_leads_to_the_change_and_nowhere_else_until_it_is_changed(
    office, app, monkeypatch
):
    monkeypatch.setitem(app.config, "PASSWORDS_END", True)
    early, now = sign_in(app.test_client(), "dispatcher"), datetime.now(UTC)
    with office.factory.begin() as session:
        session.execute(update(User).values(password_set_at=now - timedelta(days=90)))
        session.execute(update(UserSession).values(created_at=now - timedelta(minutes=1)))
    assert early.get("/dispatch").status_code == 200  # what somebody is at is not lost
    late = sign_in(app.test_client(), "dispatcher")
    for path in ("/dispatch", "/preferences", "/account/second-factor", "/search"):
        assert late.get(path).headers["Location"] == "/account/password"
    partly = late.get("/dispatch", headers={"HX-Request": "true"})
    assert partly.headers["HX-Redirect"] == "/account/password"
    assert "更换期限" in late.get("/account/password").text
    assert change(late).headers["Location"] == "/"
    assert late.get("/dispatch").status_code == 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"current": "not-the-password"}, "现在的密码不正确"),
        ({"again": "Something-else-1"}, "两次"),
        ({"password": "short", "again": "short"}, "至少"),
        ({"password": "My-dispatcher-1", "again": "My-dispatcher-1"}, "dispatcher"),
        ({"password": "Password1234!", "again": "Password1234!"}, "常见密码"),
        ({"password": PASSWORD, "again": PASSWORD}, "最近 5 次"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_changes_nothing(office, app, typed, words):
    browser = sign_in(app.test_client(), "dispatcher")
    answer = change(browser, **typed)
    assert answer.status_code == 422
    assert words in answer.text[answer.text.index('id="error-summary"') :][:500]
    sign_in(app.test_client(), "dispatcher")


def test_wrong_old_passwords_lock_the_browser_as_at_sign_in_and_nobody_elsewhere(office, app):
    browser = sign_in(app.test_client(), "dispatcher")
    for _ in range(accounts.FAILURES_BEFORE_LOCK):
        assert change(browser, current="not-the-password").status_code == 422
    with office.factory() as session:
        assert session.scalars(select(KnownDevice)).one().locked_until is not None
    assert change(browser).status_code == 422
    sign_in(app.test_client(), "dispatcher")
