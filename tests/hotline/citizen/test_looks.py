"""Does another language or type size, chosen without a script in the midst of a form, keep what is typed?"""

import re

import pytest
from sqlalchemy import func, select

from hotline.models.ticket import TicketEvent
from tests.hotline.citizen.journeys import hidden, open_with_code
from tests.hotline.citizen.submission import MATTER, PERSON, PLACE, WORDS, fill_in, picture

WISH = "七天过去了，电梯还是没有修好。"
STEPS = [("/submit", MATTER), ("/submit/where", PLACE), ("/submit/who", PERSON)]


@pytest.fixture
def replied(client, city) -> str:
    number = city.replied()
    open_with_code(client, city, number)
    return number


def events(sessions) -> int:
    with sessions() as session:
        return int(session.scalar(select(func.count(TicketEvent.id))))


def look(client, path: str, wanted: str, **typed: object):
    """Press a button of the bar above a page whose form is half filled in."""
    page = client.get(path).text
    assert re.search(rf'<button class="barlink[^>]*form="words" name="look" value="{wanted}"', page)
    assert re.search(r'<form [^>]*id="words"', page)
    return client.post(path.partition("?")[0], data={**hidden(page), **typed, "look": wanted})


@pytest.mark.parametrize(
    ("path", "typed", "shown"),
    [
        ("/rate/{}", {"solved": "no", "comment": WISH}, 'value="no" checked'),
        ("/supplement/{}", {"text": WISH}, WISH),
        ("/withdraw/{}", {"reason": WISH}, WISH),
        ("/status/{}/data/erase", {"reason": WISH}, WISH),
        (
            "/status/{}/data/correct?field=phone",
            {"field": "address", "value": WISH},
            'value="address" checked',
        ),
    ],
)
def test_what_is_typed_stays_and_nothing_is_done_or_found_wrong(
    client, replied, session_factory, path, typed, shown
):
    before = events(session_factory)
    answer = look(client, path.format(replied), "large", **typed)
    assert answer.status_code == 200
    assert 'data-size="large"' in answer.text
    assert WISH in answer.text
    assert re.search(re.escape(shown).replace("\\ ", "[^>]* "), answer.text)
    assert 'id="error-summary"' not in answer.text
    assert events(session_factory) == before
    english = look(client, path.format(replied), "en", **typed).text
    assert ('lang="en"' in english, 'data-size="large"' in english, WISH in english) == (True, True, True)


def test_what_a_closed_ticket_is_asked_again_for_stays(client, city):
    number = city.closed()
    open_with_code(client, city, number)
    assert WISH in look(client, f"/reopen/{number}", "large", reason=WISH).text


@pytest.mark.parametrize(("path", "typed"), STEPS)
def test_each_page_of_a_new_request_keeps_its_words_and_goes_no_further(client, path, typed):
    fill_in(client)
    changed = {
        name: f"{value} 改" if value and name in ("content", "address") else value
        for name, value in typed.items()
    }
    answer = look(client, path, "en", **changed)
    assert answer.status_code == 200
    for value in changed.values():
        assert value in answer.text
    again = client.get(path).text
    assert 'lang="en"' in again
    assert WORDS + " 改" not in again


def test_files_cannot_be_kept_and_that_is_said(client, replied):
    answer = look(client, f"/supplement/{replied}", "large", text=WISH, files=picture())
    assert "选好的文件没有保留" in answer.text
    assert WISH in answer.text


def test_the_choice_lasts(client, replied):
    look(client, f"/rate/{replied}", "large", comment=WISH)
    assert 'data-size="large"' in client.get(f"/status/{replied}").text


def test_a_foreign_page_shows_nobody_words_in_a_form(app, replied, client):
    answer = client.post(f"/rate/{replied}", data={"look": "large", "comment": "别人写的话"})
    assert answer.status_code == 400
    assert "别人写的话" not in answer.text


def test_a_button_that_only_does_something_is_no_page_to_look_at(client, city, number):
    page = client.get(f"/status/{number}").text
    answer = client.post(f"/urge/{number}", data={**hidden(page), "look": "large"})
    assert answer.status_code == 303
    assert 'data-size="normal"' in client.get(f"/status/{number}").text
