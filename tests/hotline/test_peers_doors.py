"""Faults of other systems' doors and lists: states taken as posted, counts cut off, matters nobody finds."""

import pytest

from tests.hotline.api.city import make_api


@pytest.fixture
def api(app, session_factory):
    return make_api(app, session_factory)


@pytest.mark.parametrize("field", ["state", "outcome", "version", "closed_at"])
def test_a_state_that_is_posted_changes_nothing(api, field):
    """FixMyStreet stored the state that a permitted user's form posted, whatever it was."""
    number = api.registered()["number"]
    before = api.get("reviewer", f"/tickets/{number}").json
    body = {"version": before["version"], "data": {"text": "备注", "visibility": "internal", field: "closed"}}
    answer = api.post("agent", f"/tickets/{number}/actions/note", body)
    after = api.get("reviewer", f"/tickets/{number}").json
    assert (after["state"], after["outcome"], after["closed_at"]) == ("intake_review", None, None)
    assert answer.status_code in {200, 422}
    assert api.post("agent", "/tickets", {"state": "closed"}).status_code == 422


def test_of_two_who_write_at_once_the_second_is_told_what_the_first_did(api):
    """All three peers let the last writer win without a word."""
    number = api.registered()["number"]
    seen = api.get("reviewer", f"/tickets/{number}").json["version"]
    api.act("reviewer", number, "return_intake", reason="地址不清")
    late = {"version": seen, "data": {"category": "ZJ0302"}}
    answer = api.post("reviewer", f"/tickets/{number}/actions/approve_intake", late)
    assert (answer.status_code, answer.json["code"]) == (409, "stale_version")
    assert answer.json["ticket"]["state"] == "draft"


def test_a_count_is_the_count_and_not_the_length_of_a_page(api):
    """CCRS capped its counts by the page limit."""
    for _ in range(7):
        api.registered()
    page = api.get("reviewer", "/tickets?limit=3&count=1").json
    assert (len(page["items"]), page["total"]) == (3, 7)


def test_a_rejected_matter_is_still_found_by_agents(api):
    """CCRS agents could not find rejected complaints."""
    number = api.registered()["number"]
    api.act("reviewer", number, "reject", reason="beyond_power", path="请向物业公司反映")
    found = api.get("agent", "/tickets?state=closed").json["items"]
    assert [line["number"] for line in found] == [number]


def test_nothing_is_forced_at_intake_but_what_it_is_about_and_how_to_reach_the_caller(api):
    """CCRS blocked intake behind an assignee, a map pin and a postcode."""
    caller = {"phone": "13800138000"}
    asked = {"type": "consultation", "content": "请问办理居住证要什么材料？", "channel": "phone"}
    answer = api.post("agent", "/tickets", {**asked, "category": "ZJ0302", "caller": caller})
    assert (answer.status_code, answer.json["state"]) == (201, "intake_review")
