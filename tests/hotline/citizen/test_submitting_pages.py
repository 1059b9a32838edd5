"""What does each page of a new request offer, ask for and promise?"""

import pytest
from bs4 import BeautifulSoup

from tests.hotline.citizen.submission import fill_in


@pytest.fixture(autouse=True)
def folder(app, city, tmp_path):
    app.config["ATTACHMENT_FOLDER"] = tmp_path / "files"


def test_a_report_is_promised_confidence_on_every_page_and_nothing_less_is_offered(client):
    page = fill_in(client, type="report", accused="春风里老刘饭店").text
    assert "保密，只让 12345 知道" in page
    assert "12345 和承办单位" not in page
    asked = client.get("/submit/who").text
    assert 'value="open"' not in asked
    assert "举报一律保密" in asked


def test_who_comes_from_the_last_page_to_change_something_is_told_to_go_back_there(client):
    fill_in(client)
    for step in ("", "/photos", "/where", "/who"):
        assert "保存，返回核对" in client.get(f"/submit{step}?change=1").text
        assert "保存，返回核对" not in client.get(f"/submit{step}").text


def test_name_and_telephone_are_marked_as_required_and_spared_whoever_stays_unknown(client):
    fill_in(client)
    page = BeautifulSoup(client.get("/submit/who").text, "html.parser")
    inside = page.select('[data-unless="privacy=anonymous"] input:not([type=radio])')
    assert [(each["name"], each.has_attr("required")) for each in inside] == [
        ("citizen_name", True),
        ("phone", True),
        ("email", False),
    ]


def test_the_last_button_speaks_english_of_the_request_at_hand(client, city):
    client.set_cookie("lang", "en")
    page = fill_in(client).text
    assert "Send this request" in page
    assert "提交诉求" not in page
