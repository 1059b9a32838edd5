"""Several units, several rounds, and the ways a ticket ends before its time."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Rating
from tests.stories.checker import find_faults
from tests.stories.tale import Tale
from tests.stories.town import POOR_RATING, REPLY, city, found_town
from workflows.definition import SYSTEM
from workflows.errors import Refused

REASONS = {"reasons": ["missed_points"], "note": "没有说明何时恢复"}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session))


def test_handling_is_finished_when_the_main_unit_and_every_co_handler_have_answered(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS", "WATER").replied("ROADS").replied()
    assert tale.ticket.state == "in_process"
    tale.replied("WATER")
    assert tale.ticket.state == "reply_review"
    assert find_faults(tale.session) == []


def test_a_co_handlers_answer_goes_to_the_main_unit_and_leaves_the_contact_promise_running(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS").replied("ROADS")
    assert tale.told("submit_reply") == [("co_reply", tale.town.unit("HOUSING"), "sms")]
    assert tale.clocks()["contact"] == "running"


def test_a_unit_without_its_own_review_answers_at_once(tale):
    tale.to_dispatch().dispatched("STREET").replied("STREET")
    assert tale.actions()[-2:] == ["submit_reply", "finish_handling"]


def test_a_parent_units_handler_may_act_for_a_unit_below_it_and_not_the_other_way_round(tale):
    tale.to_dispatch().dispatched("STREET", "HOUSING").on_share("handler_housing", "sign", "STREET")
    with pytest.raises(Refused) as refusal:
        tale.on_share("handler_street", "sign", "HOUSING")
    assert refusal.value.code == "not_your_unit"


def test_a_reply_sent_back_is_handled_again_under_the_rework_limit_in_the_same_round(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS").replied("ROADS").replied()
    tale.act("auditor", "send_back_reply", REASONS)
    assert (tale.ticket.state, tale.ticket.round, tale.ticket.send_back_count) == ("in_process", 1, 1)
    assert (tale.share("HOUSING").state, tale.share("ROADS").state) == ("handling", "replied")
    assert tale.ticket.due_at == tale.share("HOUSING").due_at == city("2026-11-26 17:30")
    assert find_faults(tale.session) == []
    assert tale.replied().ticket.state == "reply_review"


def test_a_rework_opens_a_new_round_with_a_new_share_for_the_main_unit_alone(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS").replied("ROADS").replied()
    tale.act("auditor", "approve_reply").reworked()
    assert (tale.ticket.state, tale.ticket.round, tale.ticket.call_attempts) == ("in_process", 2, 0)
    assert (tale.share("HOUSING").state, tale.share("ROADS").round) == ("to_sign", 1)
    rework = tale.session.scalars(select(Clock).where(Clock.name == "handle", Clock.round == 2)).one()
    assert (rework.is_rework, rework.due_at) == (True, city("2026-11-26 17:30"))
    assert find_faults(tale.session) == []


def test_each_rounds_rating_is_kept(tale):
    tale.to_call_back().reworked().replied().act("auditor", "approve_reply").closed()
    ratings = tale.session.scalars(select(Rating).order_by(Rating.id)).all()
    assert [(rating.round, rating.solved) for rating in ratings] == [(1, "no"), (2, "yes")]
    assert find_faults(tale.session) == []


def test_three_rounds_end_like_one(tale):
    tale.to_call_back()
    for _ in range(2):
        tale.reworked().replied().act("auditor", "approve_reply")
    assert (tale.closed().ticket.state, tale.ticket.round) == ("closed", 3)
    assert find_faults(tale.session) == []


def test_a_withdrawn_ticket_recalls_every_share_cancels_open_wishes_and_stops_every_clock(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS").on_share("handler_housing", "sign", "HOUSING")
    tale.ask_return("handler_roads", "ROADS")
    tale.act("agent", "withdraw", {"reason": "诉求人来电撤回", "is_identity_checked": True})
    assert (tale.ticket.state, tale.ticket.outcome) == ("closed", "withdrawn")
    assert tale.actions()[-4:] == ["withdraw", "recall", "recall", "cancel"]
    assert {name for name, fate in tale.clocks().items() if fate == "running"} == {"archive"}
    assert tale.told("withdraw", "recall", "cancel") == sorted(
        [
            ("ticket_withdrawn", tale.town.unit("HOUSING"), "sms"),
            ("ticket_withdrawn", tale.town.unit("ROADS"), "sms"),
            ("withdrawn", f"citizen:{tale.ticket.citizen_id}", "sms"),
        ]
    )
    assert find_faults(tale.session) == []


def test_nobody_works_on_a_ticket_that_was_rejected_after_its_main_unit_gave_it_back(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS").ask_return("handler_roads", "ROADS")
    tale.ask_return("handler_housing", "HOUSING").on_request("dispatcher", "approve")
    tale.act("reviewer", "reject", {"reason": "statutory_path", "path": "向人民法院起诉"})
    assert (tale.ticket.outcome, tale.share("ROADS").state) == ("rejected", "recalled")
    assert find_faults(tale.session) == []


def missed(tale, when: str, **data) -> str:
    """The ticket's state after a call that failed at that moment of the city."""
    tale.now = city(when)
    return tale.act("callback", "record_call_attempt", {"result": "no_answer", **data}).ticket.state


def test_the_system_closes_when_the_third_call_fails_on_another_day_and_in_another_part_of_it(tale):
    tale.to_call_back()
    assert missed(tale, "2026-11-24 09:30") == "to_call_back"
    assert missed(tale, "2026-11-25 15:00") == "to_call_back"
    assert missed(tale, "2026-11-26 18:30") == "closed"
    assert (tale.ticket.state, tale.ticket.outcome) == ("closed", "unreachable")
    assert tale.events()[-1].role == "system"
    assert find_faults(tale.session) == []


@pytest.mark.parametrize(
    "calls",
    [
        ("2026-11-24 09:30", "2026-11-24 09:31", "2026-11-24 09:32"),
        ("2026-11-24 09:30", "2026-11-24 15:00", "2026-11-24 18:30"),
        ("2026-11-24 09:30", "2026-11-25 09:30", "2026-11-26 11:30"),
        ("2026-11-24 09:30", "2026-11-25 15:00", "2026-11-26 10:00"),
    ],
)
def test_calls_on_one_day_or_in_one_part_of_the_day_do_not_make_a_citizen_unreachable(tale, calls):
    tale.to_call_back()
    assert {missed(tale, when) for when in calls} == {"to_call_back"}
    assert tale.ticket.call_attempts == len(calls)
    assert find_faults(tale.session) == []


def test_a_call_that_does_not_count_leaves_room_for_the_one_that_is_missing(tale):
    tale.to_call_back()
    for when in ("2026-11-24 09:30", "2026-11-25 15:00", "2026-11-26 10:00"):
        assert missed(tale, when) == "to_call_back"
    assert missed(tale, "2026-11-27 18:30") == "closed"


def test_a_call_counts_for_the_moment_it_was_made_not_for_when_it_was_written_down(tale):
    tale.to_call_back()
    missed(tale, "2026-11-26 19:00", attempted_at="2026-11-24T09:30:00+08:00")
    missed(tale, "2026-11-26 19:05", attempted_at="2026-11-25T15:00:00+08:00")
    assert missed(tale, "2026-11-26 19:10") == "closed"


def test_the_calls_of_an_earlier_round_do_not_count(tale):
    tale.to_call_back()
    missed(tale, "2026-11-23 10:00")
    missed(tale, "2026-11-24 15:00")
    tale.reworked().replied().act("auditor", "approve_reply")
    assert missed(tale, "2026-11-25 18:30") == "to_call_back"


def test_the_archive_is_refused_while_the_window_is_open(tale):
    tale.to_call_back().closed()
    with pytest.raises(Refused) as refusal:
        tale.act(SYSTEM, "archive")
    assert refusal.value.code == "window_open"


def test_a_reply_with_empty_phrases_passes_only_when_confirmed(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    weak = {**REPLY, "answer": "情况已知悉，按规定办理。"}
    with pytest.raises(Refused) as refusal:
        tale.on_share("handler_housing", "submit_reply", "HOUSING", weak)
    assert refusal.value.code == "reply_needs_a_second_look"
    tale.on_share("handler_housing", "submit_reply", "HOUSING", {**weak, "is_confirmed": True})
    assert tale.share("HOUSING").state == "unit_review"


def test_an_unhappy_citizen_closes_nothing(tale):
    tale.to_call_back()
    with pytest.raises(Refused) as refusal:
        tale.act("callback", "close", POOR_RATING)
    assert refusal.value.code == "not_content"


def test_a_ticket_withdrawn_while_it_waits_for_its_citizen_no_longer_says_where_it_came_from(tale):
    asked = {"missing": "请补充楼栋和电梯编号", "answer_by": "2026-11-25"}
    tale.to_dispatch().act("dispatcher", "ask_supplement", asked)
    assert tale.ticket.came_from == "to_dispatch"
    tale.act("agent", "withdraw", {"reason": "已自行解决", "is_identity_checked": True})
    assert tale.ticket.came_from is None
    assert find_faults(tale.session) == []
