"""How the API says no: problem documents, strict JSON, versions and keys that act once."""

import json

import pytest

from hotline.api.documents.tickets import Problem
from hotline.web.security import limiter
from tests.hotline.api.city import BODY

MEMBERS = {"type", "title", "status", "code", "detail", "errors", "request_id"}


def problem(answer, status, code=None):
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert set(answer.json) >= MEMBERS
    Problem.model_validate_json(answer.text)
    assert answer.json["status"] == status
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    assert code is None or answer.json["code"] == code
    return answer.json


def test_without_a_token_nobody_gets_in(api):
    answer = api.get(None, "/tickets")
    problem(answer, 401)
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_a_role_without_tickets_gets_none(api):
    problem(api.get("admin", "/tickets"), 403)


def test_a_move_of_another_role_is_forbidden(api):
    made = api.registered("agent")
    body = {"version": made["version"], "data": {"main_unit": "WT-ZJJ"}}
    problem(api.post("agent", f"/tickets/{made['number']}/actions/dispatch", body), 403, "not_your_role")


def test_a_move_the_state_does_not_allow_is_a_conflict(api):
    made = api.registered("agent")
    body = {"version": made["version"], "data": {"main_unit": "WT-ZJJ"}}
    answer = api.post("dispatcher", f"/tickets/{made['number']}/actions/dispatch", body)
    problem(answer, 409, "not_in_this_state")


def test_an_action_nobody_knows_is_not_there(api):
    made = api.registered("agent")
    answer = api.post("agent", f"/tickets/{made['number']}/actions/dance", {"version": 2})
    problem(answer, 404, "unknown_action")


@pytest.mark.parametrize("kind", ["dance", "", "REOPEN", "x" * 5_000])
def test_a_kind_of_request_nobody_knows_is_named(api, kind):
    made = api.registered("agent")
    answer = api.post("agent", f"/tickets/{made['number']}/requests", {"version": 2, "kind": kind})
    assert [each["field"] for each in problem(answer, 422)["errors"]] == ["kind"]


@pytest.mark.parametrize("number", ["YJ20200101-00001", "x" * 200, "%00", "%ED%A0%80", "电梯"])
def test_a_number_that_is_none_is_not_found(api, number):
    problem(api.get("agent", f"/tickets/{number}"), 404, "not_found")


@pytest.mark.parametrize("row_id", ["0", "-1", "abc", "9" * 30, "%00", "1e3"])
def test_an_id_that_is_none_is_not_found(api, row_id):
    problem(api.post("handler", f"/assignments/{row_id}/actions/sign", {"version": 1}), 404, "not_found")
    problem(api.post("dispatcher", f"/requests/{row_id}/actions/approve", {"version": 1}), 404, "not_found")


def test_a_stale_version_is_answered_with_the_ticket_as_it_is_now(api):
    made = api.registered("agent")
    answer = api.post(
        "reviewer",
        f"/tickets/{made['number']}/actions/return_intake",
        {"data": {"reason": "地址不清"}},
        If_Match='"1"',
    )
    told = problem(answer, 409, "stale_version")
    assert (told["ticket"]["number"], told["ticket"]["version"]) == (made["number"], 2)


@pytest.mark.parametrize(
    ("body", "header", "code"),
    [
        ({}, None, "required"),
        ({"version": "two"}, None, "not_a_number"),
        ({"version": 2}, '"3"', "not_a_number"),
        ({}, "*", "not_a_number"),
        ({"version": -1}, None, "not_a_number"),
    ],
)
def test_people_say_which_version_they_saw(api, body, header, code):
    made = api.registered("agent")
    headers = {} if header is None else {"If_Match": header}
    answer = api.post("reviewer", f"/tickets/{made['number']}/actions/return_intake", body, **headers)
    errors = problem(answer, 422, "invalid_input")["errors"]
    assert [(error["field"], error["code"]) for error in errors] == [("version", code)]


def test_a_version_may_be_a_number_a_text_or_a_header(api):
    for version, header in ((2, None), ("2", None), (None, '"2"'), (None, "2"), (2, 'W/"2"')):
        made = api.registered("agent")
        headers = {} if header is None else {"If_Match": header}
        body = {"version": version, "data": {"reason": "地址不清"}}
        path = f"/tickets/{made['number']}/actions/return_intake"
        assert api.post("reviewer", path, body, **headers).status_code == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"null",
        b"[]",
        b"1",
        b'"x"',
        b"{",
        b"",
        b"NaN",
        b'{"content": NaN}',
        b'{"place": {"lat": 1e999}}',
        b'{"type": "help", "type": "help"}',
        b'{"content": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"content": "\\u0000"}',
        b'{"\xff": 1}',
        b"\xef\xbb\xbf{}",
        b'{"caller":' * 100_000,
        b'{"caller":' * 50 + b"1" + b"}" * 50,
        b'{"content": ' + b"9" * 6000 + b"}",
        b"[" * 200_000,
    ],
)
def test_what_is_not_one_plain_json_object_is_refused(api, raw):
    answer = api.raw("agent", "/tickets", raw)
    problem(answer, 413 if len(raw) > 1024 * 1024 else 422)
    answer.get_data().decode("utf-8")


def test_a_body_that_is_too_large_or_of_another_kind_is_refused(api):
    problem(api.raw("agent", "/tickets", b'{"content": "' + b"x" * 1_100_000 + b'"}'), 413)
    problem(api.raw("agent", "/tickets", b"type=help", "application/x-www-form-urlencoded"), 415)
    problem(api.raw("agent", "/tickets", b"<a/>", "text/xml"), 415)


def test_a_method_or_path_nobody_serves_is_told_as_a_problem(api):
    problem(api.get("agent", "/nothing"), 404)
    answer = api.client.delete("/api/v1/tickets", headers=api.headers("agent"))
    problem(answer, 405)


def test_the_caller_chooses_the_language(api):
    bad = {**BODY, "content": ""}
    chinese = problem(api.post("agent", "/tickets", bad, Accept_Language="zh-CN,zh;q=0.9"), 422)
    english = problem(api.post("agent", "/tickets", bad, Accept_Language="en-US,en;q=0.9"), 422)
    assert (chinese["errors"][0]["message"], english["errors"][0]["message"]) == (
        "请填写此项。",
        "Fill in this field.",
    )
    number = api.registered("agent")["number"]
    offers = api.get("reviewer", f"/tickets/{number}/actions", Accept_Language="en").json["items"]
    assert "Approve intake" in {offer["label"] for offer in offers}


def test_a_client_that_runs_wild_is_told_when_to_come_back(api, app, monkeypatch):
    limiter.reset()
    monkeypatch.setitem(app.config, "API_RATE_LIMIT", "2 per minute")
    answers = [api.get("leader", "/units") for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    problem(answers[2], 429)
    assert int(answers[2].headers["Retry-After"]) > 0


def test_the_same_key_acts_once_and_is_answered_byte_for_byte(api):
    first = api.post("agent", "/tickets", BODY, Idempotency_Key="k-1")
    again = api.post("agent", "/tickets", BODY, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert api.get("agent", "/tickets?count=1").json["total"] == 1


def test_the_same_key_with_another_body_is_a_mismatch(api):
    api.post("agent", "/tickets", BODY, Idempotency_Key="k-1")
    other = {**BODY, "content": "另一件事，路灯不亮。"}
    problem(api.post("agent", "/tickets", other, Idempotency_Key="k-1"), 409, "idempotency_mismatch")
    assert api.post("trusted", "/tickets", other, Idempotency_Key="k-1").status_code == 201


def test_an_action_repeated_with_its_key_is_no_stale_version(api):
    made = api.registered("agent")
    body = {"version": made["version"], "data": {"reason": "地址不清"}}
    path = f"/tickets/{made['number']}/actions/return_intake"
    first = api.post("reviewer", path, body, Idempotency_Key="k-2")
    again = api.post("reviewer", path, body, Idempotency_Key="k-2")
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert first.status_code == 200


def test_a_refused_act_keeps_no_answer_so_that_the_key_may_be_tried_again(api):
    made = api.registered("agent")
    path = f"/tickets/{made['number']}/actions/return_intake"
    body = {"version": 1, "data": {"reason": "地址不清"}}
    problem(api.post("reviewer", path, body, Idempotency_Key="k-3"), 409, "stale_version")
    problem(api.post("reviewer", path, body, Idempotency_Key="k-3"), 409, "stale_version")
    assert api.post("reviewer", path, {**body, "version": 2}, Idempotency_Key="k-3").status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a b"])
def test_a_key_that_is_no_key_is_refused(api, key):
    answer = api.post("agent", "/tickets", BODY, Idempotency_Key=key)
    assert problem(answer, 422)["errors"][0]["field"] == "Idempotency-Key"


def test_an_answer_speaks_utf_8_and_instants_with_offset(api):
    made = api.registered("agent")
    answer = api.get("agent", f"/tickets/{made['number']}")
    assert "电梯".encode() in answer.data
    assert json.loads(answer.data)["created_at"].endswith("+08:00")
    assert answer.headers["ETag"] == '"2"'
