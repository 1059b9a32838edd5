"""A call reaches the desk, stands there as a tab of its own, and nothing typed of it is lost or left behind."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update

from hotline.models.incoming_calls import CallState, IncomingCall
from hotline.models.people import UserSession
from hotline.models.ticket import Ticket
from hotline.services import intake
from hotline.services.incoming_calls import (
    KEPT_FOR,
    UNFINISHED_KEPT_FOR,
    forget_old_calls,
)
from tests.hotline.clerks import hidden_of, submitted
from tests.hotline.desk.ringing import HTMX, WORDS, field, fields, taken
from tests.hotline.pages import without_tokens
from tests.stories.town import COMPLAINT, MONDAY


def keep(browser, page, path="/desk", **typed):
    return browser.post("/desk/calls", data=fields(page, path, **typed), headers=HTMX)


def stored(session_factory, call_id=None):
    with session_factory() as session:
        return session.get(IncomingCall, call_id) if call_id else session.scalars(select(IncomingCall)).one()


def test_a_waiting_call_is_taken_and_brings_the_known_caller_along(agent, ring, session_factory, town):
    submitted(session_factory, town)
    call = ring()
    desk = agent.get("/desk").text
    assert '来电 <b class="mono">138****8001</b>' in desk
    assert "13800138001" not in desk
    page = taken(agent, call)
    for text in ('value="林晚秋"', 'value="13800138001"', "1 件在办", 'aria-current="page"', "填入常用地址"):
        assert text in page


def test_the_desk_asks_again_and_is_told_nothing_while_nothing_changed(agent, ring):
    ring()
    first = agent.get("/desk/calls", headers=HTMX).text
    seen = re.search(r'name="seen" value="(\w+)"', first).group(1)
    assert agent.get(f"/desk/calls?seen={seen}", headers=HTMX).status_code == 204
    ring(reference="c-2", phone=None)
    assert "号码未显示" in agent.get(f"/desk/calls?seen={seen}", headers=HTMX).text


def test_a_desk_that_asks_by_itself_does_not_keep_anybody_signed_in(agent, session_factory):
    seen_at = datetime.now(UTC) - timedelta(minutes=20)
    with session_factory.begin() as session:
        session.execute(update(UserSession).values(last_seen_at=seen_at))
    for path, is_same in (("/desk/calls", True), ("/desk", False)):
        agent.get(path, headers=HTMX)
        with session_factory() as session:
            assert (session.scalars(select(UserSession.last_seen_at)).one() == seen_at) is is_same


def test_what_is_typed_of_two_calls_is_kept_apart(agent, ring):
    first, second = ring(), ring(reference="c-2", phone="+8613900139000")
    keep(agent, taken(agent, first), content="第一通的话", phone="13800138001")
    keep(agent, taken(agent, second), content="第二通的话", phone="13900139000")
    page = agent.get(f"/desk?call={first}").text
    assert ">\n第一通的话</textarea>" in page
    assert "第二通" not in page
    assert "草稿已保存" in page
    assert "139****9000" in page


def test_typing_into_an_empty_form_opens_a_call_once(agent, session_factory):
    page = agent.get("/desk").text
    answer = keep(agent, page, content="没有来电的话")
    assert answer.json["url"] == f"/desk?call={stored(session_factory).id}"
    assert keep(agent, page, content="没有来电的话，再写").status_code == 200
    assert stored(session_factory).typed["content"] == "没有来电的话，再写"
    assert "没有来电" in agent.get(answer.json["url"]).text


def test_without_javascript_what_is_kept_comes_back_with_the_page(agent):
    page = agent.get("/desk").text
    answer = agent.post("/desk/calls", data=fields(page, content="先放一放", type="praise"))
    assert answer.status_code == 303
    page = agent.get(answer.headers["Location"]).text
    assert "先放一放" in page
    assert 'value="praise" checked' in page


def test_two_windows_do_not_overwrite_each_other(agent, ring, session_factory):
    call = ring()
    one, other = taken(agent, call), agent.get(f"/desk?call={call}").text
    assert keep(agent, one, content="先写的").status_code == 200
    assert keep(agent, other, content="后写的").status_code == 409
    assert stored(session_factory).typed["content"] == "先写的"


@pytest.mark.parametrize("action", ["/desk", "/desk/calls"])
def test_a_window_that_came_too_late_chooses_between_its_words_and_those_kept(
    agent, ring, session_factory, action
):
    call = ring()
    one, other = taken(agent, call), agent.get(f"/desk?call={call}").text
    keep(agent, one, **{**WORDS, "content": "先写的话。"})
    answer = agent.post(action, data=fields(other, **WORDS, action="save"))
    assert answer.status_code == 409
    for text in ("先写的话。", WORDS["content"], "另一个窗口"):
        assert text in answer.text
    assert stored(session_factory).typed["content"] == "先写的话。"
    chosen = {**hidden_of(answer.text, action), "content": WORDS["content"]}
    assert agent.post(action, data=chosen).status_code == 303
    kept = stored(session_factory)
    with session_factory() as session:
        contents = list(session.scalars(select(Ticket.content)))
    assert [*contents, *filter(None, [kept.typed.get("content")])] == [WORDS["content"]]


def test_a_call_that_is_in_a_ticket_leads_there_from_another_window(agent, ring, session_factory):
    call = ring()
    one, other = taken(agent, call), agent.get(f"/desk?call={call}").text
    agent.post("/desk", data=fields(one, **WORDS, action="save"))
    answer = agent.post("/desk", data=fields(other, **{**WORDS, "content": "后写的话。"}, action="save"))
    with session_factory() as session:
        number = session.scalars(select(Ticket.number)).one()
    assert answer.status_code == 409
    assert f'href="/tickets/{number}"' in answer.text
    assert "后写的话。" in answer.text


def test_a_call_that_became_a_ticket_leaves_the_desk_and_nothing_typed(agent, ring, session_factory):
    page = taken(agent, ring())
    keep(agent, page, **WORDS)
    answer = agent.post("/desk", data=fields(page, **WORDS, action="save"))
    assert answer.status_code == 303
    call = stored(session_factory)
    with session_factory() as session:
        assert session.scalars(select(Ticket.number)).one() == call.ticket_number
    assert (call.typed, call.is_open) == ({}, False)
    assert keep(agent, page, **WORDS).status_code == 409


@pytest.mark.parametrize("is_kept_first", [True, False])
def test_a_form_sent_while_it_is_kept_leaves_no_second_copy(agent, session_factory, is_kept_first):
    page = agent.get("/desk").text
    if is_kept_first:
        keep(agent, page, **WORDS)
    agent.post("/desk", data=fields(page, **WORDS, action="save"))
    assert keep(agent, page, **WORDS).status_code == 409
    assert "未填号码" not in agent.get("/desk").text
    with session_factory() as session:
        assert [call.typed for call in session.scalars(select(IncomingCall))] == [{}] * is_kept_first


def test_a_refused_form_still_belongs_to_its_call(agent, ring, session_factory):
    page = taken(agent, ring())
    answer = agent.post("/desk", data=fields(page, content="", action="submit"))
    assert answer.status_code == 422
    assert field(answer.text, "call") == str(stored(session_factory).id)


def test_an_urged_ticket_ends_the_work_on_a_call(agent, ring, session_factory, town):
    number = submitted(session_factory, town)
    page = taken(agent, ring())
    answer = agent.post("/desk/urge", data=fields(page, type="help", same_as=number))
    assert answer.headers["Location"] == f"/desk?urged={number}"
    assert stored(session_factory).ticket_number == number


def test_a_call_put_aside_waits_under_my_tickets(agent, ring, session_factory):
    call = ring()
    page = taken(agent, call)
    keep(agent, page, content="写了一半")
    path = f"/desk/calls/{call}/put-aside"
    assert agent.post(path, data=hidden_of(page, path)).headers["Location"] == "/desk"
    mine = agent.get("/desk/mine").text
    assert "写了一半" in mine
    assert "138****8001" in mine
    assert counted(mine, "nav.topnav a[href='/desk/mine']") == "1 件待办"
    assert counted(mine, "a[href='/desk/mine?view=drafts']") == "1"
    path = f"/desk/calls/{call}/take"
    agent.post(path, data=hidden_of(mine, path))
    assert "写了一半" in agent.get(f"/desk?call={call}").text
    with session_factory.begin() as session:
        assert forget_old_calls(session, datetime.now(UTC) + KEPT_FOR) == 0
        assert forget_old_calls(session, datetime.now(UTC) + UNFINISHED_KEPT_FOR + timedelta(minutes=1)) == 1


def counted(page, link):
    return BeautifulSoup(page, "html.parser").select_one(f"{link} .count").text


def test_a_call_put_aside_with_nothing_typed_is_gone(agent, ring):
    call = ring()
    path = f"/desk/calls/{call}/put-aside"
    agent.post(path, data=hidden_of(taken(agent, call), path))
    assert "138****8001" not in agent.get("/desk/mine").text
    assert "138****8001" not in agent.get("/desk").text


def test_the_calls_of_others_look_absent(agent, trusted_agent, ring, session_factory):
    call = ring()
    taken(agent, call)
    page = trusted_agent.get(f"/desk?call={call}").text
    assert "138" not in without_tokens(page).split('id="call-form"')[1]
    assert keep(trusted_agent, page, call=str(call), content="别人的").status_code == 404
    hidden = hidden_of(page, "/desk")
    for act in ("take", "put-aside"):
        assert trusted_agent.post(f"/desk/calls/{call}/{act}", data=hidden).status_code == 404
    assert stored(session_factory).typed == {}


def test_a_draft_that_is_being_changed_stays_that_draft(agent, session_factory, town):
    with session_factory.begin() as session:
        number = intake.register(session, COMPLAINT, town["agent"], MONDAY).number
    path = f"/desk/drafts/{number}"
    address = keep(agent, agent.get(path).text, path, content="改了一半").json["url"]
    page = agent.get(address).text
    assert "改了一半" in page
    answer = agent.post(path, data=fields(page, path, **{**WORDS, "content": "改好了"}, action="save"))
    assert answer.status_code == 303
    with session_factory() as session:
        assert session.scalars(select(Ticket.content)).one() == "改好了"


def test_who_is_spoken_to_stands_before_who_still_rings(agent, ring):
    ring(reference="c-1", phone="+8613900139000")
    ring(reference="c-2", state=CallState.ANSWERED)
    page = agent.get("/desk").text
    assert page.index("通话中") < page.index("139****9000")
