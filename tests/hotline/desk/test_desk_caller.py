"""Who is on the line, what helps beside the form, and what is never written into a log."""

from datetime import UTC, datetime

import pytest
import structlog

from notifications.catalog import Channel
from notifications.optouts import opt_out
from tests.hotline.clerks import hidden_of, submitted


def test_a_known_number_shows_name_history_and_fills_the_form(agent, session_factory, town):
    number = submitted(session_factory, town, title="电梯停运")
    page = agent.get("/desk?phone=13800138001").text
    for text in ("林晚秋", "90 天 1 次", number, "电梯停运", "1 件在办"):
        assert text in page
    assert 'name="citizen_name" type="text" value="林晚秋"' in page


def test_the_card_of_the_caller_masks_the_number(agent, session_factory, town):
    submitted(session_factory, town)
    assert "138****8001" in agent.get("/desk?phone=13800138001").text


def test_the_card_says_that_a_caller_wants_no_sms(agent, session_factory, town):
    submitted(session_factory, town)
    assert "已退订短信" not in agent.get("/desk?phone=13800138001").text
    with session_factory.begin() as session:
        opt_out(session, Channel.SMS, "+8613800138001", datetime.now(UTC))
    page = agent.get("/desk?phone=13800138001").text
    assert "已退订短信" in page
    assert "有结果请打电话告知" in page


def test_open_tickets_stand_before_closed_ones(agent, browser_of, session_factory, town):
    first = submitted(session_factory, town, title="旧事")
    second = submitted(session_factory, town, title="新事")
    reviewer, path = browser_of("reviewer"), f"/intake/{second}/reject"
    page = reviewer.get(path).text
    reviewer.post(path, data={**hidden_of(page, path), "reason": "secret", "path": "无"})
    history = agent.get("/desk?phone=13800138001").text
    history = history[history.index("历史工单") :]
    assert history.index(first) < history.index(second)


def test_an_unknown_number_is_only_filled_in(agent):
    page = agent.get("/desk?phone=13900139000").text
    assert "这个号码还没有工单" in page
    assert 'value="13900139000"' in page


def test_a_number_that_cannot_be_is_said_to_be_wrong(agent):
    assert "电话号码有误" in agent.get("/desk?phone=12").text


def test_looking_a_number_up_is_logged_without_the_number(agent, session_factory, town):
    submitted(session_factory, town)
    with structlog.testing.capture_logs() as lines:
        agent.get("/desk?phone=13800138001")
    (line,) = [each for each in lines if each["event"] == "phone_looked_up"]
    assert line["user_id"] == town["agent"].user_id
    assert line["found"] == 1
    assert "8001" not in str(lines)


def hints(agent, **values):
    return agent.post("/desk/assist", data={**hidden_of(agent.get("/desk").text, "/desk"), **values}).text


def test_the_owner_of_the_chosen_category_is_suggested(agent):
    assert "云江市住房和城乡建设局" in hints(agent, category="PROPERTY")


def test_open_tickets_of_the_same_number_are_shown_while_the_form_is_filled_in(agent, session_factory, town):
    number = submitted(session_factory, town)
    assert number in hints(agent, phone="13800138001")


def test_hints_refuse_nothing(agent):
    assert "电话号码有误" in hints(agent, phone="12", category="NOTHING", type="x", urgency="x")


@pytest.mark.parametrize(
    ("kind", "urgency", "length"),
    [
        ("complaint", "ordinary", "5 个工作日"),
        ("consultation", "ordinary", "2 个工作日"),
        ("complaint", "urgent", "24 小时"),
    ],
)
def test_the_deadline_follows_type_and_urgency(agent, kind, urgency, length):
    assert f"办结时限：{length}" in hints(agent, type=kind, urgency=urgency)


@pytest.mark.parametrize("who", ["handler_housing", "dispatcher", "reviewer"])
def test_the_desk_belongs_to_agents(browser_of, who):
    browser = browser_of(who)
    assert browser.get("/desk").status_code == 403
    assert browser.post("/desk", data={}).status_code in (400, 403)
