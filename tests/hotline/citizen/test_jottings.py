"""What a citizen typed on the web is kept for a day, for their browser alone, pictures too."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotline.models.access import Attachment
from hotline.models.jottings import Jotting, JottingFile
from hotline.scheduler import FORGET_EVERY, build_scheduler, forget_jottings
from hotline.services.attachments import Shelf
from hotline.services.file_checks import Checked
from hotline.services.file_flaws import BadUploadError, Flaw
from hotline.services.jottings import add_file, begin
from tests.hotline.citizen.journeys import hidden
from tests.hotline.citizen.submission import (
    MATTER,
    PLACE,
    PNG,
    WORDS,
    count,
    files_on,
    fill_in,
    one,
    picture,
    send,
    submit,
)


@pytest.fixture(autouse=True)
def folder(app, city, tmp_path):
    app.config["ATTACHMENT_FOLDER"] = tmp_path / "files"
    return tmp_path / "files"


def test_every_page_shows_again_what_was_typed(client):
    fill_in(client)
    assert WORDS in client.get("/submit").text
    assert f'value="{PLACE["address"]}"' in client.get("/submit/where").text
    assert 'value="张𠮷祥"' in client.get("/submit/who").text


def test_what_was_typed_is_for_its_browser_alone_and_the_cookie_says_nothing_of_it(app, client, city):
    page = fill_in(client)
    assert WORDS not in app.test_client().get("/submit").text
    cookie = client.get_cookie("jotting")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert len(cookie.value) == 22
    assert cookie.value not in page.text


def test_what_was_typed_is_stored_sealed_and_gone_once_it_is_sent(client, session_factory):
    fill_in(client)
    with session_factory() as session:
        stored = session.connection().exec_driver_sql("SELECT typed, token_hash FROM jottings").one()
    assert "和平里" not in stored[0]
    assert client.get_cookie("jotting").value not in stored
    send(client, "/submit/check")
    assert one(session_factory, select(Jotting)).typed == {}


def test_a_page_that_lay_open_too_long_comes_back_with_its_words(app, client, session_factory):
    client.get("/submit")
    response = app.test_client().post("/submit", data={"content": WORDS, "csrf_token": "old"})
    assert response.status_code == 422
    assert WORDS in response.text
    assert "这一页打开得太久" in response.text
    assert count(session_factory, Jotting.id) == 0


def test_unsent_requests_are_looked_for_often_enough_to_keep_the_promise(session_factory, folder):
    made = build_scheduler(session_factory, {}, lambda: datetime.now(UTC), shelf=Shelf(folder))
    assert {job.id: job.trigger.interval for job in made.get_jobs()}["jottings"] == FORGET_EVERY


def test_after_a_day_everything_typed_is_forgotten_with_its_files(client, session_factory, folder):
    send(client, "/submit", **MATTER)
    send(client, "/submit/photos", files=picture())
    now = datetime.now(UTC)
    for hours, left in ((23, 1), (25, 0)):
        forget_jottings(session_factory, Shelf(folder), now + timedelta(hours=hours))
        assert count(session_factory, Jotting.id) == left
        assert len(files_on(folder)) == left
    assert WORDS not in client.get("/submit").text


def test_everything_can_be_cleared_at_once(client, session_factory, folder):
    send(client, "/submit", **MATTER)
    send(client, "/submit/photos", files=picture())
    asked = client.get("/submit/discard").text
    assert "不能恢复" in asked
    assert WORDS in client.get("/submit").text
    data = hidden(asked)
    assert client.post("/submit/discard", data=data).headers["Location"] == "/submit"
    assert (count(session_factory, Jotting.id), files_on(folder)) == (0, [])
    assert WORDS not in client.get("/submit").text


def test_a_picture_goes_with_the_request(client, city, session_factory, folder):
    send(client, "/submit", **MATTER)
    assert send(client, "/submit/photos", files=picture()).headers["Location"] == "/submit/where"
    number = submit(client)
    file = one(session_factory, select(Attachment))
    assert (file.ticket_id, file.name, file.visibility) == (city.ticket(number).id, "电梯.png", "citizen")
    assert [path.name for path in files_on(folder)] == [file.storage_name]
    assert count(session_factory, JottingFile.id) == 0


def test_a_refused_file_says_why_and_the_others_stay(client, folder):
    send(client, "/submit", **MATTER)
    response = send(
        client, "/submit/photos", files=[picture("一.png"), picture("二.exe"), picture("三.png", 3)]
    )
    assert response.status_code == 422
    assert "「二.exe」没有收下：" in response.text
    assert response.text.count('name="remove"') == 2
    assert len(files_on(folder)) == 2


def test_files_come_one_after_the_other_up_to_five_and_each_can_be_taken_out(client, folder):
    send(client, "/submit", **MATTER)
    for turn in range(5):
        sent = send(client, "/submit/photos", add="1", files=picture(f"{turn}.png", turn))
        assert sent.headers["Location"] == "/submit/photos"
    page = client.get("/submit/photos").text
    assert "已经有 5 个文件" in page
    sixth = client.post("/submit/photos", data={**hidden(page), "files": picture("六.png", 6)})
    assert "「六.png」没有收下：" in sixth.text
    known = re.findall(r'name="remove" value="(\d+)"', page)
    send(client, "/submit/photos", remove=known[0])
    assert client.get("/submit/photos").text.count('name="remove"') == 4
    assert len(files_on(folder)) == 4


def test_unsent_files_of_everybody_together_do_not_fill_the_disk(session_factory, folder):
    with session_factory.begin() as session:
        jotting, _token = begin(session, datetime.now(UTC))
        add_file(session, Shelf(folder), jotting, Checked("一.png", "image/png", PNG), room=len(PNG) * 2)
        with pytest.raises(BadUploadError) as refused:
            add_file(
                session, Shelf(folder), jotting, Checked("二.png", "image/png", PNG + b"2"), room=len(PNG) * 2
            )
    assert refused.value.flaw is Flaw.NO_ROOM
    assert len(files_on(folder)) == 1


def test_the_same_picture_sent_twice_is_there_once(client, folder):
    send(client, "/submit", **MATTER)
    for _ in range(2):
        send(client, "/submit/photos", files=picture())
    assert len(files_on(folder)) == 1


def test_nobody_takes_out_a_file_of_somebody_elses(app, client, folder):
    send(client, "/submit", **MATTER)
    send(client, "/submit/photos", files=picture())
    known = re.findall(r'name="remove" value="(\d+)"', client.get("/submit/photos").text)
    stranger = app.test_client()
    send(stranger, "/submit", **MATTER)
    for number in (known[0], "9" * 30, "9" * 5000):
        assert send(stranger, "/submit/photos", remove=number).status_code == 303
    assert len(files_on(folder)) == 1


def test_files_that_are_too_large_together_are_refused_in_words(client):
    send(client, "/submit", **MATTER)
    page = client.get("/submit/photos").text
    response = client.post(
        "/submit/photos", data=hidden(page), environ_overrides={"CONTENT_LENGTH": "200000000"}
    )
    assert response.status_code == 413
    assert "这些文件加起来太大" in response.text


def test_the_last_page_is_shown_to_nobody_else(app, client):
    submit(client)
    stranger = app.test_client()
    assert stranger.get("/submit/done").headers["Location"] == "/find"
    stranger.set_cookie("jotting", client.get_cookie("jotting").value)
    assert stranger.get("/submit/done").headers["Location"].startswith("/find?number=YJ")
