"""What a follower still owes when its master has ended."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.stories.checker import find_faults
from tests.stories.tale import Tale
from tests.stories.town import CONTENT_RATING, POOR_RATING, found_wide_town
from workflows.definition import SYSTEM, citizen_actor
from workflows.errors import Refused


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_wide_town(session))


def test_a_follower_whose_order_is_open_goes_to_the_archive_after_its_master_when_the_order_is_closed(tale):
    master = tale.to_dispatch().dispatched("ROADS").number
    follower = tale.to_dispatch().dispatched().issued("HOUSING").number
    tale.act("dispatcher", "merge", {"master": master})
    tale.number = master
    tale.replied("ROADS").act("auditor", "approve_reply", {"public_answer": "电梯已修复。"}).closed()
    tale.now += timedelta(days=31)
    tale.act(SYSTEM, "archive")
    assert tale.ticket.state == "archived"
    tale.number = follower
    assert tale.ticket.state == "closed"
    tale.on_order("leader_housing", "answer", {"answer": "已随主单办结"})
    tale.on_order("supervisor", "close_order", {"opinion": "同意"})
    assert tale.ticket.state == "archived"


def test_a_master_taken_back_into_work_keeps_its_followers_and_a_follower_may_still_leave(tale):
    master = tale.to_dispatch().dispatched().number
    follower = tale.to_dispatch().act("dispatcher", "merge", {"master": master}).number
    tale.number = master
    tale.replied().act("auditor", "approve_reply", {"public_answer": "电梯已修复。"}).closed()
    tale.act("supervisor", "reopen", {"reason": "虚假办结"})
    tale.number = follower
    tale.act("supervisor", "unmerge", {"reason": "并非同一事项"})
    assert (tale.ticket.state, tale.ticket.master_id) == ("to_dispatch", None)
    assert find_faults(tale.session) == []


def test_a_follower_rates_the_masters_answer_once_whoever_takes_the_rating_down(tale):
    master = tale.to_dispatch().dispatched().number
    follower = tale.to_dispatch().act("dispatcher", "merge", {"master": master}).number
    tale.number = master
    tale.replied().act("auditor", "approve_reply", {"public_answer": "电梯已修复。"})
    tale.number = follower
    tale.act(citizen_actor(follower), "rate_merged", CONTENT_RATING)
    for who in (citizen_actor(follower), "callback"):
        with pytest.raises(Refused, match="rated_already"):
            tale.act(who, "rate_merged", POOR_RATING)


def test_a_follower_rates_again_what_its_master_answers_anew(tale):
    master = tale.to_dispatch().dispatched().number
    follower = tale.to_dispatch().act("dispatcher", "merge", {"master": master}).number
    tale.number = master
    tale.replied().act("auditor", "approve_reply", {"public_answer": "电梯已修复。"})
    tale.number = follower
    tale.act(citizen_actor(follower), "rate_merged", POOR_RATING)
    tale.number = master
    tale.reworked().replied().act("auditor", "approve_reply", {"public_answer": "电梯已更换。"})
    tale.number = follower
    tale.act(citizen_actor(follower), "rate_merged", CONTENT_RATING)


def test_what_a_follower_said_of_its_own_answer_before_the_merging_is_another_matter(tale):
    master = tale.to_call_back().number
    follower = tale.to_call_back().reworked().number
    tale.act("dispatcher", "merge", {"master": master})
    tale.act(citizen_actor(follower), "rate_merged", CONTENT_RATING)
