"""A unit reaches the caller of a confidential ticket through the centre alone, and learns the answer, not who it is."""

import pytest
from sqlalchemy import select

from hotline.models.clocks import Clock
from hotline.models.ticket import Request
from hotline.services.lifecycle import Command, advance
from notifications.models import OutboxMessage
from tests.hotline.department.office import open_office, post, sign_in
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine

NAME, PHONE = "苏见微", "13911112222"
QUESTION = "请问哪天方便进楼查看？"
ANSWER = "诉求人说周六上午可以进楼查看，门禁请联系物业。"


@pytest.fixture
def office(session_factory):
    return open_office(session_factory)


@pytest.fixture
def number(office):
    """A confidential ticket that its unit works on."""
    made = office.waiting(is_confidential=True, citizen_name=NAME, phone=PHONE)
    office.act("dispatcher", made, "dispatch", {"main_unit": "WT-ZJ", "choice_reason": "职责所在"})
    office.on_share(made, "handler", "sign")
    return made


def ask(office, number: str) -> int:
    share = office.share(number)
    office.act(
        "handler",
        number,
        "ask_contact",
        {"question": QUESTION},
        machine=Machine.REQUEST,
        subject_id=share.id,
    )
    with office.factory() as session:
        return session.scalars(select(Request.id).where(Request.kind == "centre_contact")).one()


def test_the_unit_asks_the_centre_calls_and_the_unit_reads_the_answer_but_never_who(app, office, number):
    unit = sign_in(app.test_client(), "handler")
    page = unit.get(f"/tickets/{number}").text
    assert "请中心联系诉求人" in page
    share = office.share(number).id
    asked = post(
        unit,
        f"/tickets/{number}/assignments/{share}/requests/ask_contact",
        question=QUESTION,
        version=office.ticket(number).version,
    )
    assert asked.status_code == 303
    agent = sign_in(app.test_client(), "agent")
    queue = agent.get("/requests").text
    assert QUESTION in queue
    assert PHONE not in queue
    assert PHONE in post(agent, f"/tickets/{number}/reveal", purpose="contact").text
    with office.factory() as session:
        request_id = session.scalars(select(Request.id).where(Request.kind == "centre_contact")).one()
    answered = post(
        agent,
        f"/tickets/{number}/requests/{request_id}/actions/approve",
        reason=ANSWER,
        version=office.ticket(number).version,
    )
    assert answered.status_code == 303
    read = unit.get(f"/tickets/{number}").text
    assert ANSWER in read
    for secret in (NAME, PHONE):
        assert secret not in read


@pytest.mark.parametrize(
    "said", [f"{NAME}说周六在家。", "请打 139 1111 2222 联系。", "身份证 330106198001011234。"]
)
def test_an_answer_that_names_the_citizen_or_shows_a_number_is_refused(office, number, said):
    command = Command(number, "approve", {"reason": said}, None, Machine.REQUEST, ask(office, number))
    with office.factory.begin() as session, pytest.raises(Refused) as refused:
        advance(session, command, office.actor("agent"), office.now)
    assert (refused.value.code, refused.value.field) == (Code.ANSWER_NAMES_CALLER, "reason")


def test_an_answer_is_words(office, number):
    command = Command(number, "approve", {}, None, Machine.REQUEST, ask(office, number))
    with office.factory.begin() as session, pytest.raises(Refused) as refused:
        advance(session, command, office.actor("agent"), office.now)
    assert [error.field for error in refused.value.errors] == ["reason"]


def test_asking_moves_no_promise_of_the_ticket_and_tells_who_calls(office, number):
    with office.factory() as session:
        of_handling = select(Clock.due_at, Clock.paused_at).where(Clock.name == "handle")
        before = session.execute(of_handling.order_by(Clock.id)).all()
    ask(office, number)
    dispatcher = f"user:{office.actor('dispatcher').user_id}"
    with office.factory() as session:
        assert session.execute(of_handling.order_by(Clock.id)).all() == before
        told = select(OutboxMessage.recipient).where(OutboxMessage.kind == "request_to_decide")
        assert set(session.scalars(told)) == {dispatcher}


def test_only_a_confidential_ticket_needs_the_centre_between(office):
    with pytest.raises(Refused) as refused:
        ask(office, office.handled())
    assert refused.value.code is Code.NOT_CONFIDENTIAL
