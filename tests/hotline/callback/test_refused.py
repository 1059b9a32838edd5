"""Does a form of the callback desk that is refused come back on the desk, with the caller's words in it?"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from tests.hotline.callback.test_callback import form_of
from tests.hotline.supervisor.small_city import SmallCity

NOW = datetime.now(UTC)
TOO_LONG = "东侧仍有两盏不亮。" * 60


@pytest.fixture
def city(session_factory):
    return SmallCity(session_factory)


@pytest.fixture
def waiting(city):
    return [city.to_call_back(NOW - timedelta(hours=hours)) for hours in (30, 20)]


@pytest.fixture
def caller(app, city, waiting):
    app.config["WTF_CSRF_ENABLED"] = False
    yield city.sign_in(app, "callback")
    app.config["WTF_CSRF_ENABLED"] = True


def refused(caller, number, form_id, address_end="", headers=None, **typed):
    page = caller.get(f"/callback?ticket={number}").text
    address, hidden = form_of(page, form_id)
    if address_end:
        address = re.search(rf'formaction="([^"]+{address_end})"', page).group(1)
    answer = caller.post(address, data={**hidden, **typed}, headers=headers)
    return answer, hidden, BeautifulSoup(answer.text, "html.parser")


def assert_is_the_desk(answer, page, number, field_id):
    """The list is there, the ticket is open in it, and the fault is said at the field and at the head."""
    assert answer.status_code == 422
    assert page.select_one("li.is-cur")["id"] == f"row-{number}"
    assert page.select_one(".topnav a[aria-current]").text.split()[0] == "回访台"
    assert page.select_one(".pane-detail #ticket-title")
    assert page.select_one(f"#error-summary a[href='#{field_id}']")
    wrong = page.select_one(f"#{field_id}")
    assert f"{field_id}-error" in wrong["aria-describedby"]
    assert page.select_one(f"#{field_id}-error").text.strip()


@pytest.mark.parametrize("headers", [None, {"HX-Request": "true"}])
def test_a_booking_without_a_time_comes_back_on_the_desk_with_its_note(caller, city, waiting, headers):
    number = waiting[1]
    answer, hidden, page = refused(caller, number, "book", headers=headers, call_at="", note="午饭后方便")
    assert_is_the_desk(answer, page, number, "book-call_at")
    assert page.select_one("#book-note")["value"] == "午饭后方便"
    _, again = form_of(answer.text, "book")
    assert again["request_key"] == hidden["request_key"]
    assert city.ticket(number).call_booked_at is None


def test_a_missed_call_without_a_cause_comes_back_on_the_desk_with_its_note(caller, city, waiting):
    answer, _, page = refused(caller, waiting[1], "miss", result="", note="响了很久")
    assert_is_the_desk(answer, page, waiting[1], "miss-result")
    assert page.select_one("#miss-note")["value"] == "响了很久"
    assert city.ticket(waiting[1]).call_attempts == 0


def test_an_opinion_that_is_too_long_comes_back_whole_with_every_answer(caller, city, waiting):
    answers = {"solved": "yes", "satisfaction": "satisfied", "was_contacted": "1", "reason": "先写下的理由"}
    answer, _, page = refused(caller, waiting[1], "questions", comment=TOO_LONG, **answers)
    assert_is_the_desk(answer, page, waiting[1], "comment")
    assert page.select_one("#comment").text.strip() == TOO_LONG
    assert page.select_one("#reason").text.strip() == "先写下的理由"
    chosen = {each["name"]: each["value"] for each in page.select("#questions input[checked]")}
    assert chosen == {"was_contacted": "1", "solved": "yes", "satisfaction": "satisfied"}
    assert city.ticket(waiting[1]).state == "to_call_back"


def test_a_rework_without_a_reason_comes_back_on_the_desk(caller, waiting):
    bad = {"solved": "no", "satisfaction": "dissatisfied", "comment": "东侧不亮"}
    answer, _, page = refused(caller, waiting[1], "questions", "/rework", **bad)
    assert_is_the_desk(answer, page, waiting[1], "reason")
    assert page.select_one("#comment").text.strip() == "东侧不亮"


def test_who_mends_the_form_goes_on_to_the_next_ticket_as_if_nothing_had_been_wrong(caller, city, waiting):
    answer, _, _ = refused(
        caller, waiting[0], "questions", "/rework", solved="no", satisfaction="dissatisfied"
    )
    _, hidden = form_of(answer.text, "questions")
    address = re.search(r'formaction="([^"]+/rework)"', answer.text).group(1)
    bad = {"solved": "no", "satisfaction": "dissatisfied", "reason": "东侧仍有两盏不亮。"}
    sent = caller.post(address, data={**hidden, **bad})
    assert (sent.status_code, city.ticket(waiting[0]).round) == (303, 2)
    assert f'is-cur" id="row-{waiting[1]}"' in caller.get(sent.location).text


def test_a_place_that_is_no_page_of_theirs_gives_the_action_a_page_of_its_own(caller, waiting):
    address, hidden = form_of(caller.get(f"/callback?ticket={waiting[0]}").text, "book")
    for here in ("https://elsewhere.example/callback/x", "/review", "//[", "/nowhere", ""):
        answer = caller.post(address, data={**hidden, "here": here, "call_at": "", "note": "午饭后"})
        assert (answer.status_code, "午饭后" in answer.text, "pane-list" in answer.text) == (422, True, False)
