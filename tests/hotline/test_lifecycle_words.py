"""Who is told in which words and why: in confidence, for a child, at a landline, once for one act."""

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import UserRole
from hotline.models.ticket import Citizen
from notifications.models import OutboxMessage
from tests.stories.scenes_ending import EXCLUSION
from tests.stories.tale import Tale
from tests.stories.town import COMPLAINT, found_wide_town
from workflows.errors import Refused

NEUTRAL = {"neutral_accepted", "neutral_news", "neutral_replied"}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_wide_town(session))


def citizens_messages(tale: Tale) -> list[OutboxMessage]:
    rows = tale.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [row for row in rows if row.recipient.startswith("citizen:")]


def test_of_a_confidential_matter_nothing_but_its_number_is_said(tale):
    tale.to_call_back(is_confidential=True).closed()
    told = citizens_messages(tale)
    assert {row.kind for row in told} == NEUTRAL
    assert [
        row.facts for row in told if row.facts.get("link") or set(row.facts) & {"unit", "outcome", "due"}
    ] == []


def test_a_minor_without_a_guardian_hears_only_that_something_is_new(tale):
    tale.to_call_back(is_minor=True)
    assert {row.kind for row in citizens_messages(tale)} == NEUTRAL
    assert {row.address for row in citizens_messages(tale)} == {"+8613800138001"}


def test_a_minors_guardian_is_told_in_the_childs_place(tale):
    tale.to_dispatch(is_minor=True, guardian_phone="139 0013 9000", email="kind@example.org").dispatched()
    told = citizens_messages(tale)
    assert {row.kind for row in told} == {"accepted", "dispatched"}
    assert {(row.channel, row.address) for row in told} == {("sms", "+8613900139000")}


def test_a_guardians_number_is_sealed_and_forgotten_with_the_minority(tale):
    tale.register(is_minor=True, guardian_phone="13900139000")
    citizen = tale.session.get_one(Citizen, tale.ticket.citizen_id)
    tale.session.flush()
    stored = tale.session.execute(text("SELECT guardian_phone FROM citizens")).scalar_one()
    assert (citizen.guardian_phone, "13900139000" in stored) == ("+8613900139000", False)
    tale.act("agent", "revise", {**COMPLAINT, "is_minor": False})
    assert tale.session.get_one(Citizen, tale.ticket.citizen_id).guardian_phone is None


def test_a_wrong_number_of_a_guardian_is_named(tale):
    with pytest.raises(Refused) as refused:
        tale.register(is_minor=True, guardian_phone="12")
    assert [(error.field, error.code) for error in refused.value.errors] == [("guardian_phone", "bad_phone")]


def test_every_message_keeps_why_its_reader_gets_it(tale):
    tale.to_dispatch(urgency="urgent").dispatched("HOUSING", "ROADS").replied("ROADS").replied()
    tale.act("auditor", "approve_reply")
    kept = {(row.kind, row.because) for row in tale.session.scalars(select(OutboxMessage))}
    assert {
        ("accepted", "citizen"),
        ("new_ticket", "units"),
        ("co_reply", "main_unit"),
        ("reply_to_review", "auditor"),
    } <= kept
    words = {row.kind: row.facts.get("because") for row in tale.session.scalars(select(OutboxMessage))}
    assert words["co_reply"] == "您是主办单位的联络员"
    assert words["reply_to_review"] == "您是办结审核员"


def test_people_of_two_roles_are_each_told_their_own_reason(tale):
    tale.to_dispatch(urgency="urgent").dispatched().act("supervisor", "escalate", {"level": "4"})
    rows = tale.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "escalated"))
    assert {(row.because, row.facts["because"]) for row in rows} == {
        ("centre_leader", "您是中心领导"),
        ("unit_leader", "您是承办单位的领导"),
    }


def test_a_unit_whose_liaison_has_a_landline_gets_no_sms(tale):
    tale.session.execute(update(Unit).where(Unit.code == "HOUSING").values(liaison_phone="010-62345678"))
    tale.to_dispatch().dispatched("HOUSING", "ROADS")
    told = {
        (recipient, channel) for kind, recipient, channel in tale.told("dispatch") if kind == "new_ticket"
    }
    assert told == {(tale.town.unit("ROADS"), "sms")}


def test_who_decides_is_not_told_of_what_follows_from_it(tale):
    decider = tale.town["centre_leader"].user_id
    tale.session.add(UserRole(user_id=decider, role="supervisor"))
    plan = {"plan": "等待配件到货", "condition": "配件到货", "review_on": "2026-12-15"}
    tale.to_dispatch().dispatched().ask("handler_housing", "ask_suspension", "HOUSING", plan)
    tale.on_request("centre_leader", "approve")
    heard = {recipient for kind, recipient, _ in tale.told() if kind == "suspended_supervisor"}
    assert heard == {tale.town.user("supervisor")}


def test_what_one_act_owes_a_unit_twice_is_one_message(tale):
    tale.to_call_back().closed()
    tale.ask("handler_housing", "ask_exclusion", "HOUSING", EXCLUSION)
    before = len(tale.told())
    tale.on_request("centre_leader", "approve")
    (told,) = [row for row in tale.session.scalars(select(OutboxMessage)) if row.kind == "several"]
    assert len(tale.told()) == before + 1
    assert (told.facts["count"], told.facts["told"]) == ("2", "不合理诉求剔除申请：同意；不计入考核")
