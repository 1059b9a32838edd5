"""Review of new tickets: corrections, the next one, what goes back and what is not accepted."""

import pytest
from sqlalchemy import select

from hotline.models.catalog import Category
from hotline.models.ticket import Ticket, TicketEvent
from tests.hotline.clerks import hidden_of, submitted
from tests.hotline.sent_back import assert_came_back, press, press_again
from workflows.vocabulary import TicketState


def decide(reviewer, number, way, **data):
    page = reviewer.get(f"/intake?ticket={number}").text
    return reviewer.post(
        f"/intake/{number}/{way}", data={**hidden_of(page, f"/intake/{number}/{way}"), **data}
    )


def approve(reviewer, number, **changes):
    data = {"category": "PROPERTY", "urgency": "ordinary", **changes}
    return decide(reviewer, number, "approve", **data)


def ticket_of(factory, number):
    with factory() as session:
        return session.scalars(select(Ticket).where(Ticket.number == number)).one()


def test_the_queue_lists_what_waits_and_opens_the_most_pressing(reviewer, session_factory, town):
    calm = submitted(session_factory, town, title="墙面渗水")
    pressing = submitted(session_factory, town, title="电梯困人", urgency="critical")
    page = reviewer.get("/intake").text
    assert page.index(f"row-{pressing}") < page.index(f"row-{calm}")
    assert f"/intake/{pressing}/approve" in page


def test_an_empty_queue_says_so(reviewer):
    assert "现在没有工单" in reviewer.get("/intake").text


def test_approval_lets_the_ticket_into_the_dispatch_pool_and_opens_the_next(reviewer, session_factory, town):
    first, second = (submitted(session_factory, town, title=title) for title in ("渗水", "噪声"))
    answer = approve(reviewer, first)
    assert answer.status_code == 303
    assert ticket_of(session_factory, first).state == TicketState.TO_DISPATCH
    page = reviewer.get(answer.headers["Location"]).text
    assert f"{first} 已审核通过" in page
    assert f"/intake/{second}/approve" in page


def test_a_reviewer_corrects_category_urgency_and_confidentiality(reviewer, session_factory, town):
    number = submitted(session_factory, town)
    approve(reviewer, number, category="POTHOLE", urgency="urgent", is_confidential="y")
    ticket = ticket_of(session_factory, number)
    assert (ticket.urgency, ticket.is_confidential) == ("urgent", True)


def test_an_unknown_category_comes_back_beside_its_field(reviewer, session_factory, town):
    number = submitted(session_factory, town)
    answer = approve(reviewer, number, category="NOTHING", urgency="urgent")
    assert answer.status_code == 422
    assert 'href="#category"' in answer.text
    assert 'value="urgent" checked' in answer.text
    assert ticket_of(session_factory, number).state == TicketState.INTAKE_REVIEW


def test_a_ticket_goes_back_to_its_agent_with_the_reason(reviewer, browser_of, session_factory, town):
    number = submitted(session_factory, town)
    assert decide(reviewer, number, "return", reason="请补楼栋号。").status_code == 303
    assert ticket_of(session_factory, number).state == TicketState.DRAFT
    agent = browser_of("agent")
    assert number in agent.get("/desk/mine?view=returned").text
    assert "请补楼栋号。" in agent.get(f"/desk/drafts/{number}").text


def test_going_back_needs_a_reason(reviewer, session_factory, town):
    number = submitted(session_factory, town)
    answer = decide(reviewer, number, "return", reason=" ")
    assert answer.status_code == 422
    assert 'href="#return-reason"' in answer.text
    assert ticket_of(session_factory, number).state == TicketState.INTAKE_REVIEW


def test_what_is_not_accepted_is_closed_with_reason_and_path(reviewer, session_factory, town):
    number = submitted(session_factory, town)
    confirm = f"/intake/{number}/reject"
    page = reviewer.get(confirm).text
    data = {**hidden_of(page, confirm), "reason": "statutory_path", "path": "向仲裁委员会申请仲裁"}
    assert reviewer.post(confirm, data=data).status_code == 303
    ticket = ticket_of(session_factory, number)
    assert (ticket.state, ticket.outcome) == (TicketState.CLOSED, "rejected")
    with session_factory() as session:
        event = session.scalars(select(TicketEvent).where(TicketEvent.action == "reject")).one()
    assert event.data == {"reason": "statutory_path", "path": "向仲裁委员会申请仲裁"}


def test_not_accepting_needs_a_reason_from_the_list_and_a_path(reviewer, session_factory, town):
    number = submitted(session_factory, town)
    answer = decide(reviewer, number, "reject", reason="because", path="")
    assert answer.status_code == 422
    assert 'href="#reject-reason"' in answer.text
    assert 'href="#path"' in answer.text
    assert ticket_of(session_factory, number).state == TicketState.INTAKE_REVIEW


@pytest.mark.parametrize(
    ("way", "typed", "field_id"),
    [
        ("return", {"reason": "长" * 501}, "return-reason"),
        ("reject", {"reason": "statutory_path", "path": ""}, "path"),
    ],
)
def test_a_refused_decision_comes_back_where_the_list_stood(
    reviewer, session_factory, town, way, typed, field_id
):
    number, _ = (submitted(session_factory, town, title=title) for title in ("渗水", "渗水又来"))
    answer = press(reviewer, f"/intake?q=渗水&ticket={number}", f"/{number}/{way}", **typed)
    page = assert_came_back(answer, number, "预审", field_id)
    assert page.select_one("[name=q]")["value"] == "渗水"
    assert page.select_one(f"[name=reason][value={typed['reason']}][checked]" if way == "reject" else "body")
    assert way == "reject" or page.select_one("#return-reason").text.strip() == typed["reason"]
    mended = press_again(
        reviewer, page, f"/{number}/{way}", path="向仲裁委员会申请仲裁", reason=typed["reason"][:20]
    )
    assert mended.status_code == 303


def test_a_refused_rejection_stands_alone_and_can_be_left(reviewer, session_factory, town):
    number = submitted(session_factory, town)
    answer = press(reviewer, f"/intake?ticket={number}", f"/{number}/reject", reason="", path="")
    assert answer.status_code == 422
    assert f"/intake/{number}/approve" not in answer.text
    assert ">取消" in answer.text


def test_a_page_that_is_out_of_date_gets_the_conflict_page_with_what_was_written(
    reviewer, browser_of, session_factory, town
):
    number = submitted(session_factory, town)
    stale = hidden_of(reviewer.get(f"/intake?ticket={number}").text, f"/intake/{number}/return")
    decide(browser_of("reviewer"), number, "return", reason="先退回。")
    answer = reviewer.post(f"/intake/{number}/return", data={**stale, "reason": "请补楼栋号。"})
    assert answer.status_code == 409
    assert "请补楼栋号。" in answer.text


def test_the_conflict_page_names_the_category_that_was_chosen_in_words(
    reviewer, browser_of, session_factory, town
):
    number = submitted(session_factory, town)
    stale = hidden_of(reviewer.get(f"/intake?ticket={number}").text, f"/intake/{number}/approve")
    approve(browser_of("reviewer"), number)
    answer = reviewer.post(f"/intake/{number}/approve", data={**stale, "category": "POTHOLE"})
    assert answer.status_code == 409
    with session_factory() as session:
        path = session.scalars(select(Category.path).where(Category.code == "POTHOLE")).one()
    assert path in answer.text
    assert "POTHOLE" not in answer.text


def test_pressing_twice_decides_once(reviewer, session_factory, town):
    number = submitted(session_factory, town)
    path = f"/intake/{number}/approve"
    data = {**hidden_of(reviewer.get(f"/intake?ticket={number}").text, path), "category": "PROPERTY"}
    first, second = reviewer.post(path, data=data), reviewer.post(path, data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]


def test_a_ticket_that_is_no_longer_waiting_offers_no_decision(reviewer, session_factory, town):
    number = submitted(session_factory, town)
    approve(reviewer, number)
    page = reviewer.get(f"/intake?ticket={number}").text
    assert "已不在待审核状态" in page
    assert f"/intake/{number}/approve" not in page
    assert reviewer.get(f"/intake/{number}/reject").status_code == 409


@pytest.mark.parametrize("who", ["agent", "dispatcher", "handler_housing"])
def test_only_reviewers_open_the_queue(browser_of, who):
    assert browser_of(who).get("/intake").status_code == 403


def test_the_reviewer_sees_what_may_be_the_same_matter_but_does_not_merge(reviewer, session_factory, town):
    first, second = (submitted(session_factory, town, title=title) for title in ("电梯停运", "电梯还不动"))
    page = reviewer.get(f"/intake?ticket={second}").text
    section = page[page.index('id="duplicates"') :]
    assert first in section
    assert "同来电人同分类，同地址同分类 · 刚刚" in section
    assert 'name="master"' not in page
