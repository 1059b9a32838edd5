"""What the door refuses, with which code, and that a refusal leaves not one row different."""

import pytest
from sqlalchemy.orm import Session

from hotline.services.intake import register
from hotline.services.lifecycle import Command, advance
from tests.stories.checker import find_faults
from tests.stories.digest import digest_of
from tests.stories.tale import Tale
from tests.stories.town import COMPLAINT, MONDAY, POOR_RATING, REPLY, found_town
from workflows.definition import SYSTEM, citizen_actor
from workflows.errors import Refused
from workflows.vocabulary import Machine

RATING = {"solved": "yes", "satisfaction": "satisfied"}
CHECKED = {"reason": "诉求人来电撤回", "is_identity_checked": True}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session))


def refused(tale: Tale, who, action: str, data=None, **command) -> Refused:
    """Ask, expect a no, and see that nothing whatever changed in the open transaction."""
    before = digest_of(tale.session)
    actor = tale.town[who] if isinstance(who, str) else who
    with pytest.raises(Refused) as refusal:
        advance(tale.session, Command(tale.number, action, data or {}, **command), actor, tale.now)
    assert digest_of(tale.session) == before
    return refusal.value


@pytest.mark.parametrize(
    ("who", "action", "data", "code"),
    [
        ("agent", "fly", {}, "unknown_action"),
        ("agent", "dispatch", {}, "not_your_role"),
        ("reviewer", "approve_intake", {}, "not_in_this_state"),
        ("dispatcher", "dispatch", {}, "invalid_input"),
        ("dispatcher", "dispatch", {"main_unit": "NOWHERE"}, "invalid_input"),
        ("dispatcher", "dispatch", {"main_unit": "ROADS"}, "reason_for_choice_needed"),
        ("dispatcher", "dispatch", {"main_unit": "HOUSING", "state": "closed"}, "invalid_input"),
        ("dispatcher", "dispatch", {"main_unit": "HOUSING", "co_units": ["HOUSING"]}, "unit_has_it_already"),
        ("agent", "withdraw", {"reason": "诉求人来电撤回"}, "identity_not_checked"),
        ("handler_roads", "note", {"text": "看一下", "visibility": "internal"}, "not_your_unit"),
    ],
)
def test_a_refused_act_on_a_ticket_to_dispatch_changes_nothing(tale, who, action, data, code):
    tale.to_dispatch()
    assert refused(tale, who, action, data).code == code


@pytest.mark.parametrize(
    ("who", "action", "data", "code"),
    [
        ("handler_roads", "submit_reply", REPLY, "not_your_unit"),
        ("handler_housing", "sign", {}, "not_in_this_state"),
        ("handler_housing", "submit_reply", {**REPLY, "contact": "unreachable"}, "invalid_input"),
        ("leader_housing", "approve_unit_reply", {}, "not_in_this_state"),
        ("handler_housing", "recall", {}, "not_your_role"),
        ("handler_housing", "accept_return", {}, "not_your_role"),
    ],
)
def test_a_refused_act_on_a_units_share_changes_nothing(tale, who, action, data, code):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    share = tale.share("HOUSING").id
    assert refused(tale, who, action, data, machine=Machine.ASSIGNMENT, subject_id=share).code == code


@pytest.mark.parametrize(
    ("who", "action", "data", "code"),
    [
        ("callback", "close", {}, "invalid_input"),
        ("callback", "close", POOR_RATING, "not_content"),
        ("callback", "rework", {**RATING, "reason": "再看看"}, "content_needs_no_rework"),
        (SYSTEM, "close", {}, "too_early"),
        (citizen_actor("YJ20261123-99999"), "close", RATING, "not_your_ticket"),
        (SYSTEM, "archive", {}, "not_in_this_state"),
        (SYSTEM, "warn", {"clock": "handle", "level": "yellow"}, "clock_not_running"),
    ],
)
def test_a_refused_act_on_a_ticket_to_call_back_changes_nothing(tale, who, action, data, code):
    tale.to_call_back()
    assert refused(tale, who, action, data).code == code


def test_a_stale_version_is_refused_with_the_present_one_and_the_state(tale):
    tale.to_dispatch()
    refusal = refused(tale, "dispatcher", "dispatch", {"main_unit": "HOUSING"}, version=2)
    assert (refusal.code, dict(refusal.details)) == (
        "stale_version",
        {"version": "3", "state": "to_dispatch"},
    )


def test_a_ticket_or_a_part_that_is_not_there_is_not_found(tale):
    tale.to_dispatch().dispatched()
    other = Tale(tale.session, tale.town).register()
    share = tale.share("HOUSING").id
    for number, subject in (("YJ20261123-99999", share), (other.number, share), (tale.number, None)):
        command = Command(number, "sign", machine=Machine.ASSIGNMENT, subject_id=subject)
        with pytest.raises(Refused) as refusal:
            advance(tale.session, command, tale.town["handler_housing"], tale.now)
        assert refusal.value.code == "not_found"


def test_maker_is_never_checker(tale):
    tale.register().act("agent", "submit")
    both = tale.town["agent"]
    assert refused(tale, "agent", "approve_intake").code == "not_your_role"
    reviewer_too = type(both)(both.kind, both.name, tale.town["reviewer"].roles, both.user_id)
    assert refused(tale, reviewer_too, "approve_intake").code == "own_work"


@pytest.mark.parametrize("phone", ["123", "13800138000ABC", "1380013ABCD", "1-800-FLOWERS", "١٣٨٠٠١٣٨٠٠٠"])
def test_a_bad_number_is_named_on_its_field_and_leaves_no_half_revised_draft(tale, phone):
    tale.register()
    data = {**COMPLAINT, "phone": phone, "content": "另一段话，不该留下", "urgency": "urgent"}
    refusal = refused(tale, "agent", "revise", data)
    assert [(error.field, error.code) for error in refusal.errors] == [("phone", "bad_phone")]


def test_every_bad_contact_is_named_at_once_and_registers_nothing(tale):
    before = digest_of(tale.session)
    data = {**COMPLAINT, "phone": "12", "email": "林晚秋"}
    with pytest.raises(Refused) as refusal:
        register(tale.session, data, tale.town["agent"], MONDAY)
    assert digest_of(tale.session) == before
    assert {(error.field, error.code) for error in refusal.value.errors} == {
        ("phone", "bad_phone"),
        ("email", "bad_email"),
    }


def test_unknown_categories_and_units_are_named_on_their_fields(tale):
    with pytest.raises(Refused) as category:
        tale.register(category="NOTHING")
    assert [(error.field, error.code) for error in category.value.errors] == [
        ("category", "unknown_category")
    ]
    tale.to_dispatch()
    refusal = refused(tale, "dispatcher", "dispatch", {"main_unit": "X", "co_units": ["HOUSING", "Y"]})
    assert [(error.field, error.code) for error in refusal.errors] == [
        ("main_unit", "unknown_unit"),
        ("co_units", "unknown_unit"),
    ]


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-23T09:00"]
)
def test_a_moment_no_calendar_holds_is_named_on_its_field(tale, moment):
    tale.to_dispatch().dispatched()
    data = {"contacted_at": moment, "way": "phone", "result": "约好明天上门"}
    refusal = refused(tale, "handler_housing", "record_contact", data)
    assert refusal.field == "contacted_at"


def test_a_follow_up_that_is_not_due_is_silent(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS").replied("ROADS")
    assert tale.actions()[-1] == "submit_reply"
    assert tale.ticket.state == "in_process"
    assert find_faults(tale.session) == []
