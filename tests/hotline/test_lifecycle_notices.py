"""Who hears of what: by the channel that reaches them, once, never of their own act, never a free text."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.people import User, UserRole
from hotline.models.substitutions import Substitution
from hotline.services.site import current_site
from hotline.services.timers import fire_due
from notifications.models import OutboxMessage
from tests.stories.tale import Tale
from tests.stories.town import POOR_RATING, REPLY, city, found_town
from workflows.definition import citizen_actor

SPOKEN = "身份证在王小明手里，电话 13999999999，住在地下室"


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session))


def citizens_channels(tale: Tale) -> set[str]:
    return {channel for _, recipient, channel in tale.told() if recipient.startswith("citizen:")}


def test_a_citizen_with_a_mobile_number_hears_by_sms_and_not_by_mail_as_well(tale):
    tale.to_dispatch(email="lin@example.org")
    assert citizens_channels(tale) == {"sms"}


@pytest.mark.parametrize("phone", [None, "010-62345678", "95588"])
def test_a_citizen_whose_phone_takes_no_sms_hears_by_mail(tale, phone):
    tale.to_dispatch(phone=phone, email="lin@example.org")
    assert citizens_channels(tale) == {"email"}


def test_a_landline_caller_without_mail_gets_no_message(tale):
    tale.to_call_back(phone="010-62345678").closed()
    assert citizens_channels(tale) == set()


def test_nobody_is_told_about_an_anonymous_ticket_even_if_a_number_was_given(tale):
    tale.to_dispatch(is_anonymous=True).dispatched()
    assert tale.ticket.citizen_id is None
    assert citizens_channels(tale) == set()


def test_nobody_hears_of_their_own_act(tale):
    own = tale.town["second_dispatcher"].user_id
    tale.session.add(UserRole(user_id=own, role="supervisor"))
    tale.session.add(UserRole(user_id=tale.town["callback"].user_id, role="supervisor"))
    tale.to_call_back().act("callback", "rework", {**POOR_RATING, "reason": "没有修好"})
    heard = {recipient for kind, recipient, _ in tale.told("rework") if kind == "supervisor_rework"}
    assert heard == {tale.town.user("supervisor"), f"user:{own}"}


def test_who_stands_in_hears_what_the_one_who_is_away_would_hear_in_the_role_that_is_lent(tale):
    town, now = tale.town, tale.now
    sick, helper = town["supervisor"].user_id, town["second_dispatcher"].user_id
    for principal, roles in ((sick, "supervisor"), (town["callback"].user_id, "callback_agent")):
        span = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=30)}
        who = {"principal_id": principal, "substitute_id": helper, "roles": roles, "made_by_id": principal}
        tale.session.add(Substitution(**who, **span, reason="年休假", made_at=now))
    tale.session.flush()
    tale.to_call_back().act("callback", "rework", {**POOR_RATING, "reason": "没有修好"})
    heard = [row for row in tale.session.scalars(select(OutboxMessage)) if row.kind == "supervisor_rework"]
    assert {(row.recipient, row.because) for row in heard} == {
        (town.user("supervisor"), "supervisor"),
        (f"user:{helper}", "substitute"),
    }
    tale.session.execute(update(Substitution).values(roles="auditor"))
    tale.session.execute(delete(OutboxMessage))
    tale.replied().act("auditor", "approve_reply")
    tale.act("callback", "rework", {**POOR_RATING, "reason": "没有修好"})
    told = select(OutboxMessage.recipient).where(OutboxMessage.kind == "supervisor_rework")
    assert set(tale.session.scalars(told)) == {town.user("supervisor")}


def test_staff_without_an_active_account_hear_nothing(tale):
    tale.session.execute(update(User).where(User.username == "auditor").values(is_active=False))
    tale.to_dispatch().dispatched().replied()
    assert tale.told("finish_handling") == []


def test_the_reviewers_return_reaches_the_agent_who_registered(tale):
    tale.register().act("agent", "submit").act("reviewer", "return_intake", {"reason": SPOKEN})
    assert tale.told("return_intake") == [("intake_returned", tale.town.user("agent"), "mailbox")]


def test_a_refused_unit_reply_reaches_the_handler_who_wrote_it(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    tale.on_share("handler_housing", "submit_reply", "HOUSING", REPLY)
    tale.on_share("leader_housing", "refuse_unit_reply", "HOUSING", {"reason": SPOKEN})
    assert tale.told("refuse_unit_reply") == [
        ("unit_reply_refused", tale.town.user("handler_housing"), "mailbox")
    ]


def test_a_citizen_who_withdraws_gets_the_receipt_for_it(tale):
    tale.to_dispatch()
    tale.act(citizen_actor(tale.number), "withdraw", {"reason": SPOKEN})
    assert [kind for kind, recipient, _ in tale.told("withdraw") if recipient.startswith("citizen")] == [
        "withdrawn"
    ]


def test_no_message_carries_what_anybody_wrote_or_said(tale):
    tale.register(content=SPOKEN, citizen_name=SPOKEN, address=SPOKEN, title=SPOKEN)
    tale.act("agent", "submit").act("reviewer", "return_intake", {"reason": SPOKEN})
    tale.act("agent", "submit").act("reviewer", "approve_intake")
    data = {"main_unit": "HOUSING", "co_units": ["ROADS"], "advice": SPOKEN}
    tale.act("dispatcher", "dispatch", data).ask_return("handler_roads", "ROADS")
    tale.on_request("dispatcher", "refuse", {"reason": SPOKEN}).replied("ROADS").replied(answer=SPOKEN)
    tale.act("auditor", "send_back_reply", {"reasons": ["evasive"], "note": SPOKEN}).replied()
    tale.act("auditor", "approve_reply")
    tale.act("callback", "rework", {**POOR_RATING, "reason": SPOKEN, "comment": SPOKEN})
    told = tale.session.scalars(select(OutboxMessage)).all()
    assert len(told) >= 12
    assert [row.kind for row in told if SPOKEN[:6] in f"{dict(row.facts)}{row.key}"] == []


def test_the_link_leads_citizens_to_their_own_page_and_staff_to_theirs(tale):
    tale.to_call_back()
    links = {row.kind: row.facts.get("link", "") for row in tale.session.scalars(select(OutboxMessage))}
    assert links["replied"] == f"{current_site().base_url}/t/{tale.ticket.link_token}"
    assert links["reply_to_review"] == f"{current_site().base_url}/tickets/{tale.number}"
    assert tale.ticket.link_token not in links["new_ticket"]


def test_a_message_about_a_clock_names_that_clocks_moment(session_factory: sessionmaker[Session]):
    with session_factory.begin() as session:
        tale = Tale(session, found_town(session)).to_dispatch().dispatched()
        share = tale.share("HOUSING")
        sign_due, handle_due = share.sign_due_at, share.due_at
    assert sign_due is not None
    for moment in (sign_due - timedelta(minutes=1), sign_due, city("2026-11-24 18:00")):
        assert fire_due(session_factory, moment) == 1
    with session_factory.begin() as session:
        facts = {
            row.kind: row.facts for row in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        }
    local = current_site().local
    assert facts["sign_overdue"]["sign_due"] == local(sign_due)
    assert facts["sign_overdue_supervisor"]["sign_due"] == local(sign_due)
    assert facts["overdue_supervisor"]["due"] == local(city("2026-11-24 17:30"))
    assert local(handle_due) == "11月30日17:30"


def test_a_unit_hears_once_of_a_ticket_though_it_is_told_by_every_channel_it_has(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS")
    assert tale.told("dispatch") == sorted(
        [
            ("dispatched", f"citizen:{tale.ticket.citizen_id}", "sms"),
            ("new_ticket", tale.town.unit("HOUSING"), "sms"),
            ("new_ticket", tale.town.unit("ROADS"), "sms"),
        ]
    )
    keys = tale.session.scalars(select(OutboxMessage.key)).all()
    assert len(set(keys)) == len(keys)


def test_only_urgent_matters_ring_for_staff_and_never_for_the_citizen(tale):
    tale.to_dispatch(urgency="urgent").dispatched()
    rings = {
        row.recipient.split(":")[0]: row.is_urgent for row in tale.session.scalars(select(OutboxMessage))
    }
    assert rings == {"citizen": False, "unit": True, "user": True}
