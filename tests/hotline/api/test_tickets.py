"""Registering, reading and listing tickets through the API."""

import base64

import pytest
from sqlalchemy import select

from hotline.models.reveals import IdentityReveal
from hotline.models.ticket import Citizen, TicketEvent
from tests.hotline.api.city import BODY


def fields(answer):
    return {error["field"]: error["code"] for error in answer.json["errors"]}


def test_a_registered_ticket_is_submitted_and_shows_its_code_once(api):
    made = api.registered("agent")
    assert (made["state"], made["version"], len(made["query_code"])) == ("intake_review", 2, 6)
    assert (made["place"]["lat"], made["place"]["district"]) == (30.25, "梧桐区")
    assert "query_code" not in api.get("agent", f"/tickets/{made['number']}").json


def test_a_draft_stays_a_draft_and_a_trusted_agent_skips_review(api):
    assert api.registered("agent", submit=False)["state"] == "draft"
    assert api.registered("trusted")["state"] == "to_dispatch"


def test_a_ticket_that_is_not_complete_leaves_no_draft_behind(api):
    answer = api.post("agent", "/tickets", {**BODY, "place": None})
    assert (answer.status_code, fields(answer)) == (422, {"place.address": "place_needed"})
    assert api.get("agent", "/tickets?count=1").json["total"] == 0


def test_every_wrong_field_is_named_as_the_body_names_it(api):
    body = {**BODY, "type": "rant", "caller": {"phone": "12"}, "place": {"address": "x" * 201}}
    answer = api.post("agent", "/tickets", body)
    assert fields(answer) == {"type": "not_a_choice", "place.address": "too_long"}
    answer = api.post("agent", "/tickets", {**BODY, "caller": {"phone": "12"}})
    assert fields(answer) == {"caller.phone": "bad_phone"}
    answer = api.post("agent", "/tickets", {**BODY, "colour": 1, "caller": {"shoe": 1}, "content": 5})
    assert fields(answer) == {
        "colour": "unknown_field",
        "caller.shoe": "unknown_field",
        "content": "not_text",
    }


def test_a_caller_tells_a_document_and_what_they_were_told_of_their_data(api, session_factory):
    caller = {**BODY["caller"], "id_number": "11010519491231002X"}
    told = {"statement": "spoken", "statement_number": 1}
    answer = api.post("agent", "/tickets", {**BODY, **told, "caller": caller})
    assert answer.status_code == 201, answer.json
    with session_factory() as session:
        assert session.scalars(select(Citizen.id_number)).one() == "11010519491231002X"
        first = session.scalars(select(TicketEvent).order_by(TicketEvent.number).limit(1)).one()
    assert {name: first.data.get(name) for name in told} == told
    wrong = {"statement": "sung", "caller": {**caller, "id_number": "110105194912310021"}}
    assert fields(api.post("agent", "/tickets", {**BODY, **wrong})) == {"statement": "not_a_choice"}
    answer = api.post("agent", "/tickets", {**BODY, "caller": {**caller, "id_number": "110105194912310021"}})
    assert fields(answer) == {"caller.id_number": "bad_id_number"}
    answer = api.post("agent", "/tickets", {**BODY, **told, "statement_number": 99})
    assert fields(answer) == {"statement_number": "not_in_range"}


def test_an_anonymous_caller_needs_no_address(api):
    made = api.registered("agent", caller={"anonymous": True})
    assert made["caller"]["anonymous"]
    answer = api.post("agent", "/tickets", {**BODY, "caller": {}})
    assert fields(answer) == {"caller.phone": "contact_needed"}


def test_a_unit_sees_its_own_tickets_only(api):
    mine, _ = api.dispatched()
    api.registered("agent")
    assert [row["number"] for row in api.get("handler", "/tickets").json["items"]] == [mine["number"]]
    assert api.get("stranger", "/tickets").json["items"] == []
    for part in (
        "",
        "/events",
        "/clocks",
        "/actions",
        "/messages",
        "/attachments",
        "/assignments",
        "/requests",
    ):
        assert api.get("handler", f"/tickets/{mine['number']}{part}").status_code == 200
        assert api.get("stranger", f"/tickets/{mine['number']}{part}").status_code == 404


def test_a_clock_tells_what_befell_it_and_the_event_it_came_with(api):
    ticket, _ = api.dispatched()
    clocks = api.get("handler", f"/tickets/{ticket['number']}/clocks").json["items"]
    handle = next(clock for clock in clocks if clock["name"] == "handle")
    events = api.get("handler", f"/tickets/{ticket['number']}/events").json["items"]
    (change,) = handle["changes"]
    assert (change["reason"], change["due_at"]) == ("started", handle["original_due_at"])
    assert [event["action"] for event in events if event["number"] == change["event"]] == ["dispatch"]


def test_a_stranger_cannot_act_on_what_is_not_theirs(api):
    ticket, assignment = api.dispatched()
    answer = api.post("stranger", f"/assignments/{assignment}/actions/sign", {"version": ticket["version"]})
    assert answer.status_code == 404
    body = {"version": ticket["version"], "data": {"text": "x", "visibility": "internal"}}
    assert api.post("stranger", f"/tickets/{ticket['number']}/actions/note", body).status_code == 404


def test_a_unit_never_learns_who_called_about_a_confidential_ticket(api):
    open_one, _ = api.dispatched()
    hidden, _ = api.dispatched(caller={"name": "陈先生", "phone": "13800138000", "confidential": True})
    assert api.get("handler", f"/tickets/{open_one['number']}").json["caller"]["phone"] == "138****8000"
    caller = api.get("handler", f"/tickets/{hidden['number']}").json["caller"]
    assert (caller["name"], caller["phone"], caller["is_hidden"]) == (None, None, True)
    found = api.get("handler", "/tickets?phone=13800138000").json["items"]
    assert [row["number"] for row in found] == [open_one["number"]]
    assert "13800138000" not in api.get("handler", f"/tickets/{hidden['number']}/messages").text


def test_a_system_sees_what_it_registered_and_no_notes(api):
    made = api.registered("importer")
    assert made["state"] == "intake_review"
    api.act("reviewer", made["number"], "note", text="内部意见", visibility="internal")
    assert api.get("other_importer", f"/tickets/{made['number']}").status_code == 404
    assert "内部意见" not in api.get("importer", f"/tickets/{made['number']}/events").text
    assert "内部意见" in api.get("agent", f"/tickets/{made['number']}/events").text


def test_the_list_pages_by_its_marks_and_counts_only_when_asked(api):
    made = {api.registered("agent")["number"] for _ in range(5)}
    seen, mark = [], ""
    while mark is not None:
        page = api.get("agent", f"/tickets?limit=2&sort=-created_at{mark and '&after=' + mark}").json
        assert page["total"] is None
        seen += [row["number"] for row in page["items"]]
        mark = page["next"]
    assert (len(seen), set(seen)) == (5, made)
    assert api.get("agent", "/tickets?limit=1&count=1").json["total"] == 5


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("state=intake_review", True),
        ("state=draft,intake_review", True),
        ("state=draft&state=closed", False),
        ("type=complaint&urgency=ordinary", True),
        ("category=ZJ0302", True),
        ("category=nothing", False),
        ("unit=WT-ZJJ", False),
        ("light=green,yellow", True),
        ("light=red", False),
        ("overdue=1", False),
        ("q=电梯停运", True),
        ("q=路灯", False),
        ("phone=13800138000", True),
        ("created_from=2020-01-01T00:00:00%2B08:00", True),
        ("created_from=2020-01-01T00:00:00+08:00", True),
        ("created_to=2020-01-01T00:00:00Z", False),
        ("assigned_to_me=1", False),
    ],
)
def test_each_filter_finds_what_it_says(api, query, is_found):
    api.registered("agent")
    answer = api.get("agent", f"/tickets?{query}")
    assert answer.status_code == 200, answer.text
    assert bool(answer.json["items"]) is is_found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=open", "state.0"),
        ("colour=red", "colour"),
        ("limit=201", "limit"),
        ("limit=0", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("limit=1&limit=2", "limit"),
        ("after=%FF%00", ""),
        ("after=abc", "after"),
        ("sort=title", "sort"),
        ("created_from=yesterday", "created_from"),
        ("created_from=2026-11-23", "created_from"),
        ("created_to=0.5", "created_to"),
        ("created_to=1700000000", "created_to"),
        ("created_from=0001-01-01T00:00:00%2B14:00", "created_from"),
        ("phone=12", "phone"),
        ("q=%00", ""),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_name(api, query, field):
    answer = api.get("agent", f"/tickets?{query}")
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_reference_data_is_there_for_anybody_with_a_token(api):
    assert [unit["code"] for unit in api.get("importer", "/units").json["items"]] == ["WT-ZJJ", "BJ-CGJ"]
    assert api.get("importer", "/categories").json["items"][0]["code"] == "ZJ0302"
    policies = api.get("admin", "/policies?limit=200").json
    assert (policies["version"], {row["clock"] for row in policies["items"]} >= {"sign", "handle"}) == (
        1,
        True,
    )
    review = next(row for row in policies["items"] if row["clock"] == "review")
    narrowed = {name: review[name] for name in ("limit_class", "ticket_type", "category", "unit_tier")}
    assert narrowed == {"limit_class": "any", "ticket_type": None, "category": None, "unit_tier": None}
    assert (review["yellow_amount"], review["yellow_unit"], review["orange_unit"]) == (25, "percent", None)
    assert (review["calendar"], review["pauses_in"]) == ("city", ["awaiting_supplement", "suspended"])
    calendar = api.get("admin", "/calendar?year=2026").json
    assert (calendar["code"], calendar["edition"], calendar["zone"]) == ("city", 1, "Asia/Shanghai")
    assert {"on": "2026-10-01", "kind": "holiday"}.items() <= next(
        day for day in calendar["days"] if day["on"] == "2026-10-01"
    ).items()
    always = api.get("admin", "/calendar?calendar=always").json
    assert always["hours"][0] == {"weekday": 0, "opens": "00:00", "closes": "00:00"}
    assert api.get("admin", "/calendar?calendar=town").status_code == 404
    first = api.get("agent", "/units?limit=1&count=1").json
    assert (first["total"], len(first["items"])) == (2, 1)
    assert api.get("agent", f"/units?after={first['next']}").json["items"][0]["code"] == "BJ-CGJ"


@pytest.mark.parametrize(
    "mark",
    [
        '["2026-11-23T00:00:00", 1]',
        '["0001-01-01T00:00:00+14:00", 1]',
        "[null, 1000000000000000000000000000000]",
        "[null, 1e999]",
        "[null, true]",
        "[[], 1]",
        "[" * 140,
    ],
)
def test_a_forged_mark_is_refused(api, mark):
    forged = base64.urlsafe_b64encode(mark.encode()).decode().rstrip("=")
    answer = api.get("agent", f"/tickets?after={forged}")
    assert (answer.status_code, fields(answer)) == (422, {"after": "bad_cursor"})


def test_who_asked_is_shown_to_a_system_for_a_purpose_and_each_look_is_kept(api, session_factory):
    ticket, _ = api.dispatched()
    url = f"/tickets/{ticket['number']}/caller"
    assert api.post("handler", url, {}).status_code == 422
    assert api.post("handler", url, {"purpose": "other"}).status_code == 422
    assert api.post("stranger", url, {"purpose": "contact"}).status_code == 404
    answer = api.post("handler", url, {"purpose": "contact"})
    assert (answer.json["phone"], answer.headers["Cache-Control"]) == ("+8613800138000", "no-store")
    with session_factory() as session:
        assert [row.way for row in session.scalars(select(IdentityReveal))] == ["api"]
