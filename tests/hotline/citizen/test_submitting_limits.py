"""How much may be sent by web, and what does nobody learn by trying?"""

import re

import pytest

from hotline.models.ticket import Ticket
from tests.hotline.citizen.journeys import hidden
from tests.hotline.citizen.submission import MATTER, PERSON, WORDS, count, fill_in, send, submit


@pytest.fixture(autouse=True)
def folder(app, city, tmp_path):
    app.config["ATTACHMENT_FOLDER"] = tmp_path / "files"
    return tmp_path / "files"


def test_the_trap_costs_a_person_one_press_and_nothing_typed(client):
    response = send(client, "/submit", content=WORDS, homepage="http://spam.example.com")
    assert response.status_code == 422
    assert WORDS in response.text
    assert "spam" not in response.text
    assert send(client, "/submit", **MATTER).status_code == 303


def test_a_telephone_and_an_address_meet_their_limit_in_the_same_words(app, client, session_factory):
    for turn in range(5):
        submit(client, content=f"第 {turn} 件事：路灯不亮。")
    fill_in(client, content="第六件事")
    by_phone = send(client, "/submit/check")
    assert by_phone.status_code == 429
    assert "第六件事" in by_phone.text
    other = app.test_client()
    for turn in range(25):
        submit(other, content=f"第 {turn} 件事：路灯不亮。", privacy="anonymous")
    fill_in(other, content="第六件事")
    by_address = send(other, "/submit/check")
    assert by_address.status_code == 429
    assert _told(by_address) == _told(by_phone)
    assert count(session_factory, Ticket.id) == 30


def test_the_limit_of_an_address_is_that_of_whom_the_proxy_saw(app):
    browser = app.test_client()
    for turn in range(30):
        submit(browser, content=f"第 {turn} 件事：路灯不亮。", privacy="anonymous")
    fill_in(browser, privacy="anonymous")
    assert send(browser, "/submit/check").status_code == 429
    seen = {"X-Forwarded-For": "10.9.9.9, 203.0.113.7"}
    data = hidden(browser.get("/submit/check").text)
    assert browser.post("/submit/check", data=data, headers=seen).status_code == 303


def test_an_unknown_telephone_is_answered_like_a_known_one(app, client, city):
    city.register(phone=PERSON["phone"])
    stranger = app.test_client()
    known, unknown = fill_in(client), fill_in(stranger, phone="13900139000")
    assert _told(known).replace(PERSON["phone"], "") == _told(unknown).replace("13900139000", "")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_weighs_more_than_60_kilobytes(client, language):
    client.set_cookie("lang", language)
    pages = [fill_in(client), *(client.get(f"/submit{name}") for name in ("", "/photos", "/where", "/who"))]
    send(client, "/submit/check")
    for page in [*pages, client.get("/submit/done")]:
        assert page.status_code == 200
        assert len(page.data) <= 60_000


def _told(response):
    """What a page says, without what differs in every answer."""
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", response.text)
    text = re.sub(r'name="request_key" value="[^"]+"', "", text)
    return re.sub(r'<section.*?</section>|data-now="[^"]+"', "", text, flags=re.DOTALL)
