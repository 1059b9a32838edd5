"""Rating an answer and taking a request back, once each however often the button is pressed."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from hotline.models.ticket import Rating, TicketEvent
from notifications.models import OutboxMessage
from tests.hotline.citizen.journeys import hidden, open_with_code

GOOD = {"solved": "yes", "satisfaction": "satisfied"}
BAD = {"solved": "no", "satisfaction": "dissatisfied", "comment": "电梯昨晚又停了"}


@pytest.fixture
def number(client, city):
    """A ticket that waits for its rating, opened in this browser."""
    ready = city.replied()
    open_with_code(client, city, ready)
    return ready


def form_of(client, path):
    return hidden(client.get(path).text)


def rate(client, number, **answers):
    return client.post(f"/rate/{number}", data={**form_of(client, f"/rate/{number}"), **answers})


def kinds(session_factory):
    with session_factory() as session:
        return set(session.scalars(select(OutboxMessage.kind)))


def count(session_factory, *conditions):
    with session_factory() as session:
        return session.scalar(select(func.count()).where(*conditions))


def test_a_good_rating_closes_the_ticket_and_says_so(client, city, number, session_factory):
    response = rate(client, number, **GOOD)
    assert (response.status_code, response.headers["Location"]) == (303, f"/rate/{number}")
    assert "这件诉求已办结" in client.get(f"/rate/{number}").text
    ticket = city.ticket(number)
    assert (ticket.state, ticket.outcome) == ("closed", "resolved")
    assert "closed" in kinds(session_factory)


@pytest.mark.parametrize(
    "answers",
    [BAD, {**BAD, "solved": "yes"}, {**BAD, "satisfaction": "very_satisfied"}],
)
def test_unsolved_or_dissatisfied_goes_back_with_a_new_promise(client, city, number, answers):
    assert rate(client, number, **answers).status_code == 303
    assert re.search(
        r"已退回梧桐区住建局重新办理，预计 <b>\d+ 月 \d+ 日（周.）\d\d:\d\d 前</b>再次答复您",
        client.get(f"/rate/{number}").text,
    )
    ticket = city.ticket(number)
    assert (ticket.state, ticket.round) == ("in_process", 2)


def test_a_partly_solved_but_content_citizen_closes_it(client, city, number):
    rate(client, number, solved="partly", satisfaction="fairly_satisfied")
    assert city.ticket(number).outcome == "partly_resolved"


def test_nothing_is_preselected_and_the_five_answers_stand_in_one_order(client, number):
    page = client.get(f"/rate/{number}").text
    assert "checked" not in page
    assert re.findall(r'name="satisfaction" value="(\w+)"', page) == [
        "very_satisfied",
        "satisfied",
        "fairly_satisfied",
        "dissatisfied",
        "very_dissatisfied",
    ]


def blamed(html: str) -> dict[str, str]:
    """Each complaint at the head of the page, and the name of the field its link leads to."""
    page = BeautifulSoup(html, "html.parser")
    links = page.select("#error-summary a")
    return {link.text: str(page.select_one(link["href"])["name"]) for link in links}


def test_missing_answers_are_named_and_what_was_given_is_kept(client, city, number):
    response = rate(client, number, satisfaction="satisfied", comment="谢谢")
    assert response.status_code == 422
    assert "有 1 处需要修改" in response.text
    assert blamed(response.text) == {"请选择问题是否已解决": "solved"}
    assert 'value="satisfied" checked' in response.text
    assert "谢谢</textarea>" in response.text
    assert city.ticket(number).state == "to_call_back"


def test_a_bad_rating_needs_a_reason(client, city, number):
    response = rate(client, number, **{**BAD, "comment": "  "})
    assert response.status_code == 422
    ((words, name),) = blamed(response.text).items()
    assert words.startswith("请说明哪里没有解决或不满意")
    assert name == "comment"
    assert city.ticket(number).state == "to_call_back"


@pytest.mark.parametrize(
    "answers",
    [{**GOOD, "satisfaction": "perfect"}, {**GOOD, "comment": "好" * 501}, {**GOOD, "comment": "a\x00b"}],
)
def test_answers_nobody_offered_are_refused(client, city, number, answers):
    assert rate(client, number, **answers).status_code == 422
    assert city.ticket(number).state == "to_call_back"


@pytest.mark.parametrize("answers", [GOOD, BAD])
def test_the_same_form_sent_twice_is_one_rating(client, city, number, answers, session_factory):
    form = {**form_of(client, f"/rate/{number}"), **answers}
    first, second = (client.post(f"/rate/{number}", data=form) for _ in range(2))
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert count(session_factory, Rating.id > 0) == 1
    assert city.ticket(number).round == (1 if answers is GOOD else 2)


def test_a_rating_sent_after_somebody_else_moved_the_ticket_keeps_the_words(client, city, number):
    form = {**form_of(client, f"/rate/{number}"), **BAD}
    city.act(number, "record_call_attempt", city.role("callback_agent"), result="no_answer")
    stale = client.post(f"/rate/{number}", data=form)
    assert stale.status_code == 409
    assert f"{BAD['comment']}</textarea>" in stale.text
    again = {**hidden(stale.text), **BAD}
    assert client.post(f"/rate/{number}", data=again).status_code == 303
    assert city.ticket(number).round == 2


def test_a_rating_without_the_forms_token_is_refused(client, city, number):
    assert client.post(f"/rate/{number}", data=GOOD).status_code == 400
    assert city.ticket(number).state == "to_call_back"


def test_a_ticket_nobody_asks_about_has_no_rating_page(client, city):
    fresh = city.signed()
    open_with_code(client, city, fresh)
    assert client.get(f"/rate/{fresh}").headers["Location"] == f"/status/{fresh}"


def test_the_words_of_a_rating_are_kept_out_of_the_trail_when_the_ticket_closes(
    client, number, session_factory
):
    rate(client, number, **GOOD, comment="师傅很耐心")
    with session_factory() as session:
        assert session.scalars(select(Rating.comment)).one() == "师傅很耐心"
        assert all("师傅" not in str(data) for data in session.scalars(select(TicketEvent.data)))


def test_a_request_is_withdrawn_with_a_reason_once(client, city, session_factory):
    number = city.signed()
    open_with_code(client, city, number)
    form = {**form_of(client, f"/withdraw/{number}"), "reason": "已经自己修好了"}
    for _ in range(2):
        response = client.post(f"/withdraw/{number}", data=form)
        assert (response.status_code, response.headers["Location"]) == (303, f"/status/{number}")
    assert city.ticket(number).outcome == "withdrawn"
    assert count(session_factory, TicketEvent.action == "withdraw") == 1
    assert "您已撤回这件诉求" in client.get(f"/status/{number}").text


def test_withdrawing_asks_for_the_reason(client, city):
    number = city.signed()
    open_with_code(client, city, number)
    response = client.post(f"/withdraw/{number}", data=form_of(client, f"/withdraw/{number}"))
    assert response.status_code == 422
    assert "请填写撤回的原因" in response.text


def test_a_report_cannot_be_withdrawn_and_the_page_says_why(client, city):
    number = city.dispatched(type="report", accused="某建筑公司")
    open_with_code(client, city, number)
    assert "我要撤回" not in client.get(f"/status/{number}").text
    page = client.get(f"/withdraw/{number}").text
    assert "所以不能撤回" in page
    forged = {**hidden(client.get("/find").text), "reason": "算了"}
    refused = client.post(f"/withdraw/{number}", data=forged)
    assert refused.status_code == 409
    assert "不能撤回" in refused.text
    assert city.ticket(number).state == "in_process"


def test_who_came_by_a_message_may_see_the_progress_before_rating(client, number):
    page = BeautifulSoup(client.get(f"/rate/{number}").text, "html.parser")
    progress = client.get(page.find("a", string="先看办理进度")["href"])
    assert (progress.status_code, progress.request.path) == (200, f"/status/{number}")
    assert "评价办理结果" in progress.text
