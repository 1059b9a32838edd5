"""The next call comes: what was told last is still there, and words begun before it are brought into it."""

from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.incoming_calls import IncomingCall
from hotline.models.ticket import Ticket
from tests.hotline.clerks import hidden_of
from tests.hotline.desk.ringing import HTMX, WORDS, fields, taken


def test_the_number_told_last_is_still_there_when_the_next_call_opens(agent, ring, session_factory, town):
    hidden = hidden_of(agent.get("/desk").text, "/desk")
    told = {**WORDS, **hidden, "category": "PROPERTY", "address": "文昌路 8 号", "action": "submit"}
    address = agent.post("/desk", data=told).headers["Location"]
    path = f"/desk/calls/{ring()}/take"
    answer = agent.post(path, data=hidden_of(agent.get(address).text, path))
    page = BeautifulSoup(agent.get(answer.headers["Location"]).text, "html.parser")
    with session_factory() as session:
        ticket = session.scalars(select(Ticket)).one()
    line = page.select_one(".flashes--done")
    assert ticket.number in line.text
    assert "上一通来电" in line.text
    assert "data-told" not in line.attrs
    gone = next(link for link in line("a") if link.text.strip() == "收起")["href"]
    assert ticket.query_code not in agent.get(gone).text


def brought(browser, call_id):
    """Press the button that brings what was written first into the call; its page afterwards."""
    path, page = f"/desk/calls/{call_id}/take", taken(browser, call_id)
    words_of = BeautifulSoup(page, "html.parser").select_one("[name=words_of]")["value"]
    return path, {**hidden_of(page, path), "words_of": words_of}


def test_words_begun_before_a_call_are_brought_into_it(agent, ring, session_factory):
    form = fields(agent.get("/desk").text, **{**WORDS, "phone": ""})
    agent.post("/desk/calls", data=form, headers=HTMX)
    call_id = ring()
    path, press = brought(agent, call_id)
    page = agent.get(agent.post(path, data=press).headers["Location"]).text
    assert WORDS["content"] in page
    assert 'name="words_of"' not in page
    with session_factory() as session:
        (left,) = session.scalars(select(IncomingCall).where(IncomingCall.id != call_id))
        assert (left.typed, left.is_open) == ({}, False)
        assert session.get_one(IncomingCall, call_id).typed["phone"] == WORDS["phone"]


def test_words_are_never_brought_over_others(agent, ring, session_factory):
    form = fields(agent.get("/desk").text, **{**WORDS, "phone": ""})
    agent.post("/desk/calls", data=form, headers=HTMX)
    call_id = ring()
    path, press = brought(agent, call_id)
    own = fields(agent.get(f"/desk?call={call_id}").text, content="另一件事。")
    agent.post("/desk/calls", data=own, headers=HTMX)
    answer = agent.post(path, data=press)
    assert "没有带入" in agent.get(answer.headers["Location"]).text
    with session_factory() as session:
        kept = {call.typed["content"] for call in session.scalars(select(IncomingCall))}
    assert kept == {"另一件事。", WORDS["content"]}
