"""Does a form of the callback desk that is refused come back on the desk, with the caller's words in it?"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from tests.hotline.callback.test_callback import beside, form_of
from tests.hotline.sent_back import assert_came_back, fields_of, page_of, press, press_again
from tests.hotline.supervisor.small_city import SmallCity
from workflows.vocabulary import Role

NOW = datetime.now(UTC)
TOO_LONG = "东侧仍有两盏不亮。" * 60


@pytest.fixture
def city(session_factory):
    city = SmallCity(session_factory)
    with session_factory.begin() as session:
        city._add_user(session, "callback-2", frozenset({Role.CALLBACK_AGENT}))
    return city


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


ANSWERS = {"solved": "yes", "satisfaction": "satisfied", "was_contacted": "1", "comment": "东侧已亮"}


@pytest.mark.parametrize("headers", [None, {"HX-Request": "true"}])
@pytest.mark.parametrize(
    ("button", "wrong", "field_id"),
    [
        ("book_call", {"call_at": ""}, "call_at"),
        ("record_call_attempt", {"result": ""}, "result"),
        ("close", {"solved": ""}, "solved"),
    ],
)
def test_whichever_button_is_refused_every_word_and_answer_comes_back_on_the_desk(
    caller, city, waiting, button, wrong, field_id, headers
):
    at, typed = f"/callback?q=文昌路&ticket={waiting[1]}", {**ANSWERS, "note": "午饭后方便", **wrong}
    answer = press(caller, at, f"/{button}", headers, **typed)
    page = assert_came_back(answer, waiting[1], "回访台", field_id)
    sent = fields_of(page, page.select_one("#questions"))
    assert {name: sent.get(name, [""])[0] for name in typed} == typed
    assert page.select_one("[name=q]")["value"] == "文昌路"
    ticket = city.ticket(waiting[1])
    assert (ticket.call_attempts, ticket.call_booked_at, ticket.state) == (0, None, "to_call_back")


def test_who_takes_a_ticket_over_keeps_what_was_typed_while_another_had_it(app, caller, city, waiting):
    city.sign_in(app, "callback-2").get(f"/callback?ticket={waiting[1]}")
    taken = press(caller, f"/callback?ticket={waiting[1]}", "/take-over", **ANSWERS, note="响了很久")
    page = page_of(taken.text)
    assert taken.status_code == 200
    assert page.select_one("li.is-cur")["id"] == f"row-{waiting[1]}"
    assert not page.select_one("#error-summary")
    sent = fields_of(page, page.select_one("#questions"))
    assert {name: sent[name][0] for name in ANSWERS} == ANSWERS
    assert press_again(caller, page, "/close").status_code == 303
    assert city.ticket(waiting[1]).state == "closed"


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
    address, hidden = beside(caller.get(f"/callback?ticket={waiting[0]}").text, "book_call")
    for here in ("https://elsewhere.example/callback", "/review", "//[", "/nowhere", ""):
        answer = caller.post(address, data={**hidden, "here": here, "call_at": "", "note": "午饭后"})
        assert (answer.status_code, "午饭后" in answer.text, "pane-list" in answer.text) == (422, True, False)
