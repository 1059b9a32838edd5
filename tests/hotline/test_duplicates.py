"""Which tickets are named as the same matter, for which reason, up to which moment, and which never are?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.hashes import phone_hash
from hotline.models.ticket import Ticket
from hotline.queries.duplicates import Candidate, Matter, find_candidates, matter_of
from hotline.queries.said_same import find_said_same
from hotline.services.identity import normal_phone
from tests.stories.tale import Tale
from tests.stories.town import MONDAY, Town, found_town
from workflows.vocabulary import TicketState

PHONE, STRANGER = "13800138001", "13900139000"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# A hundred characters of which no two are the same.
WORDS = "".join(chr(0x4E00 + place) for place in range(100))
ELSEWHERE = {
    "phone": STRANGER,
    "content": "与前一件完全无关的另一段话，说的是别的事情。",
    "category": "POTHOLE",
}


@pytest.fixture
def town(session: Session) -> Town:
    return found_town(session)


@pytest.fixture
def property_id(session: Session, town: Town) -> int:
    return session.query(Category.id).filter_by(code="PROPERTY").scalar()


def registered(session: Session, town: Town, **changes) -> Tale:
    return Tale(session, town, MONDAY).register(**changes)


def submitted(session: Session, town: Town, **changes) -> Tale:
    return registered(session, town, **changes).act("agent", "submit")


def look(session: Session, town: Town, now=MONDAY + MINUTE, **known) -> list[Candidate]:
    return find_candidates(session, town["agent"], Matter(**known), now)


def said(found: list[Candidate]) -> dict[str, str]:
    return {each.row.number: each.reasons for each in found}


def caller(phone: str = PHONE) -> str:
    return phone_hash(normal_phone(phone))


def test_nothing_known_finds_nothing(session, town):
    submitted(session, town)
    assert look(session, town) == []


def test_the_same_caller_and_category_is_named_with_its_age(session, town, property_id):
    tale = submitted(session, town)
    found = look(
        session, town, tale.ticket.created_at + 3 * DAY, phone_hash=caller(), category_id=property_id
    )
    assert said(found) == {tale.number: "同来电人同分类 · 3 天前"}


def test_an_open_ticket_of_the_same_caller_is_named_whatever_it_is_about(session, town):
    tale = submitted(session, town)
    found = look(session, town, tale.ticket.created_at + 40 * DAY, phone_hash=caller())
    assert said(found) == {tale.number: "同来电人在办 · 40 天前"}


def test_somebody_elses_number_finds_nothing(session, town):
    submitted(session, town)
    assert look(session, town, phone_hash=caller(STRANGER)) == []


@pytest.mark.parametrize(("late", "count"), [(timedelta(0), 1), (timedelta(seconds=1), 0)])
def test_a_closed_ticket_of_the_same_caller_counts_for_thirty_days(session, town, property_id, late, count):
    tale = submitted(session, town).act("reviewer", "reject", {"reason": "secret", "path": "无"})
    moment = tale.ticket.created_at + 30 * DAY + late
    assert len(look(session, town, moment, phone_hash=caller(), category_id=property_id)) == count


def test_a_closed_ticket_of_another_category_is_not_named(session, town):
    submitted(session, town).act("reviewer", "reject", {"reason": "secret", "path": "无"})
    other = session.query(Category.id).filter_by(code="POTHOLE").scalar()
    assert look(session, town, phone_hash=caller(), category_id=other) == []


@pytest.mark.parametrize("address", ["文昌路 8 号", "文昌路8号", "梧桐区文昌路８号。"])
def test_the_same_address_however_it_is_written_and_category_is_named(session, town, property_id, address):
    tale = submitted(session, town)
    moment = tale.ticket.created_at + timedelta(hours=2)
    found = look(session, town, moment, category_id=property_id, district="梧桐区", address=address)
    assert said(found) == {tale.number: "同地址同分类 · 2 小时前"}


def test_the_same_street_and_category_is_named(session, town, property_id):
    tale = submitted(session, town, street="文昌街道")
    place = {"district": "梧桐区", "street": "文昌街道", "address": "别处 3 号"}
    moment = tale.ticket.created_at + timedelta(minutes=5)
    assert said(look(session, town, moment, category_id=property_id, **place)) == {
        tale.number: "同街道同分类 · 5 分钟前"
    }


def test_the_same_house_number_in_another_district_is_elsewhere(session, town, property_id):
    submitted(session, town)
    assert look(session, town, category_id=property_id, district="滨江区", address="文昌路 8 号") == []


def test_the_same_district_alone_is_no_reason(session, town, property_id):
    submitted(session, town)
    assert look(session, town, category_id=property_id, district="梧桐区") == []


def test_the_same_place_with_another_category_is_no_reason(session, town):
    submitted(session, town)
    other = session.query(Category.id).filter_by(code="POTHOLE").scalar()
    assert look(session, town, category_id=other, district="梧桐区", address="文昌路 8 号") == []


@pytest.mark.parametrize(("late", "count"), [(timedelta(0), 1), (timedelta(seconds=1), 0)])
def test_the_same_place_counts_for_a_day(session, town, property_id, late, count):
    tale = submitted(session, town)
    moment = tale.ticket.created_at + DAY + late
    found = look(session, town, moment, category_id=property_id, district="梧桐区", address="文昌路 8 号")
    assert len(found) == count


@pytest.mark.parametrize(
    ("changed", "words"), [(0, "内容相似 100%"), (8, "内容相似 92%"), (15, "内容相似 85%"), (16, None)]
)
def test_words_are_alike_from_85_in_a_hundred(session, town, changed, words):
    tale = submitted(session, town, content=WORDS)
    content = WORDS[: 100 - changed] + "".join(chr(0x7000 + place) for place in range(changed))
    found = look(session, town, district="梧桐区", content=content)
    assert said(found) == ({tale.number: words} if words else {})


def test_blanks_marks_and_width_do_not_set_words_apart(session, town):
    tale = submitted(session, town, content="电梯停运 3 天，老人无法下楼。")
    found = look(session, town, district="梧桐区", content="电梯停运３天老人无法下楼！")
    assert said(found) == {tale.number: "内容相似 100%"}


def test_a_few_words_prove_nothing(session, town):
    submitted(session, town, content="电梯坏了。")
    assert look(session, town, district="梧桐区", content="电梯坏了。") == []


def test_words_are_compared_within_the_category_or_the_district_only(session, town, property_id):
    tale = submitted(session, town, content=WORDS)
    assert look(session, town, content=WORDS) == []
    assert look(session, town, content=WORDS, district="滨江区") == []
    assert list(said(look(session, town, content=WORDS, category_id=property_id))) == [tale.number]


@pytest.mark.parametrize(("late", "count"), [(timedelta(0), 1), (timedelta(seconds=1), 0)])
def test_words_count_for_thirty_days(session, town, late, count):
    tale = submitted(session, town, content=WORDS)
    moment = tale.ticket.created_at + 30 * DAY + late
    assert len(look(session, town, moment, content=WORDS, district="梧桐区")) == count


def test_words_of_a_closed_ticket_are_not_compared(session, town):
    submitted(session, town, content=WORDS).act("reviewer", "reject", {"reason": "secret", "path": "无"})
    assert look(session, town, content=WORDS, district="梧桐区") == []


@pytest.mark.parametrize("guarded", [{"is_confidential": True}, {"type": "report", "accused": "安居物业"}])
@pytest.mark.parametrize("who", ["agent", "reviewer", "dispatcher", "supervisor"])
def test_confidential_tickets_and_reports_are_never_found_by_place_or_words(
    session, town, property_id, guarded, who
):
    tale = submitted(session, town, street="文昌街道", **guarded)
    matter = replace(matter_of(session, tale.ticket), phone_hash=caller(STRANGER), besides="")
    assert find_candidates(session, town[who], matter, MONDAY + MINUTE) == []


@pytest.mark.parametrize("guarded", [{"is_confidential": True}, {"type": "report", "accused": "安居物业"}])
def test_their_own_caller_finds_them_and_only_that_is_said(session, town, guarded):
    tale = submitted(session, town, **guarded)
    matter = replace(matter_of(session, tale.ticket), besides="")
    found = find_candidates(session, town["agent"], matter, tale.ticket.created_at)
    assert said(found) == {tale.number: "同来电人同分类 · 刚刚"}


def test_a_draft_is_named_to_its_caller_alone_and_cannot_be_urged(session, town, property_id):
    tale = registered(session, town)
    (found,) = look(session, town, phone_hash=caller())
    assert (found.row.number, found.is_open) == (tale.number, False)
    assert look(session, town, category_id=property_id, district="梧桐区", address="文昌路 8 号") == []


def test_the_ticket_being_written_is_not_its_own_duplicate(session, town):
    tale = submitted(session, town)
    assert find_candidates(session, town["agent"], matter_of(session, tale.ticket), MONDAY + MINUTE) == []


def merged(session: Session, follower: Tale, master: Tale) -> None:
    row = follower.ticket
    row.master_id, row.state, row.outcome = master.ticket.id, str(TicketState.CLOSED), "merged"
    row.closed_at = MONDAY + MINUTE
    session.flush()


def test_a_merged_ticket_shows_the_one_it_went_into(session, town, property_id):
    follower, master = submitted(session, town), submitted(session, town, **ELSEWHERE)
    merged(session, follower, master)
    found = look(session, town, phone_hash=caller(), category_id=property_id)
    assert said(found) == {master.number: "同来电人同分类 · 刚刚"}


def test_a_merged_ticket_shows_the_last_of_a_chain_of_masters(session, town, property_id):
    first, second, third = (submitted(session, town, **each) for each in ({}, ELSEWHERE, ELSEWHERE))
    merged(session, first, second)
    merged(session, second, third)
    found = look(session, town, phone_hash=caller(), category_id=property_id)
    assert list(said(found)) == [third.number]


def test_the_master_being_looked_at_is_not_shown_because_of_its_followers(session, town):
    follower, master = submitted(session, town), submitted(session, town)
    merged(session, follower, master)
    matter = matter_of(session, master.ticket)
    assert find_candidates(session, town["dispatcher"], matter, MONDAY + MINUTE) == []


def test_a_confidential_master_of_somebody_else_stays_unnamed(session, town, property_id):
    follower = submitted(session, town, is_confidential=True)
    master = submitted(session, town, **ELSEWHERE, is_confidential=True)
    merged(session, follower, master)
    found = look(session, town, phone_hash=caller(), category_id=property_id)
    assert list(said(found)) == [follower.number]


def test_open_tickets_stand_first_and_among_them_those_with_most_reasons(session, town, property_id):
    closed = submitted(session, town).act("reviewer", "reject", {"reason": "secret", "path": "无"})
    strong = submitted(session, town)
    weak = submitted(session, town, phone=STRANGER, content=ELSEWHERE["content"])
    known = {
        "phone_hash": caller(),
        "category_id": property_id,
        "district": "梧桐区",
        "address": "文昌路 8 号",
    }
    found = look(session, town, content=strong.ticket.content, **known)
    assert [each.row.number for each in found] == [strong.number, weak.number, closed.number]
    assert len(found[0].whys) == 3


def test_among_equals_the_one_a_unit_already_handles_stands_first(session, town):
    handled = submitted(session, town, phone=STRANGER).act("reviewer", "approve_intake").dispatched()
    waiting = submitted(session, town, phone=STRANGER)
    found = look(session, town, content=waiting.ticket.content, category_id=waiting.ticket.category_id)
    assert [each.row.number for each in found] == [handled.number, waiting.number]


def test_an_age_that_two_reasons_share_is_said_once(session, town):
    tale = submitted(session, town)
    matter = replace(matter_of(session, tale.ticket), besides="")
    found = find_candidates(session, town["agent"], matter, tale.ticket.created_at + timedelta(hours=3))
    assert said(found) == {tale.number: "同来电人同分类，同地址同分类 · 3 小时前，内容相似 100%"}


def test_a_unit_is_shown_only_what_it_may_see_anyway(session, town, property_id):
    tale = submitted(session, town)
    matter = Matter(phone_hash=caller(), category_id=property_id)
    assert find_candidates(session, town["handler_housing"], matter, MONDAY + MINUTE) == []
    assert find_candidates(session, town["dispatcher"], matter, MONDAY + MINUTE)[0].row.number == tale.number


def test_what_the_agent_suggested_stands_first(session, town):
    master, other = submitted(session, town, **ELSEWHERE), submitted(session, town)
    tale = submitted(session, town)
    note = {"text": f"疑似与 {master.number} 重复，建议并案。", "visibility": "internal"}
    tale.act("agent", "note", note)
    found = find_candidates(session, town["dispatcher"], matter_of(session, tale.ticket), MONDAY + MINUTE)
    assert find_said_same(session, tale.ticket).suggested == master.number
    assert [each.row.number for each in found] == [master.number, other.number]
    assert found[0].reasons == "话务员建议并案"


def test_an_anonymous_ticket_without_a_number_finds_by_place(session, town):
    tale = submitted(session, town)
    nameless = submitted(session, town, is_anonymous=True, phone=None, citizen_name=None)
    found = find_candidates(session, town["agent"], matter_of(session, nameless.ticket), MONDAY + MINUTE)
    assert [each.row.number for each in found] == [tale.number]
    assert session.get(Ticket, nameless.ticket.id).citizen_id is None
