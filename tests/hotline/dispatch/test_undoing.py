"""What was just done is offered back in the notice that tells of it, for a moment and once."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
import time_machine
from sqlalchemy import select

from hotline.models.ticket import TicketEvent
from tests.hotline.department.office import post, sign_in
from tests.hotline.dispatch.test_queue import next_of, open_number, rows_of
from workflows.grace import GRACE


@pytest.fixture
def dispatcher(client, office):
    return sign_in(client, "dispatcher")


def undo_form(html: str) -> dict[str, str]:
    """The form of the toast that offers to undo, as a browser without scripts sends it."""
    form = re.search(
        r'<form class="inline" action="([^"]*/undo_\w+)" method="post">(.*?)</form>', html, re.DOTALL
    )
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    return {"path": unescape(form[1]), **{name: unescape(value) for name, value in fields.items()}}


def test_the_dispatched_ticket_is_offered_back_and_one_press_undoes_it(dispatcher, office):
    first, second = office.waiting("小区供暖温度 15 度"), office.waiting("工地夜间施工")
    page = dispatcher.get(f"/dispatch?view=waiting&q=&ticket={first}").text
    form = {"main_unit": office.unit_id("WT-ZJ"), "next": next_of(page)}
    sent = post(dispatcher, f"/dispatch/{first}", **form)
    page = dispatcher.get(sent.location).text
    assert open_number(page) == second
    form = undo_form(page)
    assert "撤销" in page
    undone = dispatcher.post(form.pop("path"), data=form)
    assert undone.status_code == 303
    page = dispatcher.get(undone.location).text
    assert (open_number(page), rows_of(page)) == (first, [first, second])
    assert f"已撤销派单：{first}" in page
    assert "/undo_dispatch" not in page


def test_a_second_press_of_undo_changes_nothing_and_a_late_one_is_told_why(
    dispatcher, office, session_factory
):
    number = office.waiting()
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        post(dispatcher, f"/dispatch/{number}", main_unit=office.unit_id("WT-ZJ"))
        form = undo_form(dispatcher.get("/dispatch").text)
        path = form.pop("path")
        answers = [dispatcher.post(path, data=form) for _ in range(2)]
        assert {answer.location for answer in answers} == {answers[0].location}
        post(dispatcher, f"/dispatch/{number}", main_unit=office.unit_id("WT-ZJ"))
        form = undo_form(dispatcher.get("/dispatch").text)
        clock.shift(GRACE)
        late = dispatcher.post(form.pop("path"), data=form)
    assert (late.status_code, "已过可以撤销的时间" in late.text) == (409, True)
    with session_factory() as session:
        actions = session.scalars(select(TicketEvent.action).order_by(TicketEvent.id)).all()
    assert (actions.count("dispatch"), actions.count("undo_dispatch")) == (2, 1)


def test_a_unit_that_signed_by_mistake_takes_it_back_and_has_the_same_time_to_sign(client, office):
    number = office.dispatched()
    due = office.share(number).sign_due_at
    handler = sign_in(client, "handler")
    path = f"/tickets/{number}/assignments/{office.share(number).id}/actions/sign"
    signed = post(handler, path, version=office.ticket(number).version, next=f"/inbox?ticket={number}")
    form = undo_form(handler.get(signed.location).text)
    assert handler.post(form.pop("path"), data=form).location == f"/inbox?ticket={number}"
    share = office.share(number)
    assert (share.state, share.sign_due_at, share.signed_at) == ("to_sign", due, None)
