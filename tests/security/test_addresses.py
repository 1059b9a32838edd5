"""No address leads out of the house or out of its folder, and no text of somebody begins a line of its own."""

import io
import json
import logging
import stat
from dataclasses import replace
from email.message import EmailMessage
from urllib.parse import quote

import pytest
import structlog

from hotline.services.file_checks import shown_name
from hotline.web.security import limiter, safe_next
from notifications.providers.base import PermanentFailure
from notifications.providers.smtp import MailServer, compose
from tests.hotline.api.city import BODY
from tests.notifications.test_relay import OUTGOING
from tests.security.people import browser_with_every_role
from tests.security.routes import requests_of

one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

CLIMBS = ("../", "..\\", "..;/", "%2e%2e/", "..%2f", "%2e%2e%2f", "..%5c", "%252e%252e%252f", "....//", "..././",
          "．．/", "‥/", "%c0%ae%c0%ae/", "..%00/", "/./../", "file:///", "C:\\", "\\\\host\\share\\", "~/", "./")  # fmt: skip
TARGETS = ("etc/passwd", "config.py", "instance/hotline.db")
PATHS = tuple(climb * 4 + target for climb in CLIMBS for target in TARGETS)
INSIDE = (b"root:", b"class Settings", b"SQLite format 3", b"SECRET_KEY")


@one_database
def test_no_path_leads_out_of_its_folder(app, session_factory):
    browser = browser_with_every_role(app, session_factory)
    with app.app_context():
        limiter.reset()
    doors = ("/static/{}", "/tickets/YJ20261123-00001/files/{}", "/exports/{}/file", "/admin/messages/{}",
             "/language/{}", "/admin/categories/{}", "/knowledge/{}", "/t/{}", "/set-password/{}", "/api/v1/{}")  # fmt: skip
    assert len(PATHS) == 60
    for door in doors:
        for path in PATHS:
            with browser.get(door.format(quote(path, safe="/%;:~\\."))) as answer:
                assert answer.status_code < 500, (door, path)
                assert not any(word in answer.data for word in INSIDE), (door, path)


def test_a_file_that_is_sent_in_has_no_say_where_it_lies():
    for path in PATHS:
        name = shown_name(path + "\x00.png")
        assert not {"/", "\\", "\x00"} & set(name)
        assert name not in {"", ".", ".."}
        assert not name.startswith(".")


@one_database
def test_nobody_gets_a_file_by_guessing_its_name_or_number(api, app, tmp_path, session_factory):
    app.config["ATTACHMENT_FOLDER"] = tmp_path / "files"
    number = api.registered()["number"]
    answer = api.client.post(
        f"/api/v1/tickets/{number}/attachments",
        data={"file": (open_png(), "a.png")},
        headers=api.headers("agent"),
    )
    assert answer.status_code == 201, answer.text
    (kept,) = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert stat.S_IMODE(kept.stat().st_mode) & 0o137 == 0
    assert stat.S_IMODE(kept.parent.stat().st_mode) & 0o027 == 0
    stranger = app.test_client()
    for guess in (kept.name, "1", "0", "-1", "a.png", answer.json.get("id", 1)):
        for door in (f"/tickets/{number}/files/{guess}", f"/static/{guess}", f"/files/{guess}"):
            assert stranger.get(door).status_code in {303, 404}
    app.config.pop("ATTACHMENT_FOLDER")


def open_png():
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)


@one_database
def test_no_route_leads_to_another_site(quiet, session_factory):
    app = quiet
    browser = browser_with_every_role(app, session_factory)
    away = ("//evil.example", "https://evil.example", "/\\evil.example", "\\/evil.example", "/%2f/evil.example",
            "https:evil.example", "/\t/evil.example", "javascript:x", "http://localhost@evil.example")  # fmt: skip
    names = ("next", "url", "back", "return", "redirect", "to", "from", "leads_to", "return_to")
    query = dict(zip(names, away, strict=True))
    for asked in requests_of(app):
        if asked.method == "GET" and not asked.is_api:
            answer = browser.get(asked.path, query_string=query, headers={"Referer": away[0]})
            assert "evil" not in answer.headers.get("Location", ""), asked.path


def test_a_place_to_go_to_is_a_path_of_this_site():
    kept = [place for climb in CLIMBS for place in (f"//{climb}", f"https:{climb}", f"{climb}//evil.example")]
    assert {safe_next(place, "/") for place in kept} <= {
        "/",
        *(place for place in kept if place[0] == "/" != place[1]),
    }


BREAKS = ("\r\n", "\n", "\r", "%0d%0a", "\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\\r\\n")
SMUGGLED = ("Bcc: thief@evil.example", "Set-Cookie: a=b", '{"event": "forged"}', "\r\n250 OK")
LINES = tuple(f"陈{line_break}{text}" for line_break in BREAKS for text in SMUGGLED)


def test_no_text_makes_a_header_or_a_recipient_of_a_mail():
    server = MailServer("", 25, "", "", tls=False, sender="noreply@hotline.example")
    made: list[EmailMessage] = []
    for text in LINES:
        for name in ("title", "subject", "address"):
            try:
                made.append(compose(replace(OUTGOING, **{"address": "a@b.cn", name: text}), server))
            except PermanentFailure:
                continue
    for mail in made:
        assert mail["Bcc"] is None
        assert mail["Set-Cookie"] is None
        assert b"\nBcc:" not in mail.as_bytes()


@pytest.mark.parametrize(
    "address",
    ["a@b.cn, thief@evil.example", "a@b.cn;thief@evil.example, x@y.cn", "x <a@b.cn>, <t@evil.example>", ""],
)
def test_a_mail_goes_to_one_address_or_not_at_all(address):
    server = MailServer("", 25, "", "", tls=False, sender="noreply@hotline.example")
    with pytest.raises(PermanentFailure):
        compose(replace(OUTGOING, address=address), server)


@pytest.mark.parametrize("field", ["name", "email", "phone"])
def test_no_caller_brings_a_second_recipient_or_a_line_of_their_own(api, field):
    for text in (*LINES, "a@b.cn,thief@evil.example", "a@b.cn;t@evil.example", "<a@b.cn> t@evil.example"):
        caller = {**BODY["caller"], field: text}
        answer = api.raw("agent", "/tickets", json.dumps({**BODY, "caller": caller}).encode())
        if answer.status_code == 201:
            assert field == "name"
        else:
            assert answer.status_code == 422


@one_database
def test_nobody_writes_a_line_into_the_log_or_into_an_answer(client, caplog):
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as said:
        for text in LINES:
            plain = text.encode("utf-8").decode("latin-1")
            headers = {"User-Agent": quote(plain), "X-Request-ID": quote(plain)}
            answer = client.get("/find", query_string={"number": text, "next": text}, headers=headers)
            told = str(answer.headers)
            assert not any(word in told for word in ("thief", "a=b", "forged"))
            client.get("/no-such-page/" + quote(text))
            client.post("/login", data={"username": text, "password": text})
    assert not any("thief" in str(line) or "forged" in str(line) for line in said)
    assert "thief" not in caplog.text
