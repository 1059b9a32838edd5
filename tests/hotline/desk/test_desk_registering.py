"""A call becomes a ticket: what one press of a button leaves behind, and what it never does."""

import pytest
from sqlalchemy import func, select

from hotline.models.ticket import Citizen, Ticket, TicketEvent
from hotline.queries.statements import name_given
from tests.hotline.clerks import hidden_of
from workflows.vocabulary import TicketState

CALL = {
    "type": "complaint",
    "urgency": "ordinary",
    "citizen_name": "林晚秋",
    "phone": "138 0013 8001",
    "district": "梧桐区",
    "address": "文昌路 8 号",
    "content": "来电人反映：11 月 20 日起电梯停运，请尽快修复。",
    "category": "PROPERTY",
    "callback_wanted": "yes",
}


def send(browser, action, hidden=None, **changes):
    page = browser.get("/desk").text
    data = {**CALL, **(hidden or hidden_of(page, "/desk")), "action": action, **changes}
    return browser.post("/desk", data={name: value for name, value in data.items() if value is not None})


def tickets(factory):
    with factory() as session:
        return session.scalars(select(Ticket).order_by(Ticket.id)).all()


def count_tickets(factory):
    with factory() as session:
        return session.scalar(select(func.count(Ticket.id)))


def test_submitting_opens_a_ticket_for_review_and_leads_to_an_empty_form(agent, session_factory):
    answer = send(agent, "submit")
    (ticket,) = tickets(session_factory)
    assert (answer.status_code, ticket.state) == (303, TicketState.INTAKE_REVIEW)
    page = agent.get(answer.headers["Location"]).text
    assert ticket.number in page
    assert "电梯停运" not in page


def test_the_number_and_the_query_code_are_there_to_be_read_to_the_caller(agent, session_factory):
    page = agent.get(send(agent, "submit").headers["Location"]).text
    (ticket,) = tickets(session_factory)
    assert ticket.query_code in page
    assert f'href="/tickets/{ticket.number}"' in page


def test_the_next_page_of_the_desk_no_longer_shows_the_query_code(agent, session_factory):
    send(agent, "submit")
    assert tickets(session_factory)[0].query_code not in agent.get("/desk").text


def test_the_query_code_is_not_told_to_another_agent(agent, trusted_agent, session_factory):
    address = send(agent, "submit").headers["Location"]
    assert tickets(session_factory)[0].query_code not in trusted_agent.get(address).text


def test_an_agent_who_is_trusted_sends_the_ticket_to_the_dispatch_pool(trusted_agent, session_factory):
    send(trusted_agent, "submit_trusted")
    assert tickets(session_factory)[0].state == TicketState.TO_DISPATCH


def test_only_a_trusted_agent_has_the_button_that_skips_review(agent, trusted_agent):
    assert 'value="submit_trusted"' in trusted_agent.get("/desk").text
    assert 'value="submit_trusted"' not in agent.get("/desk").text


def test_a_forged_press_of_that_button_registers_nothing(agent, session_factory):
    answer = send(agent, "submit_trusted")
    assert answer.status_code == 422
    assert "没有直接提交派单的权限" in answer.text
    assert count_tickets(session_factory) == 0


def test_a_direct_answer_closes_the_ticket_at_once(agent, session_factory):
    send(
        agent, "answer_directly", type="consultation", answer="工作日 8:30 到 17:30。", source="知识条目 K-12"
    )
    (ticket,) = tickets(session_factory)
    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, "answered_directly")
    assert ticket.direct_answer == "工作日 8:30 到 17:30。"


def test_a_direct_answer_without_words_or_source_names_both_fields(agent, session_factory):
    answer = send(agent, "answer_directly", type="consultation")
    assert 'href="#answer"' in answer.text
    assert 'href="#source"' in answer.text
    assert "<details open>" in answer.text
    assert count_tickets(session_factory) == 0


def test_a_direct_answer_counts_under_a_category_too_but_asks_a_consultation_for_no_place(
    agent, session_factory
):
    said = {"type": "consultation", "answer": "工作日 8:30 到 17:30。", "source": "K-12"}
    nowhere = {"district": None, "street": None, "address": None}
    answer = send(agent, "answer_directly", category=None, **nowhere, **said)
    assert 'href="#category"' in answer.text
    assert "工作日 8:30 到 17:30。" in answer.text
    assert count_tickets(session_factory) == 0
    send(agent, "answer_directly", **nowhere, **said)
    assert [each.state for each in tickets(session_factory)] == [TicketState.CLOSED]


def test_a_direct_answer_asks_for_the_category_beside_what_else_it_lacks(agent, session_factory):
    answer = send(agent, "answer_directly", type="consultation", answer="九点开门。", category=None)
    assert answer.status_code == 422
    assert 'href="#category"' in answer.text
    assert 'href="#source"' in answer.text
    assert count_tickets(session_factory) == 0


def test_a_report_of_wrongdoing_is_never_answered_directly(agent, session_factory):
    answer = send(agent, "answer_directly", type="report", accused="某公司", answer="好的。", source="K-1")
    assert "举报不能直接答复" in answer.text
    assert count_tickets(session_factory) == 0


def test_a_draft_is_kept_without_category_or_place(agent, session_factory):
    answer = send(agent, "save", category=None, district=None, address=None)
    (ticket,) = tickets(session_factory)
    assert ticket.state == TicketState.DRAFT
    assert f"/desk/drafts/{ticket.number}" in agent.get(answer.headers["Location"]).text


def test_a_second_press_of_the_button_makes_no_second_ticket(agent, session_factory):
    hidden = hidden_of(agent.get("/desk").text, "/desk")
    first, second = send(agent, "submit", hidden), send(agent, "submit", hidden)
    assert first.headers["Location"] == second.headers["Location"]
    assert count_tickets(session_factory) == 1


def test_registering_and_submitting_are_one_act_in_the_trail(agent, session_factory):
    send(agent, "submit")
    with session_factory() as session:
        actions = session.scalars(select(TicketEvent.action).order_by(TicketEvent.number)).all()
    assert actions == ["register", "submit"]


def test_the_caller_is_kept_sealed_and_found_by_number(agent, session_factory):
    send(agent, "submit")
    with session_factory() as session:
        citizen = session.scalars(select(Citizen)).one()
    assert (citizen.name, citizen.phone) == ("林晚秋", "+8613800138001")


def test_a_draft_shows_the_agent_the_number_of_the_document_they_wrote_down(agent, session_factory):
    send(agent, "save", id_number="11010519491231002x")
    (ticket,) = tickets(session_factory)
    page = agent.get(f"/desk/drafts/{ticket.number}").text
    assert 'value="11010519491231002X"' in page


def test_an_anonymous_caller_leaves_no_name_and_no_number(agent, session_factory):
    send(agent, "submit", is_anonymous="y")
    with session_factory() as session:
        assert session.scalar(select(func.count(Citizen.id))) == 0


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"content": ""}, "content", "请填写此项"),
        ({"content": "长" * 10_001}, "content", "最多 10000 字"),
        ({"phone": "12345678901234"}, "phone", "电话号码有误"),
        ({"phone": ""}, "phone", "或选择匿名"),
        ({"email": "不是邮箱"}, "email", "邮箱地址有误"),
        ({"id_number": "110105194912310021"}, "id_number", "证件号码有误"),
        ({"category": "NOTHING"}, "category", "没有这个分类"),
        ({"category": ""}, "category", "请选择诉求分类"),
        ({"district": "", "address": ""}, "address", "请填写事发地点"),
        ({"type": "report"}, "accused", "举报请填写被举报"),
        ({"title": "题" * 101}, "title", "最多 100 字"),
        ({"address": "倒\u202e序"}, "address", "控制字符"),
        ({"type": "nonsense"}, "type", "请从所列选项中选择"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_in_the_summary(agent, session_factory, changes, field, words):
    answer = send(agent, "submit", **changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert words in answer.text
    assert count_tickets(session_factory) == 0


def test_every_fault_is_told_at_once(agent):
    answer = send(agent, "submit", content="", phone="12", category="NOTHING", district="", address="")
    for field in ("content", "phone", "category", "address"):
        assert f'href="#{field}"' in answer.text


def test_nothing_that_was_typed_is_lost_with_an_error(agent):
    answer = send(agent, "submit", phone="12", is_confidential="y", accused="安居物业", source="K-1")
    for text in ("林晚秋", "文昌路 8 号", "11 月 20 日起电梯停运", "安居物业", "K-1", 'value="PROPERTY"'):
        assert text in answer.text
    assert 'name="is_confidential" value="y" checked' in answer.text
    assert 'value="complaint" checked' in answer.text


def test_an_unknown_button_is_refused(agent, session_factory):
    assert send(agent, "archive").status_code == 404
    assert count_tickets(session_factory) == 0


@pytest.mark.parametrize(("ticked", "told"), [("y", ("spoken", 1)), (None, None)])
def test_what_was_read_out_to_the_caller_is_on_record_with_its_version(agent, session_factory, ticked, told):
    send(agent, "submit", is_told=ticked)
    with session_factory() as session:
        events = session.scalars(select(TicketEvent).order_by(TicketEvent.number)).all()
    assert name_given(events) == told
