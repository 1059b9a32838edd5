"""What a unit keeps in sight: tickets somebody watches, and replies that came back to be mended."""

import re

import pytest

from tests.hotline.department.office import GOOD_REPLY, post, sign_in
from tests.hotline.department.test_inbox import form_of, open_number, rows_of


@pytest.fixture
def handler(client, office):
    return sign_in(client, "handler")


def press(client, page: str, action: str):
    url = re.search(rf'action="([^"]*/{action})"', page)[1]
    return post(client, url, **form_of(page, f"/{action}"))


def test_a_watched_ticket_stays_open_and_is_on_ones_own_list_alone(app, handler, office):
    first, second = office.dispatched("甲"), office.dispatched("乙")
    page = handler.get(f"/inbox?ticket={second}&sort=-created_at").text
    for _ in range(2):
        answer = press(handler, page, "watch")
    assert open_number(handler.get(answer.location).text) == second
    assert "sort=-created_at" in answer.location
    page = handler.get("/inbox?view=watched").text
    assert rows_of(page) == [second]
    assert rows_of(sign_in(app.test_client(), "leader").get("/inbox?view=watched").text) == []
    press(handler, page, "unwatch")
    assert rows_of(handler.get("/inbox?view=watched").text) == []
    assert first in rows_of(handler.get("/inbox").text)


def test_what_left_the_unit_is_on_nobodys_list_there_any_more(handler, office):
    number = office.dispatched()
    press(handler, handler.get("/inbox").text, "watch")
    share = office.share(number)
    other = {"assignment": share.id, "unit": office.unit_id("WT-CG"), "reason": "职责所在"}
    office.act("dispatcher", number, "redirect", other)
    assert rows_of(handler.get("/inbox?view=watched").text) == []
    assert post(handler, f"/tickets/{number}/watch").status_code == 404


def test_a_reply_that_was_sent_back_is_to_be_mended_until_it_is_given_again(handler, office):
    number, _ = office.handled("甲"), office.handled("乙")
    office.on_share(number, "handler", "submit_reply", GOOD_REPLY)
    assert rows_of(handler.get("/inbox?view=to_mend").text) == []
    office.on_share(number, "leader", "refuse_unit_reply", {"reason": "没有写恢复时间"})
    page = handler.get("/inbox?view=to_mend").text
    assert rows_of(page) == [number]
    assert "待补正" in page[page.index(f'id="row-{number}"') :]
    assert re.search("待补正：.*单位领导.*退回修改.*没有写恢复时间", page)
    office.on_share(number, "handler", "submit_reply", GOOD_REPLY)
    assert rows_of(handler.get("/inbox?view=to_mend").text) == []


def test_thinking_better_of_a_form_leads_back_to_the_ticket_and_not_on(handler, office):
    first, second = office.handled("甲"), office.handled("乙")
    page = handler.get(f"/inbox?view=handling&sort=created_at&ticket={first}").text
    link = re.search(rf'href="(/tickets/{first}/assignments/\d+/requests/ask_return[^"]*)"', page)[1]
    form = handler.get(link.replace("&amp;", "&")).text
    back = re.search(r'<a class="btn" href="([^"]+)" data-key="U">取消', form)[1]
    assert f"ticket={first}" in back
    assert f"ticket={second}" in form_of(form, "/requests/ask_return")["next"]
