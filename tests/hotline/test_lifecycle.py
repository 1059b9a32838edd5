"""The door as specification: what one journey leaves behind in rows, trail, clocks and messages."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.services import trail
from tests.stories.checker import find_faults
from tests.stories.tale import Tale
from tests.stories.town import city, found_town


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session))


def test_a_whole_journey_leaves_a_closed_row_a_numbered_trail_and_a_sound_database(tale):
    tale.to_call_back().closed()
    ticket = tale.ticket
    assert (ticket.state, ticket.outcome, ticket.round, ticket.is_late) == ("closed", "resolved", 1, False)
    assert tale.actions() == [
        "register",
        "submit",
        "approve_intake",
        "dispatch",
        "sign",
        "submit_reply",
        "approve_unit_reply",
        "finish_handling",
        "approve_reply",
        "close",
    ]
    assert [event.number for event in tale.events()] == list(range(1, ticket.version + 1))
    assert trail.find_break(tale.session, ticket.id) is None
    assert find_faults(tale.session) == []


def test_a_whole_journey_starts_and_stops_every_clock_once(tale):
    tale.to_call_back().closed()
    assert tale.clocks() == {
        "dispatch": "kept",
        "sign": "kept",
        "contact": "kept",
        "handle": "kept",
        "review": "kept",
        "callback": "kept",
        "archive": "running",
    }
    assert tale.session.scalar(select(func.count(Clock.id))) == 7


def test_a_whole_journey_tells_each_person_once_and_nobody_else(tale):
    tale.to_call_back().closed()
    town = tale.town
    citizen = f"citizen:{tale.ticket.citizen_id}"
    assert tale.told() == sorted(
        [
            ("accepted", citizen, "sms"),
            ("dispatched", citizen, "sms"),
            ("replied", citizen, "sms"),
            ("closed", citizen, "sms"),
            ("new_ticket", town.unit("HOUSING"), "sms"),
            ("unit_reply_to_review", town.user("leader_housing"), "mailbox"),
            ("reply_to_review", town.user("auditor"), "mailbox"),
        ]
    )


def test_handling_is_promised_in_five_working_days_by_the_citys_closing_time(tale):
    tale.to_dispatch().dispatched()
    assert tale.ticket.due_at == city("2026-11-30 17:30")
    assert tale.share("HOUSING").due_at == city("2026-11-30 17:30")
    assert tale.share("HOUSING").sign_due_at is not None
