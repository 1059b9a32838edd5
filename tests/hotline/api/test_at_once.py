"""Two at once: the same request sent twice in the same moment acts once, and both get its answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from hotline.services.reveal_limits import choose_limits
from tests.hotline.api.city import BODY
from workflows.definition import SYSTEM

TOGETHER = 4


def at_once(api, path, body, who, key):
    barrier = Barrier(TOGETHER)

    def send(_number):
        client = api.client.application.test_client()
        headers = api.headers(who, **({"Idempotency_Key": key} if key else {}))
        barrier.wait()
        return client.post(f"/api/v1{path}", json=body, headers=headers)

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(send, range(TOGETHER)))


def test_one_key_sent_many_times_at_once_makes_one_ticket(api):
    api.get("agent", "/units")  # notes the token's use, so that nobody writes that in between
    answers = at_once(api, "/tickets", BODY, "agent", "twin")
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert api.get("agent", "/tickets?count=1").json["total"] == 1


def test_one_action_sent_many_times_at_once_with_its_key_is_never_stale(api):
    made = api.registered("agent")
    body = {"version": made["version"], "data": {"reason": "地址不清"}}
    path = f"/tickets/{made['number']}/actions/return_intake"
    answers = at_once(api, path, body, "reviewer", "twin-2")
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1


def test_without_a_key_one_of_many_wins_and_the_others_see_what_happened(api):
    made = api.registered("agent")
    body = {"version": made["version"], "data": {"reason": "地址不清"}}
    path = f"/tickets/{made['number']}/actions/return_intake"
    answers = at_once(api, path, body, "reviewer", None)
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    stale = next(answer.json for answer in answers if answer.status_code == 409)
    assert (stale["code"], stale["ticket"]["state"]) == ("stale_version", "draft")


def test_of_looks_at_a_caller_in_the_same_moment_no_more_are_had_than_the_day_has(api, session_factory):
    made = api.registered("agent")
    limits = {"in_units": "2", "in_centre": "2", "at_once": "20", "reason": "试行"}
    with session_factory.begin() as session:
        choose_limits(session, limits, SYSTEM, datetime.now(UTC))
    answers = at_once(api, f"/tickets/{made['number']}/caller", {"purpose": "contact"}, "agent", None)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"too_many_reveals"}
