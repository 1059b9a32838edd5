"""What the telephone system tells of calls: believed from it alone, once each, in any order."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from hotline.models.incoming_calls import CallState, IncomingCall
from hotline.models.people import User
from hotline.queries.incoming_calls import list_at_desk
from hotline.services.incoming_calls import KEPT_FOR, forget_old_calls

BEGAN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def three_minutes_later():
    """A call is offered for a while only, so these tests have a time of their own."""
    with time_machine.travel(BEGAN + timedelta(minutes=3)):
        yield


def tell(api, state="ringing", who="telephone", after=0, **changes):
    at = (BEGAN + timedelta(seconds=after)).isoformat()
    body = {"call": "c-1", "caller": "13800138000", "agent": "agent", "state": state, "at": at}
    return api.post(who, "/calls", {**body, **changes})


def waiting(session_factory, agent):
    with session_factory() as session:
        agent_id = session.scalars(select(User.id).where(User.username == agent)).one()
        return [call.state for call in list_at_desk(session, agent_id, datetime.now(UTC))]


def test_a_call_told_twice_is_one_call_and_its_end_is_not_undone(api, session_factory):
    for state, after in (("ringing", 0), ("ringing", 0), ("ended", 60), ("answered", 10), ("ringing", 0)):
        answer = tell(api, state, after=after)
        assert answer.status_code == 200
    assert answer.json == {"call": "c-1", "agent": "agent", "state": "ended", "is_caller_known": True}
    with session_factory() as session:
        call = session.scalars(select(IncomingCall)).one()
    assert (call.began_at, call.phone) == (BEGAN, "+8613800138000")
    assert call.ended_at - call.answered_at == timedelta(seconds=50)


def test_the_number_is_stored_sealed(api, session_factory):
    tell(api)
    with session_factory() as session:
        assert "138" not in session.scalar(text("SELECT phone FROM incoming_calls"))[:4]


def test_a_call_rings_at_its_agent_alone_until_it_has_ended_unanswered(api, session_factory):
    tell(api)
    assert waiting(session_factory, "agent") == [CallState.RINGING]
    assert waiting(session_factory, "trusted") == []
    tell(api, "ended", after=20)
    assert waiting(session_factory, "agent") == []


def test_an_agent_who_answers_a_passed_on_call_ends_it_for_the_one_before(api, session_factory):
    tell(api, "answered")
    tell(api, "ringing", agent="trusted")
    assert waiting(session_factory, "agent") == [CallState.ANSWERED]
    tell(api, "answered", agent="trusted", after=30)
    assert waiting(session_factory, "agent") == [CallState.ENDED]
    assert waiting(session_factory, "trusted") == [CallState.ANSWERED]


@pytest.mark.parametrize("caller", [None, "", "anonymous", "12"])
def test_a_hidden_or_odd_number_does_not_keep_a_call_from_its_agent(api, session_factory, caller):
    assert tell(api, caller=caller).json["is_caller_known"] is False
    assert waiting(session_factory, "agent") == [CallState.RINGING]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("agent", "nobody", "unknown_agent"),
        ("agent", "dispatcher", "unknown_agent"),
        ("state", "held", "not_a_choice"),
        ("at", "2026-11-23T10:45:12", "not_an_instant"),
        ("at", 1764298000, "not_an_instant"),
        ("at", "0001-01-01T00:00:00+08:00", "bad_value"),
        ("call", "", "required"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(api, session_factory, field, value, code):
    answer = tell(api, **{field: value})
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)]
    assert waiting(session_factory, "agent") == []


def test_the_same_staff_number_twice_names_nobody(api, session_factory):
    with session_factory.begin() as session:
        for user in session.scalars(select(User).where(User.username.in_(("agent", "trusted")))):
            user.staff_number = "1027"
    assert tell(api, agent="1027").json["errors"][0]["code"] == "several_agents"


@pytest.mark.parametrize("who", ["agent", "importer", "admin", None])
def test_only_the_telephone_system_announces_calls(api, who):
    assert tell(api, who=who).status_code == (401 if who is None else 403)


def test_the_telephone_system_sees_no_ticket(api):
    number = api.registered()["number"]
    assert api.get("telephone", f"/tickets/{number}").status_code == 403


def test_calls_are_forgotten_after_a_day(api, session_factory):
    tell(api)
    with session_factory.begin() as session:
        assert forget_old_calls(session, datetime.now(UTC)) == 0
        assert forget_old_calls(session, datetime.now(UTC) + KEPT_FOR) == 1
