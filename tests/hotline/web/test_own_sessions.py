"""Seeing where one is signed in, and ending what one does not know."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from hotline.models.people import UserSession
from hotline.web.own_sessions import browser_of
from hotline.web.security import limiter
from tests.hotline.department.office import open_office, post, sign_in

PAGE = "/account/sessions"


@pytest.fixture
def office(app, session_factory):
    with app.app_context():
        limiter.reset()
    return open_office(session_factory)


def ends_on(page: str) -> list[str]:
    return re.findall(r"/account/sessions/\d+/end", page)


def is_in(browser) -> bool:
    return browser.get(PAGE).status_code == 200


def test_one_place_and_all_others_are_ended_from_here_and_nobody_elses(office, app):
    here, there, yonder = (sign_in(app.test_client(), "dispatcher") for _ in range(3))
    stranger = sign_in(app.test_client(), "reviewer")
    page = here.get(PAGE).text
    assert len(ends_on(page)) == 2  # this one is not ended here
    assert "这里" in page
    for theirs in ends_on(page):
        post(stranger, theirs)
    assert is_in(there)
    assert is_in(yonder)
    post(here, ends_on(page)[0])
    assert [is_in(browser) for browser in (here, there, yonder)].count(True) == 2
    assert post(here, f"{PAGE}/others/end").status_code == 303
    assert [is_in(browser) for browser in (here, there, yonder, stranger)] == [True, False, False, True]
    assert ends_on(here.get(PAGE).text) == []


def test_sessions_that_are_over_are_not_listed(office, app):
    here = sign_in(app.test_client(), "dispatcher")
    for _ in range(3):
        sign_in(app.test_client(), "dispatcher")
    now = datetime.now(UTC)
    ends = (
        {"last_seen_at": now - timedelta(minutes=30)},
        {"created_at": now - timedelta(hours=12)},
        {"revoked_at": now},
    )
    with office.factory.begin() as session:
        ids = session.scalars(select(UserSession.id).order_by(UserSession.id)).all()
        for each, values in zip(ids[1:], ends, strict=True):
            session.execute(update(UserSession).where(UserSession.id == each).values(**values))
    assert ends_on(here.get(PAGE).text) == []


def test_a_planted_session_is_worth_nothing_in_fifty_tries(office, app):
    let_in = 0
    for number in range(50):
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = f"planted-{number}"
        planted = browser.get_cookie("hotline").value
        let_in += is_in(browser)
        sign_in(browser, "dispatcher")
        thief = app.test_client()
        thief.set_cookie("hotline", planted)
        let_in += is_in(thief)
    assert let_in == 0


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/109.0.0.0 Safari/537.36", "Chrome，Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537.36 Edg/120", "Edge，Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 15_4 like Mac OS X) Version/15.4 Safari/604.1",
            "Safari，iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Firefox/115.0", "火狐，Linux"),
        ("curl/8", "未知浏览器"),
        ("", "未知浏览器"),
    ],
)
def test_a_browser_is_named_in_two_words(agent, said):
    assert browser_of(agent) == said
