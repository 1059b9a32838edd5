"""Whatever is posted, the answer is a ticket or a problem document, never a fault of ours."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hotline.api.city import BODY

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            " ",
            "complaint",
            "phone",
            "urgent",
            "ZJ0302",
            "13800138000",
            "a@b.cn",
            "\x00",
            "\u202e",
            "𠮷" * 201,
        ]
    ),
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True, allow_infinity=True), TEXTS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [*BODY, "title", "urgency", "accused", "callback_wanted", "submit", "version", "colour"]
)
INNER = st.sampled_from(
    ["district", "street", "address", "lat", "lng", "name", "phone", "email", "anonymous", "confidential"]
)
CHANGES = st.dictionaries(FIELDS, VALUES | st.dictionaries(INNER, LEAVES, max_size=4), max_size=4)
calm = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def is_answer(answer: Any) -> bool:
    if answer.status_code == 201:
        return bool(answer.json["number"])
    return 400 <= answer.status_code < 500 and answer.mimetype == "application/problem+json"


@given(changes=CHANGES)
@calm
def test_any_object_is_registered_or_refused(api, changes):
    answer = api.raw("agent", "/tickets", json.dumps({**BODY, **changes}).encode())
    assert is_answer(answer), answer.text


@given(value=VALUES)
@calm
def test_any_json_is_registered_or_refused(api, value):
    assert is_answer(api.raw("agent", "/tickets", json.dumps(value).encode()))


@given(raw=st.binary(max_size=200))
@calm
def test_any_bytes_are_refused(api, raw):
    assert api.raw("agent", "/tickets", raw).status_code == 422


@given(
    data=st.dictionaries(
        st.sampled_from(["main_unit", "co_units", "advice", "is_hard", "x"]), VALUES, max_size=4
    )
)
@calm
def test_any_data_of_an_action_is_taken_or_refused(api, data):
    body = {"version": 1, "data": {"main_unit": "WT-ZJJ", **data}}
    api.tokens["number"] = api.tokens.get("number") or api.registered("trusted")["number"]
    number = api.tokens["number"]
    body["version"] = api.get("reviewer", f"/tickets/{number}").json["version"]
    answer = api.raw("dispatcher", f"/tickets/{number}/actions/dispatch", json.dumps(body).encode())
    assert answer.status_code in {200, 409, 422}, answer.text


@given(
    query=st.dictionaries(
        st.sampled_from(["state", "after", "q", "sort", "light", "unit", "number", "limit"]),
        TEXTS,
        max_size=3,
    )
)
@calm
def test_any_query_is_answered_or_refused(api, query):
    answer = api.client.get("/api/v1/tickets", query_string=query, headers=api.headers("agent"))
    assert answer.status_code in {200, 422}, answer.text
