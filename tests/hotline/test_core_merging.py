"""What a follower still owes when its master has ended."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.stories.checker import find_faults
from tests.stories.tale import Tale
from tests.stories.town import found_wide_town
from workflows.definition import SYSTEM


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
