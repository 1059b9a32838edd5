"""What units, auditors, callers-back and the system may do to a ticket, and what not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workflows.asking import (
    GOOD_REPLY,
    HOUSING,
    NOW,
    ROADS,
    TICKETS,
    ask_return,
    decide,
    decide_share,
    share,
    staff,
    ticket,
)
from workflows.definition import SYSTEM, Actor, ActorKind, Ask, citizen_actor
from workflows.errors import Code, FieldCode, Refused
from workflows.facts import RequestFacts, UnitFacts
from workflows.vocabulary import Role


def test_the_accused_unit_can_never_be_given_the_ticket() -> None:
    units = {HOUSING: UnitFacts(HOUSING, "住建局", is_accused=True)}
    with pytest.raises(Refused) as refused:
        decide(ticket("to_dispatch", units=units), "dispatch", staff(Role.DISPATCHER), main_unit=HOUSING)
    assert (refused.value.code, refused.value.field) == (Code.UNIT_ACCUSED, "main_unit")


def test_a_unit_that_ended_can_not_be_given_a_ticket() -> None:
    units = {HOUSING: UnitFacts(HOUSING, "住建局", is_active=False)}
    with pytest.raises(Refused) as refused:
        decide(ticket("to_dispatch", units=units), "dispatch", staff(Role.DISPATCHER), main_unit=HOUSING)
    assert refused.value.code == Code.UNIT_INACTIVE


def test_one_unit_is_not_main_and_co_handler_at_once() -> None:
    with pytest.raises(Refused) as refused:
        decide(
            ticket("to_dispatch"), "dispatch", staff(Role.DISPATCHER), main_unit=HOUSING, co_units=[HOUSING]
        )
    assert refused.value.code == Code.UNIT_HAS_IT_ALREADY


def test_a_choice_against_the_catalogue_needs_its_reason() -> None:
    facts = ticket("to_dispatch", suggested_unit_ids=(ROADS,))
    with pytest.raises(Refused) as refused:
        decide(facts, "dispatch", staff(Role.DISPATCHER), main_unit=HOUSING)
    assert refused.value.field == "choice_reason"
    with_reason = decide(
        facts, "dispatch", staff(Role.DISPATCHER), main_unit=HOUSING, choice_reason="会议已明确"
    )
    assert with_reason.to_state == "in_process"


@pytest.mark.parametrize(("minutes", "is_refused"), [(-60, True), (-2, True), (0, False), (5, False)])
def test_nobody_was_called_about_a_ticket_before_it_was_taken_down(minutes: int, is_refused: bool) -> None:  # noqa: FBT001 - a case of a table
    begun = NOW - timedelta(hours=1)
    facts = ticket("in_process", created_at=begun, assignments=(share(),))
    called = {"contacted_at": begun + timedelta(minutes=minutes), "way": "phone", "result": "已说明安排"}
    handler = staff(Role.HANDLER, unit_id=HOUSING)
    if not is_refused:
        assert decide(facts, "record_contact", handler, **called).to_state == "in_process"
        return
    with pytest.raises(Refused) as refused:
        decide(facts, "record_contact", handler, **called)
    assert [(each.field, each.code) for each in refused.value.errors] == [
        ("contacted_at", FieldCode.BEFORE_INTAKE)
    ]


def test_nobody_acts_for_a_unit_that_is_not_theirs() -> None:
    facts = ticket("in_process", assignments=(share("to_sign"),), subject_assignment=share("to_sign"))
    with pytest.raises(Refused) as refused:
        decide_share(facts, "sign", staff(Role.HANDLER, unit_id=ROADS))
    assert refused.value.code == Code.NOT_YOUR_UNIT


def test_a_main_reply_goes_to_the_unit_leader_and_a_co_reply_straight_back() -> None:
    handler = staff(Role.HANDLER, unit_id=HOUSING)
    main = ticket("in_process", subject_assignment=share())
    co = ticket("in_process", subject_assignment=share(is_main=False))
    assert decide_share(main, "submit_reply", handler, **GOOD_REPLY).to_state == "unit_review"
    assert decide_share(co, "submit_reply", handler, **GOOD_REPLY).to_state == "replied"


def test_a_unit_without_a_review_step_answers_at_once() -> None:
    facts = ticket("in_process", subject_assignment=share(has_reply_review=False))
    decision = decide_share(facts, "submit_reply", staff(Role.HANDLER, unit_id=HOUSING), **GOOD_REPLY)
    assert decision.to_state == "replied"


def test_an_empty_word_is_shown_once_and_may_be_confirmed() -> None:
    facts = ticket("in_process", subject_assignment=share(), empty_words=("已阅",))
    reply = {**GOOD_REPLY, "answer": "您反映的问题我局已阅，将按规定办理，请耐心等待。"}
    handler = staff(Role.HANDLER, unit_id=HOUSING)
    with pytest.raises(Refused) as refused:
        decide_share(facts, "submit_reply", handler, **reply)
    assert refused.value.code == Code.REPLY_NEEDS_A_SECOND_LOOK
    assert "已阅" in refused.value.details["spots"]
    assert decide_share(facts, "submit_reply", handler, **reply, is_confirmed=True).to_state == "unit_review"


def test_a_forbidden_word_is_not_said_even_when_confirmed() -> None:
    said = (("answer", "刁民"), ("answer", "管不着"), ("public_answer", "刁民"))
    facts = ticket("in_process", subject_assignment=share(), forbidden_words=said)
    with pytest.raises(Refused) as refused:
        decide_share(
            facts, "submit_reply", staff(Role.HANDLER, unit_id=HOUSING), **GOOD_REPLY, is_confirmed=True
        )
    assert [(error.field, error.limit) for error in refused.value.errors] == [
        ("answer", "刁民」「管不着"),
        ("public_answer", "刁民"),
    ]


def test_a_reply_without_contact_says_why() -> None:
    facts = ticket("in_process", subject_assignment=share())
    reply = {**GOOD_REPLY, "contact": "unreachable"}
    with pytest.raises(Refused) as refused:
        decide_share(facts, "submit_reply", staff(Role.HANDLER, unit_id=HOUSING), **reply)
    assert refused.value.field == "no_contact_reason"


def test_whoever_wrote_the_reply_does_not_approve_it() -> None:
    facts = ticket("in_process", subject_assignment=share("unit_review", handled_by_ids=frozenset({30})))
    with pytest.raises(Refused) as refused:
        decide_share(facts, "approve_unit_reply", staff(Role.UNIT_LEADER, user_id=30, unit_id=HOUSING))
    assert refused.value.code == Code.OWN_WORK


def test_handling_is_not_finished_while_a_co_handler_works() -> None:
    main, co = share("replied"), share("handling", id=6, unit_id=ROADS, is_main=False)
    with pytest.raises(Refused) as refused:
        decide(ticket("in_process", assignments=(main, co)), "finish_handling", SYSTEM)
    assert refused.value.code == Code.CO_HANDLERS_OPEN
    co = replace(co, state="replied")
    assert (
        decide(ticket("in_process", assignments=(main, co)), "finish_handling", SYSTEM).to_state
        == "reply_review"
    )


def test_a_published_answer_shows_no_phone_number() -> None:
    facts = ticket("reply_review", assignments=(share("replied"),))
    with pytest.raises(Refused) as refused:
        decide(
            facts,
            "approve_reply",
            staff(Role.AUDITOR),
            is_public=True,
            public_answer="请拨打 13800138000 联系",
        )
    assert refused.value.code == Code.PUBLIC_ANSWER_LEAKS


def test_a_citizen_who_wants_no_call_is_closed_without_one() -> None:
    facts = ticket("reply_review", callback_wanted=False)
    assert (
        decide(facts, "close_without_callback", staff(Role.AUDITOR), outcome="resolved").to_state == "closed"
    )
    with pytest.raises(Refused) as refused:
        decide(ticket("reply_review"), "close_without_callback", staff(Role.AUDITOR), outcome="resolved")
    assert refused.value.code == Code.CALLBACK_WANTED


def test_a_dissatisfied_citizen_is_not_closed_but_reworked() -> None:
    facts = ticket("to_call_back", assignments=(share("replied", result="resolved"),))
    rating = {"solved": "no", "satisfaction": "dissatisfied"}
    with pytest.raises(Refused) as refused:
        decide(facts, "close", staff(Role.CALLBACK_AGENT), **rating)
    assert refused.value.code == Code.NOT_CONTENT
    assert (
        decide(facts, "rework", staff(Role.CALLBACK_AGENT), **rating, reason="没有修").to_state
        == "in_process"
    )


def test_what_could_only_be_explained_may_be_closed_though_the_citizen_is_not_content() -> None:
    facts = ticket("to_call_back", assignments=(share("replied", result="explained"),))
    rating = {"solved": "no", "satisfaction": "dissatisfied", "is_explained": True}
    assert decide(facts, "close", staff(Role.CALLBACK_AGENT), **rating).to_state == "closed"
    with pytest.raises(Refused):
        decide(facts, "close", citizen_actor(facts.number), **rating)


def test_a_citizen_rates_only_their_own_ticket() -> None:
    rating = {"solved": "yes", "satisfaction": "satisfied"}
    with pytest.raises(Refused) as refused:
        decide(ticket("to_call_back"), "close", citizen_actor("YJ20261123-99999"), **rating)
    assert refused.value.code == Code.NOT_YOUR_TICKET


def test_the_system_closes_only_when_the_citizen_could_not_be_reached() -> None:
    waiting = ticket("to_call_back", callback_due_at=NOW + timedelta(days=1))
    with pytest.raises(Refused) as refused:
        decide(waiting, "close", SYSTEM)
    assert refused.value.code == Code.TOO_EARLY
    assert decide(replace(waiting, callback_due_at=NOW), "close", SYSTEM).to_state == "closed"
    assert decide(replace(waiting, failed_calls=3), "close", SYSTEM).to_state == "closed"
    assert decide(replace(waiting, is_number_wrong=True), "close", SYSTEM).to_state == "closed"


def test_a_report_is_not_withdrawn_whoever_asks() -> None:
    facts = ticket("in_process", type="report")
    with pytest.raises(Refused) as refused:
        decide(facts, "withdraw", citizen_actor(facts.number), reason="算了")
    assert refused.value.code == Code.SAFETY_REPORT


def test_an_agent_withdraws_only_after_checking_who_calls() -> None:
    with pytest.raises(Refused) as refused:
        decide(ticket("in_process"), "withdraw", staff(Role.AGENT), reason="已自行解决")
    assert refused.value.field == "is_identity_checked"


def test_a_unit_gives_back_within_its_window_and_not_after_a_refusal() -> None:
    handler = staff(Role.HANDLER, unit_id=HOUSING)
    fresh = share("to_sign", return_until=NOW)
    assert ask_return(ticket("in_process", subject_assignment=fresh), handler).to_state == "requested"
    late = share("to_sign", return_until=NOW - timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        ask_return(ticket("in_process", subject_assignment=late), handler)
    assert refused.value.code == Code.RETURN_WINDOW_OVER
    with pytest.raises(Refused) as refused:
        ask_return(ticket("in_process", subject_assignment=fresh, forbid_return=True), handler)
    assert refused.value.code == Code.RETURN_FORBIDDEN


def test_one_share_has_one_open_return_at_a_time() -> None:
    fresh = share("to_sign", return_until=NOW)
    waiting = (RequestFacts(1, "return", "requested", 30, fresh.id),)
    with pytest.raises(Refused) as refused:
        ask_return(
            ticket("in_process", subject_assignment=fresh, requests=waiting),
            staff(Role.HANDLER, unit_id=HOUSING),
        )
    assert refused.value.code == Code.OPEN_REQUEST


def test_a_ticket_is_archived_only_after_its_window() -> None:
    open_window = ticket("closed", archive_due_at=NOW + timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        decide(open_window, "archive", SYSTEM)
    assert refused.value.code == Code.WINDOW_OPEN
    assert decide(replace(open_window, archive_due_at=NOW), "archive", SYSTEM).to_state == "archived"


def test_an_archived_ticket_takes_no_more_action_that_changes_its_record() -> None:
    everybody = Actor(ActorKind.USER, "所有角色", frozenset(Role), 99, HOUSING, frozenset({HOUSING}))
    facts = ticket("archived", assignments=(share("replied"),))
    left = TICKETS.available(facts, "archived", Ask("", everybody, {}, NOW))
    # Figures may still be judged, and what is kept of a person must be right for as long as it is kept.
    assert [offer.action for offer in left] == ["exclude", "correct"]
