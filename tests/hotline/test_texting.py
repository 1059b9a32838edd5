"""What an SMS opens, asks and stops; it is answered once, and to the sender alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Citizen, TicketEvent
from hotline.models.watch_words import WordKind
from hotline.services.texting.texter import Outcome
from hotline.services.watch_words import GroupInput, put_group
from notifications.models import InboundMessage, OptOut, OutboxMessage
from tests.hotline.phones import (
    CENTRE,
    PHONE,
    REQUEST,
    STRANGER,
    Phone,
    last_event,
    mine,
    tickets,
)
from tests.hotline.watched import ADMINISTRATOR
from tests.stories.tale import Tale
from tests.stories.town import found_town


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session))


@pytest.fixture
def phone(tale: Tale) -> Phone:
    return Phone(tale)


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


def test_words_of_an_emergency_are_answered_with_the_line_to_call_whatever_else_the_sms_is(tale, phone):
    given = GroupInput("人员被困", WordKind.EMERGENCY, ("困人",), (), "119", "转 119。", reason="测试")
    put_group(tale.session, None, given, ADMINISTRATOR, (0, tale.now))
    phone.send("电梯 困 人，快来")
    assert phone.kinds() == ["answer_unclear", "answer_danger"]
    assert phone.answers()[1].facts["line"] == "119"
