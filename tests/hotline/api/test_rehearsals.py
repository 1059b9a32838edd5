"""A preview through the API: what the action would do, or the refusal it would meet, and nothing kept."""

DISPATCH = "/tickets/{}/actions/dispatch/preview"


def waiting(api):
    made = api.registered("agent")
    return api.act("reviewer", made["number"], "approve_intake")


def test_a_preview_tells_the_states_clocks_and_messages_and_keeps_nothing(api):
    ticket = waiting(api)
    body = {"version": ticket["version"], "data": {"main_unit": "WT-ZJJ"}}
    answer = api.post("dispatcher", DISPATCH.format(ticket["number"]), body)
    assert answer.status_code == 200, answer.text
    told = answer.json
    assert (told["ticket"]["before"], told["ticket"]["after"]) == ("to_dispatch", "in_process")
    assert [part["after"] for part in told["parts"]] == ["to_sign"]
    assert {"handle", "sign"} <= {clock["name"] for clock in told["clocks"] if clock["turn"] == "starts"}
    assert {"new_ticket", "dispatched"} == {message["kind"] for message in told["messages"]}
    assert "address" not in str(told["messages"])
    sms = next(message for message in told["messages"] if message["kind"] == "dispatched")
    assert f"编号{ticket['number']}已交梧桐区住建局办理" in sms["text"]
    assert (sms["segments"], sms["waits_until"], sms["reason"]) == (1, None, "")
    now = api.get("dispatcher", f"/tickets/{ticket['number']}").json
    assert (now["state"], now["version"]) == ("to_dispatch", ticket["version"])


def test_a_preview_refuses_as_the_action_would(api):
    ticket = waiting(api)
    path = DISPATCH.format(ticket["number"])
    missing = api.post("dispatcher", path, {"version": ticket["version"], "data": {}})
    assert (missing.status_code, missing.json["errors"][0]["field"]) == (422, "main_unit")
    stale = api.post("dispatcher", path, {"version": 1, "data": {"main_unit": "WT-ZJJ"}})
    assert (stale.status_code, stale.json["code"]) == (409, "stale_version")
    foreign = api.post("agent", path, {"version": ticket["version"], "data": {"main_unit": "WT-ZJJ"}})
    assert foreign.status_code == 403
