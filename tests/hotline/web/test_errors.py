"""What people and programs read when something is refused or broken."""

import re

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Forbidden, RequestEntityTooLarge

from database import db
from hotline.app import create_app
from hotline.services import accounts
from hotline.services.file_checks import LARGEST
from hotline.services.jottings import MOST_FILES
from hotline.web import access
from hotline.web.access_rules import Who
from hotline.web.access_table import ACCESS
from hotline.web.refusals import FIELD_SENTENCES, SENTENCES
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

SECRET = "SELECT password_hash FROM users -- 13800000000"
LEAKS = (
    "Traceback",
    "SELECT",
    "13800000000",
    "RuntimeError",
    "sqlalchemy",
    "werkzeug",
    ".py",
    "flask",
    "Flask",
)
FAULTS = {
    "bug": RuntimeError(SECRET),
    "lost": OperationalError(SECRET, {}, RuntimeError("could not connect to 10.9.8.7")),
    "stale": Refused(Code.STALE_VERSION),
    "absent": Refused(Code.NOT_FOUND),
    "late": Refused(Code.RETURN_WINDOW_OVER),
    "blamed": Refused(Code.REASON_FOR_CHOICE_NEEDED, "reason"),
    "fields": invalid(FieldError("title", FieldCode.TOO_LONG, "60"), FieldError("place", FieldCode.REQUIRED)),
    "large": RequestEntityTooLarge(SECRET),
    "closed": Forbidden(SECRET),
}


@pytest.fixture
def app(settings, clean_db, monkeypatch):
    """An application in production's manner, with a page and an API endpoint for every fault."""
    made = create_app(settings)
    made.config.update(PROPAGATE_EXCEPTIONS=False)
    for name, fault in FAULTS.items():
        for prefix in ("/t/", "/api/t/"):
            made.add_url_rule(prefix + name, prefix + name, raiser(fault), methods=["GET", "POST"])
    rows = {prefix + name: Who.PUBLIC for name in FAULTS for prefix in ("/t/", "/api/t/")}
    monkeypatch.setattr(access, "ACCESS", {**ACCESS, **rows})
    yield made
    with made.app_context():
        db.engine.dispose()


def raiser(fault: Exception):
    def view() -> str:
        raise fault

    return view


@pytest.mark.parametrize("code", list(Code))
def test_every_refusal_has_a_sentence_in_both_languages_and_a_status(code):
    row = SENTENCES[code]
    assert row.status in {403, 404, 409, 422}
    assert row.zh.endswith("。")
    assert row.en.endswith(".")


@pytest.mark.parametrize("code", list(FieldCode))
def test_every_field_error_has_a_sentence_in_both_languages(code):
    assert FIELD_SENTENCES[code].zh.endswith("。")
    assert FIELD_SENTENCES[code].en.endswith(".")


def test_no_sentence_stands_for_a_code_that_nobody_raises():
    assert set(SENTENCES) == set(Code)
    assert set(FIELD_SENTENCES) == set(FieldCode)


def test_chinese_sentences_use_chinese_punctuation_and_name_a_cure():
    for row in SENTENCES.values():
        assert not re.search(r"[一-鿿][,:;?!.]|[,:;?!][一-鿿]", row.zh)
        assert "，" in row.zh


@pytest.mark.parametrize(
    "path", ["/t/bug", "/t/lost", "/t/large", "/api/t/bug", "/api/t/lost", "/no-such-page"]
)
def test_no_answer_tells_what_is_inside(app, path):
    response = app.test_client().get(path)
    assert response.status_code >= 400
    body = response.text + str(response.headers)
    assert [leak for leak in LEAKS if leak in body] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/t/bug", 500),
        ("/t/lost", 503),
        ("/t/stale", 409),
        ("/t/late", 409),
        ("/t/blamed", 422),
        ("/t/fields", 422),
    ],
)
def test_a_fault_and_its_problem_document_have_the_same_status(app, path, status):
    client = app.test_client()
    assert client.get(path).status_code == status
    assert client.get(f"/api{path}").status_code == status
    assert client.get(f"/api{path}").json["status"] == status


@pytest.mark.parametrize(
    "path", ["/", "/login", "/no-such-page", "/t/bug", "/t/lost", "/api/t/late", "/healthz"]
)
def test_every_answer_carries_its_own_request_id(app, path):
    client = app.test_client()
    seen = {client.get(path, headers={"X-Request-ID": "mine"}).headers["X-Request-ID"] for _ in range(3)}
    assert len(seen) == 3
    assert "mine" not in seen


def test_an_error_page_shows_the_request_id(app):
    response = app.test_client().get("/t/bug")
    assert response.headers["X-Request-ID"] in response.text


def test_too_large_names_the_limit_that_holds(app):
    page = app.test_client().get("/t/large").text
    assert f"{LARGEST // 1_000_000} MB，一次最多 {MOST_FILES} 个" in page


def test_who_has_no_account_is_not_sent_to_an_administrator(app):
    client = app.test_client()
    for path in ("/t/closed", "/t/bug"):
        page = client.get(path).text
        assert "12345" in page
        assert "管理员" not in page
        assert "您的账号" not in page


def test_a_refusal_is_a_page_in_plain_chinese_with_a_way_back(app):
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)[1]
    came_from = {"Referer": "http://localhost/desk?tab=2#x"}
    page = client.post("/t/late", data={"csrf_token": token}, headers=came_from).text
    assert 'href="/desk?tab=2"' in page
    assert SENTENCES[Code.RETURN_WINDOW_OVER].zh in page
    assert Code.RETURN_WINDOW_OVER not in page


def test_whoever_only_looks_is_not_told_of_an_act(app):
    page = app.test_client().get("/t/absent")
    assert page.status_code == 404
    assert "<h1>这一页打不开</h1>" in page.text
    assert "操作没有完成" not in page.text


def test_a_page_that_refuses_fields_names_each_of_them(app):
    page = app.test_client().get("/t/fields").text
    assert "内容过长，最多 60 字。" in page
    assert "请填写此项。" in page


def test_a_problem_document_holds_what_the_interface_promises(app):
    response = app.test_client().get("/api/t/fields")
    assert response.mimetype == "application/problem+json"
    body = response.json
    assert body.keys() == {"type", "title", "status", "code", "detail", "errors", "request_id"}
    assert body["code"] == "invalid_input"
    assert body["request_id"] == response.headers["X-Request-ID"]
    assert body["errors"] == [
        {"field": "title", "code": "too_long", "message": "内容过长，最多 60 字。"},
        {"field": "place", "code": "required", "message": "请填写此项。"},
    ]


def test_a_problem_document_blames_the_field_of_a_refusal(app):
    errors = app.test_client().get("/api/t/blamed").json["errors"]
    assert [(each["field"], each["code"]) for each in errors] == [("reason", "reason_for_choice_needed")]


def test_a_problem_is_told_in_the_readers_language(app):
    client = app.test_client()
    told = client.get("/api/t/late", headers={"Accept-Language": "en"})
    assert told.json["detail"] == SENTENCES[Code.RETURN_WINDOW_OVER].en
    client.set_cookie("lang", "en")
    assert client.get("/api/t/late").json["detail"] == SENTENCES[Code.RETURN_WINDOW_OVER].zh


def test_an_unknown_address_and_a_wrong_method_under_the_api_are_problems_too(app):
    client = app.test_client()
    assert client.get("/api/v1/nothing").json["code"] == "not_found"
    wrong = client.put("/api/t/late")
    assert wrong.json["code"] == "method_not_allowed"
    assert "GET" in wrong.headers["Allow"]


def test_a_lost_database_is_told_also_to_those_who_had_signed_in(app, monkeypatch):
    def lose(*_asked):
        raise FAULTS["lost"]

    monkeypatch.setattr(accounts, "find_session", lose)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "of somebody"
    for path in ("/t/lost", "/desk"):
        response = client.get(path)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
        assert "系统暂时不能使用" in response.text


def test_htmx_puts_an_error_in_place_of_the_whole_page(app):
    response = app.test_client().get("/t/late", headers={"HX-Request": "true"})
    assert response.headers["HX-Retarget"] == "body"


def test_trace_is_not_answered(app):
    assert app.test_client().open("/t/late", method="TRACE").status_code == 405


@pytest.mark.parametrize(
    "path",
    ["/", "/login", "/no-such-page", "/t/bug", "/t/lost", "/api/t/late", "/static/nothing.css", "/healthz"],
)
def test_every_answer_keeps_the_promises_to_the_browser(app, path):
    headers = app.test_client().get(path).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers
    if not path.startswith("/static"):
        assert headers["Cache-Control"] == "no-store"
        assert "HX-Request" in headers["Vary"]


def test_the_address_of_a_form_with_no_page_above_it_takes_no_visit(app):
    client = app.test_client()
    assert client.get("/logout").status_code == 405
    assert client.get("/supplement/YJ20261129-00001/nothing").status_code == 404
