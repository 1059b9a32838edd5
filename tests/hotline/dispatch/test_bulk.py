"""Many tickets go at once only where one unit is suggested for all; each that will not go says why."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from hotline.models.ticket import Assignment, Ticket
from tests.hotline.catalogue.book import publish
from tests.hotline.department.office import follow, post, sign_in
from workflows.vocabulary import Machine


@pytest.fixture
def dispatcher(client, office):
    return sign_in(client, "dispatcher")


def send(dispatcher, page: str, *numbers: str):
    """Press the button of the bar with these rows ticked, as a browser without scripts does."""
    form = re.search(r'action="/dispatch/bulk".*?</form>', page, re.DOTALL)[0]
    fields = re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', form)
    hidden = {name: unescape(value) for name, value in fields if name not in {"csrf_token", "number"}}
    return follow(dispatcher, post(dispatcher, "/dispatch/bulk", number=list(numbers), **hidden))


def lot_of(page: str, number: str) -> str:
    """Cut out the form that sends the lot of a ticket."""
    form = rf'<form action="/dispatch/bulk"(?:(?!</form>).)*name="number" value="{number}".*?</form>'
    return re.search(form, page, re.DOTALL)[0]


def held_by(session_factory) -> dict[str, int]:
    with session_factory() as session:
        rows = session.execute(select(Ticket.number, Assignment.unit_id).join(Assignment))
        return dict(tuple(row) for row in rows)


def test_all_that_were_ticked_go_to_the_unit_suggested_for_each_and_twice_pressed_is_once_done(
    dispatcher, office, session_factory
):
    numbers = [office.waiting(f"小区供暖温度 {n} 度") for n in (15, 16)]
    page = dispatcher.get("/dispatch").text
    done = send(dispatcher, page, *numbers)
    assert "已派出 2 件" in done.text
    assert done.text.count("/actions/undo_dispatch") == 2
    assert "已派出 2 件" in send(dispatcher, page, *numbers).text
    assert held_by(session_factory) == dict.fromkeys(numbers, office.unit_id("WT-ZJ"))


def test_one_that_was_changed_meanwhile_is_named_with_the_reason_and_the_others_go(
    dispatcher, office, session_factory
):
    first, second = office.waiting("小区供暖温度 15 度"), office.waiting("工地夜间施工")
    page = dispatcher.get("/dispatch").text
    note = {"text": "已电话核实", "visibility": "internal"}
    post(dispatcher, f"/tickets/{first}/actions/note", version=3, **note)
    done = send(dispatcher, page, first, second)
    assert ("已派出 1 件" in done.text, "没有派出" in done.text, f"ticket={first}" in done.text) == (
        True,
    ) * 3
    assert held_by(session_factory).keys() == {second}


def test_of_several_suggested_units_none_gets_anything_until_each_lot_is_sent_by_itself(
    dispatcher, office, session_factory
):
    with session_factory.begin() as session:
        publish(session, ("ZF-01", "滨江区", "BJ-CG"))
    here, there = office.waiting(), office.waiting(district="滨江区")
    refused = send(dispatcher, dispatcher.get("/dispatch").text, here, there)
    assert "推荐单位不同" in refused.text
    assert held_by(session_factory) == {}
    sent = send(dispatcher, lot_of(refused.text, there), there)
    assert "已派出 1 件" in sent.text
    assert held_by(session_factory) == {there: office.unit_id("BJ-CG")}
    assert "已派出 1 件" in send(dispatcher, lot_of(sent.text, here), here).text
    assert held_by(session_factory) == {there: office.unit_id("BJ-CG"), here: office.unit_id("WT-ZJ")}


def test_undoing_one_lot_leads_back_to_all_that_still_waits_and_not_past_it(
    dispatcher, office, session_factory
):
    with session_factory.begin() as session:
        publish(session, ("ZF-01", "滨江区", "BJ-CG"))
    here, there = office.waiting(), office.waiting(district="滨江区")
    refused = send(dispatcher, dispatcher.get("/dispatch").text, here, there)
    sent = send(dispatcher, lot_of(refused.text, there), there)
    undo = re.search(r'action="[^"]*/actions/undo_dispatch".*?</form>', sent.text, re.DOTALL)[0]
    waits = dispatcher.get(unescape(re.search(r'name="next" value="([^"]*)"', undo)[1])).text
    assert "推荐单位不同" not in waits
    assert "已派出 1 件" in send(dispatcher, lot_of(waits, here), here).text
    for number in (here, "%00"):
        assert dispatcher.get(f"/dispatch/bulk?number={number}").location == "/dispatch"


def test_a_ticket_that_came_back_has_no_tick_box_and_is_not_sent_unread(dispatcher, office, session_factory):
    number = office.dispatched()
    asked = office.ask_return(number)
    office.act("dispatcher", number, "approve", machine=Machine.REQUEST, subject_id=asked)
    assert 'action="/dispatch/bulk"' not in dispatcher.get("/dispatch").text
    sent = follow(dispatcher, post(dispatcher, "/dispatch/bulk", number=[number]))
    assert "还没有派出" in sent.text
    with session_factory() as session:
        assert len(session.scalars(select(Assignment)).all()) == 1
