"""A draft is taken up again, and what an agent registered is found again."""

import pytest
from sqlalchemy import select

from hotline.models.ticket import Citizen, Ticket
from hotline.services import intake, lifecycle
from tests.hotline.clerks import hidden_of, submitted
from tests.stories.town import COMPLAINT, MONDAY
from workflows.data import CONTENT_LIMIT
from workflows.vocabulary import TicketState


@pytest.fixture
def draft(session_factory, town) -> str:
    with session_factory.begin() as session:
        return intake.register(session, {**COMPLAINT, "title": "电梯停运"}, town["agent"], MONDAY).number


def state_of(factory, number):
    with factory() as session:
        return session.scalars(select(Ticket.state).where(Ticket.number == number)).one()


def send(browser, number, action, **changes):
    path = f"/desk/drafts/{number}"
    data = {
        **hidden_of(browser.get(path).text, path),
        **{name: COMPLAINT[name] for name in ("type", "content", "category", "address", "phone")},
        "urgency": "ordinary",
        "action": action,
        **changes,
    }
    return browser.post(path, data=data)


def test_a_draft_opens_as_it_was_left(agent, draft):
    page = agent.get(f"/desk/drafts/{draft}").text
    for text in ("电梯停运", "文昌路 8 号", "林晚秋", 'value="13800138001"', 'value="complaint" checked'):
        assert text in page


def test_a_draft_is_changed_and_submitted_in_one_press(agent, draft, session_factory):
    answer = send(agent, draft, "submit", content="电梯停运五天。")
    assert answer.status_code == 303
    assert f"{draft} 已提交审核" in agent.get(answer.headers["Location"]).text
    with session_factory() as session:
        ticket = session.scalars(select(Ticket)).one()
    assert (ticket.state, ticket.content) == (TicketState.INTAKE_REVIEW, "电梯停运五天。")


def test_a_draft_is_saved_again_and_stays_one(agent, draft, session_factory):
    send(agent, draft, "save", title="电梯停运五天")
    assert state_of(session_factory, draft) == TicketState.DRAFT
    assert "电梯停运五天" in agent.get("/desk/mine").text


def test_what_came_back_from_review_leads_back_to_the_others_that_did(agent, session_factory, town):
    number = submitted(session_factory, town, title="渗水")
    with session_factory.begin() as session:
        command = lifecycle.Command(number, "return_intake", {"reason": "请补楼栋号。"})
        lifecycle.advance(session, command, town["reviewer"], MONDAY)
    assert "退回原因：请补楼栋号。" in agent.get("/desk/mine?view=returned").text
    answer = send(agent, number, "submit", content="电梯停运五天。")
    assert answer.headers["Location"].endswith("/desk/mine?view=returned")


def test_the_number_of_a_document_goes_when_its_field_is_emptied(agent, draft, session_factory):
    def number_on_record():
        with session_factory() as session:
            return session.scalars(select(Citizen.id_number)).one()

    send(agent, draft, "save", id_number="11010519491231002X")
    assert number_on_record() == "11010519491231002X"
    send(agent, draft, "save", id_number="")
    assert number_on_record() is None


def test_faults_of_a_draft_keep_what_was_typed(agent, draft, session_factory):
    answer = send(agent, draft, "submit", phone="12", title="新标题")
    assert answer.status_code == 422
    assert "新标题" in answer.text
    assert f"/desk/drafts/{draft}" in answer.text
    assert state_of(session_factory, draft) == TicketState.DRAFT


def test_a_draft_somebody_else_has_changed_is_not_overwritten(agent, browser_of, draft, session_factory):
    path = f"/desk/drafts/{draft}"
    hidden = hidden_of(agent.get(path).text, path)
    send(browser_of("agent"), draft, "save", title="先改的")
    answer = agent.post(
        path,
        data={
            **hidden,
            "type": "complaint",
            "content": "后改的内容",
            "phone": "13800138001",
            "action": "save",
        },
    )
    assert answer.status_code == 409
    assert "后改的内容" in answer.text
    with session_factory() as session:
        assert session.scalars(select(Ticket.title)).one() == "先改的"


def test_what_is_no_draft_any_more_is_not_opened_as_one(agent, session_factory, town):
    assert agent.get(f"/desk/drafts/{submitted(session_factory, town)}").status_code == 409


def test_my_tickets_are_sorted_into_views_with_counts(agent, draft, session_factory, town):
    waiting = submitted(session_factory, town, title="渗水")
    assert draft in agent.get("/desk/mine?view=drafts").text
    page = agent.get("/desk/mine?view=review").text
    assert waiting in page
    assert draft not in page


def test_tickets_of_others_are_not_mine(trusted_agent, draft):
    page = trusted_agent.get("/desk/mine").text
    assert draft not in page
    assert "没有草稿" in page


def test_a_long_list_goes_forward_and_back(agent, session_factory, town):
    numbers = [submitted(session_factory, town, title=f"第 {at} 件") for at in range(27)]
    first = agent.get("/desk/mine?view=review").text
    older = link(first, "next")
    second = agent.get(older).text
    assert numbers[-1] in second
    assert "第 26–27 件，共 27 件" in second
    assert numbers[0] in agent.get(link(second, "prev")).text


def test_a_page_mark_that_nobody_gave_out_leads_to_the_first_page(agent):
    assert agent.get("/desk/mine?view=review&after=nonsense").status_code == 303


def link(page: str, rel: str) -> str:
    tag = next(part for part in page.split("<a ") if f'rel="{rel}"' in part.split(">")[0])
    return tag.split('href="')[1].split('"')[0].replace("&amp;", "&")


def test_after_a_conflict_one_press_does_what_was_pressed_before(agent, browser_of, draft, session_factory):
    path = f"/desk/drafts/{draft}"
    hidden = hidden_of(agent.get(path).text, path)
    send(browser_of("agent"), draft, "save", title="先改的")
    record = {name: COMPLAINT[name] for name in ("type", "category", "address", "phone")}
    typed = {**hidden, **record, "content": "后改的内容", "action": "submit"}
    again = hidden_of(agent.post(path, data=typed).text, path)
    assert agent.post(path, data=again).status_code == 303
    with session_factory() as session:
        ticket = session.scalars(select(Ticket)).one()
    assert (ticket.state, ticket.content) == (TicketState.INTAKE_REVIEW, "后改的内容")


def test_the_counter_of_the_words_says_how_many_are_taken(agent):
    page = agent.get("/desk").text
    assert f"0 / {CONTENT_LIMIT} 字" in page
    path = "/desk"
    typed = {
        **hidden_of(page, path),
        **{name: COMPLAINT[name] for name in ("type", "category", "address", "phone")},
    }
    assert (
        agent.post(path, data={**typed, "content": "字" * CONTENT_LIMIT, "action": "save"}).status_code == 303
    )
    too_many = agent.post(path, data={**typed, "content": "字" * (CONTENT_LIMIT + 1), "action": "save"})
    assert too_many.status_code == 422
