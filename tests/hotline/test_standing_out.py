"""Of several open tickets, which one is meant by what a caller says, so that one key may urge it?"""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hotline.models.hashes import phone_hash
from hotline.queries.duplicates import Candidate, Matter, find_candidates, find_standing_out
from hotline.services.identity import normal_phone
from tests.stories.tale import Tale
from tests.stories.town import MONDAY, Town, found_town

PHONE = "13800138001"
LIFT = {"title": "云栖花园电梯停运", "content": "云栖花园 3 栋电梯停运三天，老人上下楼困难。"}
PARKING = {"title": "云栖花园停车收费", "content": "云栖花园地面停车乱收费，保安说是物业定的。"}


@pytest.fixture
def town(session: Session) -> Town:
    return found_town(session)


def submitted(session: Session, town: Town, **changes) -> Tale:
    return Tale(session, town, MONDAY).register(**changes).act("agent", "submit")


def look(session: Session, town: Town, **known) -> list[Candidate]:
    caller = phone_hash(normal_phone(PHONE))
    return find_candidates(session, town["agent"], Matter(caller, **known), MONDAY + timedelta(minutes=1))


def test_of_a_callers_open_tickets_the_one_whose_words_are_said_again_stands_out(session, town):
    lift = submitted(session, town, **LIFT, address="云栖路 1 号")
    submitted(
        session, town, content="公积金提取的材料交了一个月没有回音。", category="POTHOLE", address="江边 2 号"
    )
    found = look(session, town, content="再催一催，云栖花园 3 栋的电梯还是停运。")
    assert found[0].row.number == lift.number
    assert "用词相近" in found[0].reasons
    assert find_standing_out(found) == found[0]


def test_of_a_callers_open_tickets_the_one_at_the_address_named_stands_out(session, town):
    submitted(session, town, address="云栖路 9 号", **PARKING)
    here = submitted(session, town, address="云栖路 1 号", **LIFT)
    found = look(session, town, district="梧桐区", address="云栖路1号")
    assert (found[0].row.number, found[0].reasons) == (here.number, "同地址，同来电人在办 · 刚刚")
    assert find_standing_out(found) == found[0]


def test_among_open_tickets_that_fit_about_as_well_none_stands_out(session, town):
    submitted(session, town, **PARKING, address="云栖路 1 号")
    submitted(session, town, **LIFT, address="云栖路 1 号")
    for words in ("", "云栖花园的停运和收费，都再催一催", "还没有人来管吗，都多久了"):
        assert find_standing_out(look(session, town, content=words)) is None


def test_the_only_open_ticket_stands_out_whatever_is_over(session, town):
    submitted(session, town).act("reviewer", "reject", {"reason": "secret", "path": "无"})
    only = submitted(session, town)
    found = look(session, town, category_id=only.ticket.category_id)
    assert len(found) == 2
    assert find_standing_out(found).row.number == only.number
    assert find_standing_out([]) is None


def test_a_neighbours_ticket_at_the_very_address_in_like_words_stands_out_from_others_of_the_street(
    session, town
):
    code = {"category": "PROPERTY", "street": "栖凤街道"}
    lift = submitted(session, town, **LIFT, **code, address="云栖路 1 号", phone="13900139001")
    submitted(session, town, **PARKING, **code, address="云栖路 9 号", phone="13900139002")
    known = {"category_id": lift.ticket.category_id, "district": "梧桐区", "street": "栖凤街道"}
    found = look(session, town, **known, address="云栖路1号", content="云栖花园 3 栋的电梯还是停运。")
    assert find_standing_out(found).row.number == lift.number
