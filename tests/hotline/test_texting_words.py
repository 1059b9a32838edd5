"""What an SMS does to a ticket that is there: it rates the answer, adds to it, says which one is meant."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Rating
from hotline.services.texting.texter import Outcome
from notifications.models import OutboxMessage
from tests.hotline.phones import MISSING, STRANGER, Phone, answered, invited, last_event, mine, tickets
from tests.stories.tale import Tale
from tests.stories.town import found_town

ANSWER = {"answer": "图书馆周一闭馆。", "source": "知识库：图书馆"}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session))


@pytest.fixture
def phone(tale: Tale) -> Phone:
    return Phone(tale)


# --- rating ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "state"), [("1", "closed"), (" ２ 。", "closed"), ("不满意", "in_process")]
)
def test_a_rating_acts_on_the_ticket_and_stands_in_its_trail(tale, phone, words, state):
    number = answered(tale)
    assert phone.send(words) is Outcome.DONE
    assert tale.ticket.state == state
    event = last_event(tale, number)
    assert (event.action, event.role) == ({"closed": "close"}.get(state, "rework"), "citizen")
    assert tale.session.scalars(select(Rating)).one().rated_by == "citizen"
    # What became of it is told by the workflow's own message.
    assert phone.kinds() == []


def test_a_rating_sent_twice_rates_once_and_the_second_is_told_that_it_is_over(tale, phone):
    answered(tale)
    assert [phone.send("1"), phone.send("1")] == [Outcome.DONE, Outcome.REFUSED]
    assert len(tale.session.scalars(select(Rating)).all()) == 1
    assert phone.kinds() == ["answer_not_rated"]


def test_a_provider_that_hands_an_sms_over_twice_changes_nothing(tale, phone):
    answered(tale)
    assert [phone.send("3", reference="SM-A"), phone.send("3", reference="SM-A")] == [Outcome.DONE, None]
    assert tale.ticket.round == 2


def test_a_rating_goes_to_the_last_answer_unless_it_names_another(tale, phone):
    first = answered(tale)
    second = answered(tale)
    phone.send(f"{first.rpartition('-')[2]} 3")
    phone.send("满意")
    states = {ticket.number: ticket.state for ticket in tickets(tale)}
    assert states == {first: "in_process", second: "closed"}


def test_nobody_rates_the_ticket_of_somebody_else(tale):
    number = answered(tale)
    stranger = Phone(tale, STRANGER)
    assert stranger.send(f"{number} 3") is Outcome.REFUSED
    assert stranger.send("3") is Outcome.REFUSED
    assert tale.ticket.state == "to_call_back"
    assert set(stranger.kinds()) == {"answer_not_rated"}


def test_a_direct_answer_is_rated_once_and_a_poor_rating_reaches_the_supervisor(tale, phone):
    mine(tale, type="consultation").act("agent", "answer_directly", ANSWER)
    invited(tale)
    assert [phone.send("3"), phone.send("1")] == [Outcome.DONE, Outcome.REFUSED]
    assert phone.kinds() == ["answer_rated", "answer_not_rated"]
    assert [kind for kind, _, _ in tale.told("rate_answer")] == ["answer_dissatisfied"]


def test_the_citizen_of_a_merged_ticket_rates_by_sms_too(tale, phone):
    first = tale.to_dispatch(phone=STRANGER).number
    mine(tale).act("agent", "submit").act("reviewer", "approve_intake")
    follower = tale.number
    tale.act("dispatcher", "merge", {"master": first, "reason": "同一电梯"})
    tale.number = first
    tale.dispatched().replied(public_answer="已经修好，可以乘坐。")
    tale.act("auditor", "approve_reply", {"public_answer": "已经修好，可以乘坐。"})
    invited(tale)
    assert phone.send("满意") is Outcome.DONE
    assert (last_event(tale, follower).action, phone.kinds()) == ("rate_merged", ["answer_rated"])


# --- words for a ticket ---------------------------------------------------------------------------------------


def test_what_was_asked_for_sets_the_ticket_going_again(tale, phone):
    mine(tale).act("agent", "submit").act("reviewer", "ask_supplement", MISSING)
    assert phone.send("三号楼二单元") is Outcome.DONE
    assert tale.ticket.state == "intake_review"
    assert last_event(tale, tale.number).data["text"] == "三号楼二单元"
    assert phone.kinds() == ["answer_added"]


def test_words_nobody_asked_for_are_added_and_the_unit_is_told(tale, phone):
    mine(tale).act("agent", "submit").act("reviewer", "approve_intake").dispatched()
    assert phone.send("师傅说周五才来") is Outcome.DONE
    assert tale.ticket.state == "in_process"
    assert last_event(tale, tale.number).action == "add_details"
    assert [kind for kind, _, _ in tale.told("add_details")] == ["details_added"]
    assert "周五" not in str([dict(row.facts) for row in tale.session.scalars(select(OutboxMessage))])


def test_with_several_open_tickets_one_question_is_asked_and_no_word_is_lost(tale, phone):
    first = mine(tale).act("agent", "submit").number
    second = mine(tale).act("agent", "submit").number
    assert phone.send("就在三单元门口") is Outcome.ASKED
    asked = phone.answers()[-1]
    assert (asked.kind, asked.facts["count"]) == ("answer_which", "2")
    assert asked.facts["tails"] == "、".join(number.rpartition("-")[2] for number in (second, first))
    assert phone.send(first.rpartition("-")[2]) is Outcome.DONE
    event = last_event(tale, first)
    assert (event.action, event.data["text"]) == ("add_details", "就在三单元门口")
    # Placed once: the same ending again has nothing to place.
    assert phone.send(first.rpartition("-")[2]) is Outcome.HELPED


def test_with_several_open_tickets_the_one_that_waits_for_its_citizen_is_meant(tale, phone):
    waiting = mine(tale).act("agent", "submit").act("reviewer", "ask_supplement", MISSING).number
    mine(tale).act("agent", "submit")
    assert phone.send("三号楼") is Outcome.DONE
    assert last_event(tale, waiting).action == "supplement"


def test_words_that_name_their_ticket_need_no_question(tale, phone):
    first = mine(tale).act("agent", "submit").number
    mine(tale).act("agent", "submit")
    assert phone.send(f"{first} 就在三单元门口") is Outcome.DONE
    assert last_event(tale, first).action == "add_details"


def test_a_number_of_somebody_elses_ticket_opens_nothing(tale):
    number = mine(tale).act("agent", "submit").number
    stranger = Phone(tale, STRANGER)
    assert stranger.send(f"{number} 请撤掉") is Outcome.HELPED
    assert last_event(tale, number).action == "submit"


def test_a_guardian_answers_for_a_child(tale):
    mine(tale, is_minor=True, guardian_phone=STRANGER).act("agent", "submit")
    assert Phone(tale, STRANGER).send("孩子在二单元") is Outcome.DONE
    assert last_event(tale, tale.number).action == "add_details"
