"""Does everybody find what waits for their decision, and nothing else?"""

import re
from datetime import timedelta

import pytest

from hotline.models.organisation import Unit
from hotline.models.ticket import Request, Ticket
from hotline.queries.requests import find_line, list_to_decide
from hotline.services.lifecycle import Command
from hotline.services.offering import request_offers
from tests.hotline.clerks import hidden_of
from tests.hotline.requests.wide_city import EXCLUSION, EXTENSION, NOW, SUSPENSION, post
from tests.hotline.sent_back import assert_came_back, press, press_again
from tests.hotline.supervisor.small_city import ANSWER
from workflows.vocabulary import Machine

RETURN = {"reason": "not_our_duty", "basis": "三定方案第五条。", "suggested_unit": "市交通局"}
PURPOSE = {"purpose": "核实举报人是否愿意作证。"}
DECIDERS = ("dispatcher", "supervisor", "centre", "auditor", "security", "unit-cg", "unit-jt", "unit-jd")


def waiting(city, username):
    with city.factory() as session:
        return [line.kind for line in list_to_decide(session, city.actor(username), "", NOW)]


def extended(city):
    number = city.handled()
    city.ask(number, "unit-cg", "ask_extension", EXTENSION)
    city.decide(number, "dispatcher", "approve")
    city.ask(number, "unit-cg", "ask_extension", {**EXTENSION, "days": 1})
    return number


def child_return(city):
    number = city.handled()
    data = {"unit": "JD", "advice": "请现场处理。", "answer_by": (NOW + timedelta(days=1)).date().isoformat()}
    share = city.share(number).id
    city.act("unit-cg", Command(number, "sub_dispatch", data, None, Machine.ASSIGNMENT, share), NOW)
    city.ask(number, "unit-jd", "ask_return", RETURN)


ASKED = {
    "return": (lambda c: c.ask(c.handled(), "unit-cg", "ask_return", RETURN), ["dispatcher"]),
    "return of a child": (child_return, ["unit-cg"]),
    "extension": (
        lambda c: c.ask(c.handled(), "unit-cg", "ask_extension", EXTENSION),
        ["dispatcher", "supervisor"],
    ),
    "second extension": (extended, ["centre"]),
    "extension of a street": (
        lambda c: c.ask(c.handled("JD"), "unit-jd", "ask_extension", EXTENSION),
        ["unit-cg"],
    ),
    "suspension": (lambda c: c.ask(c.handled(), "unit-cg", "ask_suspension", SUSPENSION), ["centre"]),
    "reopening": (
        lambda c: c.ask(c.closed(), "agent", "ask_reopening", {"reason": "又坏了。"}, share=False),
        ["supervisor"],
    ),
    "exclusion": (lambda c: c.ask(c.closed(), "unit-cg", "ask_exclusion", EXCLUSION), ["centre"]),
    "appeal": (
        lambda c: c.ask(c.closed(), "unit-cg", "ask_appeal", {"about": "rating", "evidence": "录音。"}),
        ["auditor"],
    ),
    "disclosure": (
        lambda c: c.ask(c.handled(is_confidential=True), "unit-cg", "ask_disclosure", PURPOSE, share=False),
        ["security"],
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_request_waits_for_those_who_may_decide_it_and_for_nobody_else(city, name):
    make, deciders = ASKED[name]
    make(city)
    assert [who for who in DECIDERS if waiting(city, who)] == deciders


@pytest.mark.parametrize("name", ASKED)
def test_an_open_request_names_the_unit_or_the_roles_it_waits_for(city, name):
    make, deciders = ASKED[name]
    make(city)
    with city.factory() as session:
        above = session.get_one(Unit, city.unit("CG")).name
        request = session.query(Request).order_by(Request.id.desc()).first()
        named = find_line(session, request.id, NOW).decider
    roles = [role.label_zh for who in deciders for role in city.actor(who).roles if who != "unit-cg"]
    assert named == ("或".join(roles) or above)


def test_whoever_asked_sees_for_whom_it_waits_since_when_and_until_when(city, visit):
    city.ask(city.handled("JD"), "unit-jd", "ask_extension", EXTENSION)
    page = visit("unit-jd").get("/requests/mine").text
    cell = re.search(r'<td data-l="审批">(.*?)</td>', page, re.DOTALL)[1]
    words = re.sub(r"<[^>]+>", "", cell)
    moment = r"\d\d-\d\d \d\d:\d\d"
    assert re.fullmatch(rf"等待\S+审批{moment} 起，应于 {moment} 前审批", words)
    assert city.actor("unit-cg").name not in words


@pytest.mark.parametrize("name", ASKED)
def test_whoever_finds_a_request_in_their_list_is_offered_a_decision(city, name):
    make, deciders = ASKED[name]
    make(city)
    actors = [city.actor(who) for who in deciders]
    with city.factory() as session:
        request = session.query(Request).order_by(Request.id.desc()).first()
        ticket = session.get(Ticket, request.ticket_id)
        for actor in actors:
            offers = request_offers(session, ticket, request, actor, NOW)
            assert {offer.action for offer in offers} & {"approve", "refuse", "endorse"}, actor.name


def test_what_a_street_asks_reaches_the_centre_once_its_unit_above_passed_it_on(city):
    number = city.handled("JD")
    city.ask(number, "unit-jd", "ask_extension", EXTENSION)
    city.decide(number, "unit-cg", "endorse")
    assert [who for who in DECIDERS if waiting(city, who)] == ["dispatcher", "supervisor"]


def test_an_extension_shows_its_reason_and_both_due_dates_before_it_is_decided(city, visit):
    number = city.handled()
    city.ask(number, "unit-cg", "ask_extension", EXTENSION)
    page = visit("dispatcher").get("/requests").text
    assert EXTENSION["reason"] in page
    assert EXTENSION["citizen_words"] in page
    days = re.search(r"现在 <b>([^<]+)</b> → 同意后 <b>([^<]+)</b>", page)
    assert days is not None
    assert days[1] < days[2]


def test_a_reopening_is_decided_beside_the_answer_and_its_reason_stays_inside(city, visit):
    city.ask(city.closed(), "agent", "ask_reopening", {"reason": "又坏了。"}, share=False)
    page = visit("supervisor").get("/requests").text
    assert ANSWER in page
    assert "诉求人会得知结果，看不到这里的意见" in page
    assert "会告诉申请人" not in page


def test_a_decision_is_made_from_the_list_and_leads_back_to_it(city, visit):
    number = city.handled()
    asked = city.ask(number, "unit-cg", "ask_extension", EXTENSION)
    clerk = visit("dispatcher")
    url = f"/tickets/{number}/requests/{asked}/actions/approve"
    hidden = hidden_of(clerk.get("/requests").text, url)
    answer = clerk.post(url, data={**hidden, "reason": "情况属实"})
    assert (answer.status_code, answer.location) == (303, "/requests")
    assert city.request(number).state == "approved"
    assert "没有等您审批的申请" in clerk.get("/requests").text


def test_a_decision_on_a_page_that_is_out_of_date_keeps_the_words(city, visit):
    number = city.handled()
    asked = city.ask(number, "unit-cg", "ask_extension", EXTENSION)
    clerk = visit("dispatcher")
    url = f"/tickets/{number}/requests/{asked}/actions/approve"
    hidden = hidden_of(clerk.get("/requests").text, url)
    city.act("agent", Command(number, "note", {"text": "诉求人来电", "visibility": "internal"}), NOW)
    answer = clerk.post(url, data={**hidden, "reason": "情况属实"})
    assert answer.status_code == 409
    assert "情况属实" in answer.text


def test_the_security_officer_sees_the_number_the_asker_and_the_purpose_and_no_word_of_the_ticket(
    city, visit
):
    number = city.handled(is_confidential=True)
    city.ask(number, "unit-cg", "ask_disclosure", PURPOSE, share=False)
    officer = visit("security")
    page = officer.get("/requests").text
    ticket = city.ticket(number)
    assert number in page
    assert PURPOSE["purpose"] in page
    assert "unit-cg 的姓名" in page
    assert ticket.title not in page
    assert ticket.content not in page
    assert officer.get(f"/tickets/{number}").status_code == 403


def test_the_security_officer_decides_without_seeing_the_ticket(city, visit):
    number = city.handled(is_confidential=True)
    asked = city.ask(number, "unit-cg", "ask_disclosure", PURPOSE, share=False)
    officer = visit("security")
    other = city.ask(city.handled(is_confidential=True), "unit-cg", "ask_disclosure", PURPOSE, share=False)
    refused = press(officer, f"/requests?kind=identity_disclosure&id={asked}", f"/{asked}/refuse")
    page = assert_came_back(refused, str(asked), "待我审批", "f-reason")
    assert page.select_one("[data-key='Ctrl+Enter']").text.startswith("驳回")
    assert f"kind=identity_disclosure&id={other}" in str(page.select(".pane-list a")).replace("&amp;", "&")
    assert city.request(number).state == "requested"
    assert post(officer, f"/requests/{asked}/approve", reason="同意").status_code == 303
    assert city.request(number).state == "approved"
    assert post(officer, f"/requests/{asked}/approve").status_code == 409


def test_the_security_officer_decides_nothing_else_by_that_door(city, visit):
    asked = city.ask(city.handled(), "unit-cg", "ask_extension", EXTENSION)
    assert post(visit("security"), f"/requests/{asked}/approve").status_code == 404
    assert post(visit("dispatcher"), f"/requests/{asked}/approve").status_code == 403


@pytest.mark.parametrize(("button", "length"), [("approve", 501), ("refuse", 0)])
def test_a_refused_decision_comes_back_among_the_requests_of_its_kind(city, visit, button, length):
    numbers = [city.handled() for _ in range(2)]
    for number in numbers:
        city.ask(number, "unit-cg", "ask_extension", EXTENSION)
    asked = city.request(numbers[1]).id
    dispatcher = visit("dispatcher")
    typed = "长" * length
    answer = press(dispatcher, f"/requests?kind=extension&id={asked}", f"/actions/{button}", reason=typed)
    page = assert_came_back(answer, str(asked), "待我审批", "f-reason")
    assert page.select_one("#f-reason").text.strip() == typed
    # The key goes on with what was being done: it never grants what was being refused.
    assert page.select_one("[data-key='Ctrl+Enter']").text.startswith(
        "驳回" if button == "refuse" else "同意"
    )
    assert "kind=extension" in page.select_one(".pane-list .views a[aria-current]")["href"]
    mended = press_again(dispatcher, page, f"/actions/{button}", reason="时限充足")
    assert (mended.status_code, mended.location) == (303, "/requests?kind=extension")


def test_a_unit_finds_its_requests_with_their_outcomes(city, visit):
    number = city.handled()
    city.ask(number, "unit-cg", "ask_extension", EXTENSION)
    city.decide(number, "dispatcher", "refuse", {"reason": "时限充足"})
    page = visit("unit-cg").get("/requests/mine").text
    assert EXTENSION["reason"] in page
    assert "时限充足" in page
    assert "审批<br>" not in page
    assert number not in visit("unit-jt").get("/requests/mine").text


def test_whoever_asked_may_take_an_open_request_back(city, visit):
    number = city.handled()
    asked = city.ask(number, "unit-cg", "ask_extension", EXTENSION)
    unit = visit("unit-cg")
    url = f"/tickets/{number}/requests/{asked}/actions/cancel"
    answer = unit.post(url, data=hidden_of(unit.get("/requests/mine").text, url))
    assert answer.status_code == 303
    assert answer.location.startswith("/requests/mine")
    assert city.request(number).state == "cancelled"


def test_a_unit_that_passes_a_request_on_sees_no_request_of_the_centre_about_the_ticket(city, visit):
    number = city.handled("JD", is_confidential=True)
    city.ask(number, "supervisor", "ask_disclosure", PURPOSE, share=False)
    city.ask(number, "unit-jd", "ask_extension", EXTENSION)
    page = visit("unit-cg").get("/requests").text
    assert EXTENSION["reason"] in page
    assert PURPOSE["purpose"] not in page
