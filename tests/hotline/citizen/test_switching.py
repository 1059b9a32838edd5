"""Large type and English hand a form in hand back with its words; nothing is done, checked or counted by it."""

import pytest
from sqlalchemy import func, select

from hotline.models.jottings import Jotting
from hotline.models.ticket import TicketEvent
from hotline.web.security import limiter
from tests.hotline.citizen.journeys import hidden, open_with_code
from tests.hotline.citizen.submission import MATTER, PERSON, PLACE, send

WORDS = "写到一半的话"
OF_A_TICKET = {
    "supplement": ("/supplement/{}", {"text": WORDS}),
    "withdraw": ("/withdraw/{}", {"reason": WORDS}),
    "correct": ("/status/{}/data/correct", {"field": "name", "value": "张", "reason": WORDS}),
    "erase": ("/status/{}/data/erase", {"reason": WORDS}),
}


@pytest.fixture
def events(session_factory):
    def number_of_events():
        with session_factory() as session:
            return session.scalar(select(func.count(TicketEvent.id)))

    return number_of_events


def switch(client, path, pressed, **typed):
    page = client.get(path).text
    assert f'value="{pressed}"' in page
    return client.post(path, data={**hidden(page), **typed, "read_as": pressed})


def kept_words(page, words=WORDS):
    return words in page.text and page.status_code == 200 and "error-summary" not in page.text


@pytest.mark.parametrize("name", OF_A_TICKET)
def test_a_form_of_a_ticket_comes_back_large_with_its_words_and_does_nothing(client, city, events, name):
    number = city.register()
    open_with_code(client, city, number)
    before = events()
    path, typed = OF_A_TICKET[name]
    page = switch(client, path.format(number), "size:large", **typed)
    assert kept_words(page)
    assert 'data-size="large"' in page.text
    assert 'data-size="large"' in client.get(f"/status/{number}").text
    assert events() == before


def test_a_rating_comes_back_with_what_was_chosen_and_is_not_given(client, city, events):
    number = city.replied()
    open_with_code(client, city, number)
    before = events()
    page = switch(client, f"/rate/{number}", "lang:en", solved="partly", comment=WORDS)
    assert kept_words(page)
    assert '<html lang="en"' in page.text
    assert page.text.count(" checked") == 1
    assert events() == before


def test_a_wish_for_reopening_comes_back_and_is_not_made(client, city, events):
    number = city.closed()
    open_with_code(client, city, number)
    before = events()
    assert kept_words(switch(client, f"/reopen/{number}", "size:large", reason=WORDS))
    assert events() == before


def test_a_mail_address_comes_back_unchecked(client, city):
    number = city.register()
    open_with_code(client, city, number)
    form = hidden(client.get(f"/contact/{number}").text)
    page = client.post(f"/contact/{number}/email", data={**form, "email": "half@", "read_as": "size:large"})
    assert kept_words(page, 'value="half@"')


def test_the_pages_of_a_new_request_come_back_unchecked_and_nothing_is_kept(client, city, session_factory):
    page = switch(client, "/submit", "lang:en", content=WORDS, type="", accused="")
    assert kept_words(page)
    assert '<html lang="en"' in page.text
    with session_factory() as session:
        assert session.scalar(select(func.count(Jotting.id))) == 0


@pytest.mark.parametrize("path", ["/submit/where", "/submit/who"])
def test_the_later_pages_come_back_too(client, city, path):
    send(client, "/submit", **MATTER)
    if path.endswith("who"):
        send(client, "/submit/where", **PLACE)
    typed = {"address": WORDS} if path.endswith("where") else {**PERSON, "citizen_name": WORDS, "phone": "1"}
    assert kept_words(switch(client, path, "size:large", **typed))


def test_a_press_counts_against_no_limit(client, city, monkeypatch):
    counted = []
    hit = limiter.limiter.hit
    monkeypatch.setattr(limiter.limiter, "hit", lambda *a, **k: counted.append(a) or hit(*a, **k))
    switch(client, "/submit", "size:large", content=WORDS)
    assert counted == []
    send(client, "/submit", **MATTER)
    assert counted


def test_a_word_that_is_no_switch_is_no_way_around_the_checks(client, city):
    page = client.post("/submit", data={**hidden(client.get("/submit").text), "read_as": "size:huge"})
    assert page.status_code == 422
    assert "Set-Cookie" not in page.headers or "size=" not in page.headers["Set-Cookie"]


def test_a_code_is_checked_and_counted_whatever_is_sent_with_it(client, city):
    number = city.register()
    data = {**hidden(client.get("/find").text), "number": number, "code": "000000", "read_as": "size:large"}
    assert client.post("/find", data=data).status_code == 422
