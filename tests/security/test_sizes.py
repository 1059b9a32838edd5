"""Nothing that goes in a circle, deep down or on for ever holds anybody up."""

import json

import pytest

from tests.hotline.api.city import BODY

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def merge(api, number, into):
    version = api.get("reviewer", f"/tickets/{number}").json["version"]
    body = {"version": version, "data": {"master": into, "reason": "同一件事"}}
    return api.post("dispatcher", f"/tickets/{number}/actions/merge", body)


def test_no_ticket_is_merged_into_itself_or_round_in_a_circle(api):
    one, two, three = (api.registered("trusted")["number"] for _ in range(3))
    assert merge(api, one, one).status_code in {409, 422}
    first = merge(api, one, two)
    assert first.status_code == 200, first.text
    assert merge(api, two, one).status_code in {409, 422}
    merge(api, two, three)
    assert merge(api, three, one).status_code in {409, 422}
    assert merge(api, three, three).status_code in {409, 422}
    for number in (one, two, three):
        assert api.get("reviewer", f"/tickets/{number}").status_code == 200


@pytest.mark.parametrize(
    "limit", ["0", "-1", "201", "1000000", "9" * 4_000, "1e9", "٥", "0x10", "null", "[]"]
)
def test_no_page_is_longer_than_pages_are(api, limit):
    for path in ("/tickets", "/units", "/categories"):
        answer = api.client.get(f"/api/v1{path}", query_string={"limit": limit}, headers=api.headers("agent"))
        assert answer.status_code == 422


@pytest.mark.parametrize("page", ["0", "-1", "9" * 4_000, "1e9", "x", "٥"])
def test_a_page_nobody_gave_out_breaks_no_list(api, page):
    for name in ("after", "before", "page", "offset", "cursor"):
        answer = api.client.get("/api/v1/tickets", query_string={name: page}, headers=api.headers("agent"))
        assert answer.status_code == 422


@pytest.mark.parametrize("depth", [13, 200, 5_000, 100_000])
def test_what_is_nested_too_deep_is_refused(api, depth):
    for opened, closed in (("[", "]"), ('{"a":', "}")):
        value = opened * depth + "1" + closed * depth
        raw = json.dumps(BODY)[:-1] + f', "title": {value}}}'
        assert api.raw("agent", "/tickets", raw.encode()).status_code in {413, 422}


def test_ten_thousand_conditions_are_refused_or_answered(api):
    many = [("state", "in_process")] * 10_000
    for conditions in (many, [(f"x{number}", "1") for number in range(2_000)], [("q", "电梯 " * 3_000)]):
        answer = api.client.get("/api/v1/tickets", query_string=conditions, headers=api.headers("agent"))
        assert answer.status_code in {200, 414, 422}


@pytest.mark.parametrize("field", ["co_units", "main_unit"])
def test_a_list_without_end_is_refused(api, field):
    number = api.registered("trusted")["number"]
    version = api.get("reviewer", f"/tickets/{number}").json["version"]
    data = {"main_unit": "WT-ZJJ", field: ["BJ-CGJ"] * 20_000}
    answer = api.post("dispatcher", f"/tickets/{number}/actions/dispatch", {"version": version, "data": data})
    assert answer.status_code == 422
