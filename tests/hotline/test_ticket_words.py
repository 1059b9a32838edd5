"""By which words are tickets found, by whom, and by which are they not?"""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.models.hashes import phone_hash
from hotline.models.search import TicketWords
from hotline.models.ticket import Ticket
from hotline.queries.ticket_words import says
from hotline.queries.worklists import Filters, count, count_up_to, list_page
from hotline.services.ticket_index import index_after
from tests.stories.tale import Tale
from tests.stories.town import COMPLAINT, MONDAY, Town, found_town
from workflows.definition import SYSTEM, Actor


@pytest.fixture
def town(session: Session) -> Town:
    return found_town(session)


def found(session: Session, words: str, viewer: Actor = SYSTEM) -> set[str]:
    numbers = {row.number for row in list_page(session, viewer, Filters(words=words), MONDAY).rows}
    assert count(session, viewer, Filters(words=words), MONDAY) == len(numbers)
    return numbers


def test_a_ticket_is_found_by_its_texts_its_place_and_its_number(session, town):
    lift = Tale(session, town).register(title="老人下楼难").number
    road = (
        Tale(session, town)
        .register(content="𠮷祥路人行道破损，LED 路灯不亮。", address="滨江大道 3 号")
        .number
    )
    by_words = {
        **{words: {lift} for words in ("电梯停运", "下楼难", "文昌路", "梯")},
        **{words: {road} for words in ("路灯", "𠮷祥", "滨江大道", "ｌｅｄ", "灯 破损 滨江")},
        **{words: set() for words in ("灯路", "电梯 路灯", "不存在")},
        "路": {lift, road},
        road: {road},
        road.partition("-")[2]: {road},
    }
    assert {words: found(session, words) for words in by_words} == by_words


def test_what_is_said_later_is_found_from_then_on(session, town):
    tale = Tale(session, town).register(title="物业问题")
    tale.act("agent", "revise", {**COMPLAINT, "content": "小区水泵噪声扰民。"})
    tale.act("agent", "submit").act("reviewer", "approve_intake")
    assert (found(session, "停运"), found(session, "水泵噪声")) == (set(), {tale.number})
    tale.dispatched("HOUSING").act("agent", "add_details", {"text": "夜里十点以后更响"})
    assert found(session, "夜里 更响") == {tale.number}


def test_nobody_finds_a_ticket_by_what_only_some_may_read_of_it(session, town):
    tale = Tale(session, town).to_dispatch().dispatched("HOUSING")
    tale.act("supervisor", "note", {"text": "疑似重点关注人员", "visibility": "internal"})
    tale.replied(answer="已更换曳引机并通过检验，今天上午恢复运行，物业已向业主致歉。")
    assert found(session, "重点关注") == found(session, "曳引机") == set()


def test_units_find_their_own_and_are_not_told_how_many_others_there_are(session, town):
    tale = Tale(session, town).to_dispatch().dispatched("HOUSING")
    assert found(session, "电梯", town["handler_housing"]) == {tale.number}
    assert found(session, "电梯", town["handler_water"]) == set()
    assert count_up_to(session, town["handler_water"], Filters(words="电梯"), MONDAY, 9) == 0


def test_a_unit_cannot_try_out_whose_number_a_confidential_ticket_came_from(session, town):
    tale = Tale(session, town).to_dispatch(is_confidential=True).dispatched("HOUSING")
    filters = Filters(phone_hash=phone_hash("+8613800138001"))
    assert count(session, town["agent"], filters, MONDAY) == 1
    assert count(session, town["handler_housing"], filters, MONDAY) == 0
    assert found(session, "电梯", town["handler_housing"]) == {tale.number}


def test_a_count_goes_no_further_than_is_asked(session, town):
    for _ in range(4):
        Tale(session, town).register()
    assert [count_up_to(session, SYSTEM, Filters(words="电梯"), MONDAY, most) for most in (2, 9)] == [3, 4]


def test_common_words_find_the_same_as_rare_ones(session, town):
    numbers = {Tale(session, town).register().number for _ in range(3)}
    Tale(session, town).register(content="路灯不亮。", address="滨江大道")
    for frequent_from in (2, 1000):
        wanted = select(Ticket.number).where(says(session, "电梯", frequent_from))
        assert set(session.scalars(wanted)) == numbers


def test_the_index_can_be_written_anew(session, town):
    numbers = {Tale(session, town).register().number for _ in range(3)}
    session.execute(delete(TicketWords))
    assert found(session, "电梯") == set()
    last: int | None = 0
    while last is not None:
        last = index_after(session, last, 2)
    assert found(session, "电梯") == numbers
