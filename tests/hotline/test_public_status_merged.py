"""What does a citizen read whose request was merged with somebody else's, and what do they never read?"""

from datetime import timedelta

import pytest

from hotline.queries.public_status import Stage, StepKind
from tests.hotline.public_story import NOW, SECRET, Story, new_ticket, story, texts, units

__all__ = ["story", "units"]


@pytest.fixture
def master(session, units) -> Story:
    """Somebody else's ticket about the same matter, with everything of theirs in it."""
    others = {"title": "王某的标题", "content": "王某的话", "address": "王某的地址", "accused": "王某告的人"}
    told = Story(session, new_ticket(session, "20261120000007", **others), units)
    told.share("housing", answer="给王某本人的答复", public_answer=None)
    told.promised(NOW + timedelta(days=2))
    told.happened("ticket", "note", "handler", data={"text": "给王某的话", "visibility": "citizen"})
    return told


@pytest.fixture
def follower(story, master) -> Story:
    story.happened("ticket", "merge", "dispatcher", data={"master": master.ticket.number})
    story.become(state="closed", outcome="merged", master_id=master.ticket.id)
    return story


def test_a_follower_reads_the_number_the_unit_and_the_promise_of_its_master(follower):
    status = follower.status(offered={"urge"})
    assert (status.stage, status.is_open, status.may_urge) == (Stage.MERGED, False, True)
    followed = status.followed
    assert (followed.number, followed.stage, followed.unit.label_zh, followed.due_at) == (
        "20261120000007", Stage.IN_HAND, "梧桐区住建局", NOW + timedelta(days=2),
    )  # fmt: skip
    assert followed.is_open
    assert not followed.is_overdue
    assert followed.answer is None


def test_a_follower_reads_the_public_answer_once_it_is_approved_and_no_other(follower, master):
    master.become(public_answer="电梯已恢复运行。")
    assert follower.status().followed.answer is None
    master.happened("ticket", "approve_reply", "auditor")
    master.become(state="to_call_back")
    followed = follower.status(offered={"rate_merged"}).followed
    assert (followed.stage, followed.answer.text) == (Stage.ANSWERED, "电梯已恢复运行。")
    assert "给王某本人的答复" not in texts(follower.status())
    assert follower.status(offered={"rate_merged"}).may_rate_merged


def test_a_follower_reads_nothing_of_the_other_citizen_nor_the_other_of_the_follower(follower, master):
    master.happened("ticket", "take_in", "system", data={"number": follower.ticket.number})
    assert "王某" not in texts(follower.status())
    assert follower.ticket.number not in texts(master.status())


def test_a_ticket_that_left_its_master_is_its_own_again(follower):
    follower.happened("ticket", "unmerge", "supervisor", data={"reason": SECRET})
    follower.become(state="to_dispatch", outcome=None, master_id=None)
    status = follower.status()
    assert (status.stage, status.followed, status.is_open) == (Stage.ASSIGNED, None, True)
    assert [kind for kind, _ in follower.steps] == [StepKind.UNMERGED, StepKind.MERGED]
