"""What a citizen's SMS does: it rates, adds, opens, asks and stops, and is answered once, to the sender alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hotline.models.ticket import Citizen, Rating, Ticket, TicketEvent
from hotline.services.texting.door import take_in
from hotline.services.texting.texter import Outcome
from notifications.inbound import Inbound
from notifications.models import InboundMessage, OptOut, OutboxMessage
from tests.stories.tale import Tale
from tests.stories.town import found_town

PHONE, STRANGER, CENTRE = "+8613800138000", "+8613900139000", "+8612345"
REQUEST = "12345#李四#梧桐路 3 号#路灯坏了三天，晚上很黑"
MISSING = {"missing": "请补充楼栋", "answer_by": "2026-11-25"}
ANSWER = {"answer": "图书馆周一闭馆。", "source": "知识库：图书馆"}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session))


class Phone:
    """A telephone in somebody's hands; each SMS is a minute after the one before."""

    def __init__(self, tale: Tale, number: str = PHONE) -> None:
        self.tale, self.number, self.serial = tale, number, 0

    def send(
        self, words: str, *, after: timedelta = timedelta(minutes=1), reference: str = ""
    ) -> Outcome | None:
        self.tale.now += after
        self.serial += 1
        name = reference or f"SM{self.number}{self.serial}"
        return take_in(self.tale.session, Inbound("twilio", name, self.number, words, self.tale.now), CENTRE)

    def answers(self) -> list[OutboxMessage]:
        rows = select(OutboxMessage).where(OutboxMessage.because == "texter").order_by(OutboxMessage.id)
        return [row for row in self.tale.session.scalars(rows) if row.address == self.number]

    def kinds(self) -> list[str]:
        return [row.kind for row in self.answers()]


@pytest.fixture
def phone(tale: Tale) -> Phone:
    return Phone(tale)


def mine(tale: Tale, **changes) -> Tale:
    """The citizen of the tale calls from the telephone of these tests."""
    return tale.register(phone=PHONE, **changes)


def invited(tale: Tale) -> str:
    """What was to be sent has been sent."""
    tale.session.execute(update(OutboxMessage).values(state="accepted"))
    return tale.number


def answered(tale: Tale) -> str:
    tale.to_call_back(phone=PHONE)
    return invited(tale)


def tickets(tale: Tale) -> list[Ticket]:
    return list(tale.session.scalars(select(Ticket).order_by(Ticket.id)))


def last_event(tale: Tale, number: str) -> TicketEvent:
    of_ticket = select(TicketEvent).join(Ticket).where(Ticket.number == number)
    return tale.session.scalars(of_ticket.order_by(TicketEvent.number.desc())).first()


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


# --- a new ticket ---------------------------------------------------------------------------------------------


def test_a_request_by_sms_is_a_ticket_like_any_other_and_its_number_and_code_are_told(tale, phone):
    assert phone.send(REQUEST) is Outcome.DONE
    ticket = tickets(tale)[0]
    citizen = tale.session.get_one(Citizen, ticket.citizen_id)
    assert (ticket.channel, ticket.state, ticket.address) == ("sms", "intake_review", "梧桐路 3 号")
    assert (ticket.content, citizen.name, citizen.phone) == ("路灯坏了三天，晚上很黑", "李四", PHONE)
    told = tale.session.scalars(select(OutboxMessage)).one()
    assert (told.kind, told.facts["number"], told.facts["query_code"]) == (
        "accepted",
        ticket.number,
        ticket.query_code,
    )
    events = tale.session.scalars(select(TicketEvent.action).order_by(TicketEvent.id)).all()
    assert events == ["register", "submit"]


def test_the_same_request_again_is_the_same_ticket(tale, phone):
    phone.send(REQUEST)
    assert phone.send(REQUEST) is Outcome.DONE
    assert len(tickets(tale)) == 1
    assert phone.answers()[-1].facts == {
        "number": tickets(tale)[0].number,
        "query_code": tickets(tale)[0].query_code,
    }
    assert Phone(tale, STRANGER).send(REQUEST) is Outcome.DONE
    assert len(tickets(tale)) == 2


def test_whoever_stopped_our_sms_and_asks_by_sms_still_gets_number_and_code(tale, phone):
    phone.send("TD")
    phone.send(REQUEST)
    assert phone.kinds() == ["answer_stopped", "answer_registered"]


@pytest.mark.parametrize("words", ["12345#李四#路灯坏了三天", "12345#李四#路#黑"])
def test_an_incomplete_request_opens_nothing_and_says_what_is_missing(tale, phone, words):
    assert phone.send(words) is Outcome.HELPED
    assert (tickets(tale), phone.kinds()) == ([], ["answer_format"])


def test_one_telephone_opens_five_tickets_a_day(tale, phone):
    outcomes = [phone.send(f"{REQUEST}，第{n}盏") for n in range(6)]
    assert outcomes == [Outcome.DONE] * 5 + [Outcome.REFUSED]
    assert phone.send(f"{REQUEST}，又坏", after=timedelta(days=1)) is Outcome.DONE


def test_whoever_reports_somebody_by_sms_is_kept_in_confidence(tale, phone):
    phone.send("12345#李四##举报某物业经理收取好处费")
    ticket = tickets(tale)[0]
    assert (ticket.is_confidential, tale.session.scalars(select(OutboxMessage.kind)).one()) == (
        True,
        "neutral_accepted",
    )


# --- how it stands --------------------------------------------------------------------------------------------


def test_number_and_code_together_tell_how_it_stands_to_whatever_telephone(tale):
    mine(tale).act("agent", "submit")
    stranger = Phone(tale, STRANGER)
    assert stranger.send(f"CX {tale.number} {tale.ticket.query_code}") is Outcome.DONE
    answer = stranger.answers()[-1]
    assert (answer.kind, answer.facts["stage"]) == ("answer_status", "已受理")


def test_whatever_is_wrong_sounds_the_same_whether_or_not_the_telephone_is_known(tale, phone):
    number = mine(tale).act("agent", "submit").number
    stranger = Phone(tale, STRANGER)
    for sender in (phone, stranger):
        sender.send(f"CX {number} 000000")
        sender.send("CX YJ20261123-99999 482913")
    answers = [(row.kind, dict(row.facts)) for row in (*phone.answers(), *stranger.answers())]
    assert answers == [("answer_no_match", {})] * 4


def test_a_code_cannot_be_guessed_by_sms(tale, phone):
    number = mine(tale).act("agent", "submit").number
    for n in range(5):
        phone.send(f"CX {number} 00000{n}")
    assert phone.send(f"CX {number} {tale.ticket.query_code}") is Outcome.NO_MATCH
    # Nor by many telephones together.
    for n in range(15):
        Phone(tale, f"+86139000000{n:02}").send(f"CX {number} 11111{n % 10}")
    assert Phone(tale, STRANGER).send(f"CX {number} {tale.ticket.query_code}") is Outcome.NO_MATCH
    late = Phone(tale, "+8613900139001").send(
        f"CX {number} {tale.ticket.query_code}", after=timedelta(days=1, minutes=1)
    )
    assert late is Outcome.DONE


# --- stops, help and loops ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [PHONE, STRANGER])
def test_a_stop_is_confirmed_once_the_same_for_everybody(tale, number):
    mine(tale).act("agent", "submit")
    sender = Phone(tale, number)
    assert [sender.send("退订"), sender.send("STOP")] == [Outcome.DONE, Outcome.DONE]
    assert [(row.kind, dict(row.facts)) for row in sender.answers()] == [("answer_stopped", {})]
    assert len(tale.session.scalars(select(OptOut)).all()) == 1
    sender.send("START")
    assert tale.session.scalars(select(OptOut)).all() == []


@pytest.mark.parametrize("words", ["？", "44", "00012", "您好在吗"])
def test_what_is_not_understood_gets_one_helpful_answer(tale, phone, words):
    assert [phone.send(words), phone.send(words)] == [Outcome.HELPED, Outcome.HELPED]
    assert phone.kinds() == ["answer_unclear"]


@pytest.mark.parametrize("words", ["谢谢", "【自动回复】正在开会，稍后联系您"])
def test_thanks_and_machines_are_not_answered_and_change_nothing(tale, phone, words):
    mine(tale).act("agent", "submit")
    assert phone.send(words) is Outcome.IGNORED
    assert (phone.kinds(), last_event(tale, tale.number).action) == ([], "submit")


@pytest.mark.parametrize("sender", [CENTRE, "95588", "10086", "106575001234", "010-62345678", "BANK", "+"])
def test_what_is_no_citizens_telephone_is_kept_and_never_answered(tale, sender):
    assert Phone(tale, sender).send(REQUEST) is Outcome.IGNORED
    assert tickets(tale) == []
    assert tale.session.scalars(select(OutboxMessage)).all() == []
    assert tale.session.scalars(select(InboundMessage)).one().outcome == "ignored"


def test_a_machine_that_answers_our_answers_ends_in_silence(tale, phone):
    outcomes = [phone.send(f"收到指令{n}", after=timedelta(minutes=11)) for n in range(60)]
    assert len(phone.answers()) == 5
    assert set(outcomes) == {Outcome.HELPED}
    quick = [phone.send(f"收到指令{n}", after=timedelta(seconds=1)) for n in range(30)]
    assert quick[-1] is Outcome.IGNORED


def test_every_sms_keeps_what_it_meant_what_became_of_it_and_its_ticket(tale, phone):
    phone.send(REQUEST)
    phone.send("CX YJ20261123-99999 482913")
    rows = tale.session.scalars(select(InboundMessage).order_by(InboundMessage.id)).all()
    assert [(row.meaning, row.outcome, row.subject) for row in rows] == [
        ("request", "done", tickets(tale)[0].number),
        ("status", "no_match", "YJ20261123-99999"),
    ]
