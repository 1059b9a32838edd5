"""What is half-written of a reply stays with its writer until it is given: sealed, and theirs alone."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hotline.models.jottings import Jotting
from hotline.scheduler import forget_jottings
from hotline.services.attachments import Shelf
from hotline.services.reply_drafts import KEPT_FOR
from tests.hotline.ticket_story import LONG_ANSWER, hidden_fields, share_of, share_step, sign_in

HTMX = {"HX-Request": "true"}
WORDS = "维保单位王工 13900001111 答应周三前换好曳引机"
REPLY = {"contact": "contacted", "result": "explained", "answer": LONG_ANSWER}


@pytest.fixture
def share_id(session_factory, number):
    with session_factory() as session:
        return share_of(session, number).id


@pytest.fixture
def keep(number, share_id):
    """Keep what is typed, as the page does by itself; gives the answer."""

    def keeping(client, page=None, **typed):
        fields = unseen(page or client.get(f"/tickets/{number}").text)
        data = fields | {"result": "explained", "answer": WORDS, **typed}
        return client.post(f"/tickets/{number}/assignments/{share_id}/draft", data=data, headers=HTMX)

    return keeping


def unseen(page):
    return hidden_fields(page) | dict(re.findall(r'name="(draft_version)" value="([^"]*)"', page))


def drafts(session_factory):
    with session_factory() as session:
        return session.scalar(select(func.count(Jotting.id)))


def test_a_draft_is_there_on_every_page_of_the_reply_and_on_another_device(
    app, client, keep, number, share_id
):
    sign_in(client, "wang")
    kept = keep(client)
    assert kept.status_code == 200
    assert kept.json["fields"] == {"draft_version": "1"}
    other = app.test_client()
    sign_in(other, "wang")
    form = f"/tickets/{number}/assignments/{share_id}/actions/submit_reply"
    for url in (f"/tickets/{number}", f"/inbox?ticket={number}", form):
        page = other.get(url).text
        assert WORDS in page, url
        assert "草稿已保存" in page, url
        assert 'value="explained" checked' in page, url
        assert unseen(page)["draft_version"] == "1"
    assert "有草稿" in other.get("/inbox?view=handling").text


def test_an_empty_form_that_was_kept_is_no_draft_to_the_list(client, keep):
    sign_in(client, "wang")
    assert keep(client, result="", answer="").status_code == 200
    assert "有草稿" not in client.get("/inbox?view=handling").text


def test_a_draft_whose_month_is_over_is_none_to_the_list_though_nobody_has_forgotten_it_yet(
    client, keep, session_factory, now
):
    sign_in(client, "wang")
    keep(client)
    with session_factory.begin() as session:
        session.scalars(select(Jotting)).one().kept_until = now - timedelta(seconds=1)
    assert "有草稿" not in client.get("/inbox?view=handling").text


def test_a_draft_is_sealed_and_nobody_but_its_writer_sees_it(app, client, keep, number, session_factory):
    sign_in(client, "wang")
    keep(client)
    with session_factory() as session:
        stored = session.connection().exec_driver_sql("SELECT typed, token_hash FROM jottings").one()
    assert all(WORDS not in str(column) and "13900001111" not in str(column) for column in stored)
    for other in ("liu", "zhao"):
        browser = app.test_client()
        sign_in(browser, other)
        assert WORDS not in browser.get(f"/tickets/{number}").text
        assert keep(browser, answer="别人的话").status_code in {403, 404, 409}
    assert WORDS in client.get(f"/tickets/{number}").text


def test_a_reply_takes_its_draft_along_and_leaves_none_to_come_back(
    client, keep, number, share_id, session_factory
):
    sign_in(client, "wang")
    before = client.get(f"/tickets/{number}").text
    keep(client)
    page = client.get(f"/tickets/{number}").text
    url = f"/tickets/{number}/assignments/{share_id}/actions/submit_reply"
    refused = client.post(url, data=unseen(page) | {"answer": WORDS, "result": "explained"})
    assert refused.status_code == 422
    assert drafts(session_factory) == 1
    assert client.post(url, data=unseen(page) | REPLY | {"is_confirmed": "1"}).status_code == 303
    assert drafts(session_factory) == 0
    assert keep(client, before).status_code == 409
    assert drafts(session_factory) == 0


def test_a_reply_sent_back_is_mended_and_not_an_older_draft(client, city, keep, number, session_factory, now):
    sign_in(client, "wang")
    keep(client)
    with session_factory.begin() as session:
        share_step(session, city, number, "wang", "submit_reply", now, {**REPLY, "is_confirmed": True})
        share_step(session, city, number, "liu", "refuse_unit_reply", now, {"reason": "写明何时修好"})
    page = client.get(f"/tickets/{number}").text
    assert LONG_ANSWER in page
    assert WORDS not in page


def test_of_two_windows_the_one_that_is_behind_overwrites_nothing(client, keep, number):
    sign_in(client, "wang")
    old = client.get(f"/tickets/{number}").text
    keep(client, old, request_key="another-window")
    late = keep(client, old, request_key="this-window", answer="旧窗口里的话")
    assert late.status_code == 409
    assert WORDS in client.get(f"/tickets/{number}").text
    # One whose last answer was lost goes on.
    assert keep(client, old, request_key="another-window", answer="接着写").status_code == 200


def test_without_scripts_a_button_keeps_the_draft_and_leads_back(client, number, share_id):
    sign_in(client, "wang")
    data = hidden_fields(client.get(f"/tickets/{number}").text) | {"answer": WORDS}
    kept = client.post(f"/tickets/{number}/assignments/{share_id}/draft", data=data)
    assert (kept.status_code, kept.location) == (303, f"/tickets/{number}")
    assert "草稿已保存" in client.get(kept.location).text


def test_a_draft_nobody_goes_on_with_is_forgotten_after_a_month(client, keep, session_factory, now, tmp_path):
    sign_in(client, "wang")
    keep(client)
    for after, left in ((KEPT_FOR - timedelta(hours=1), 1), (KEPT_FOR + timedelta(hours=1), 0)):
        forget_jottings(session_factory, Shelf(tmp_path), now + after)
        assert drafts(session_factory) == left
