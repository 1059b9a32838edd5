"""The dispatcher sees what may be the same matter and merges with one press; nobody else has the button."""

import pytest
from bs4 import BeautifulSoup

from hotline.models.catalog import Category
from tests.hotline.clerks import hidden_of
from tests.hotline.department.office import sign_in
from workflows.vocabulary import TicketState


@pytest.fixture
def dispatcher(client, office):
    return sign_in(client, "dispatcher")


def button_of(page, number):
    return BeautifulSoup(page, "html.parser").find("button", attrs={"name": "master", "value": number})


def test_the_page_names_what_may_be_the_same_matter_and_why(dispatcher, office):
    first, second = office.waiting("电梯停运"), office.waiting("电梯还是不动")
    page = dispatcher.get(f"/dispatch?ticket={second}").text
    section = page[page.index('id="duplicates"') :]
    assert first in section
    assert "同来电人同分类，同地址同分类 · " in section


def test_a_ticket_without_its_like_has_no_such_section(dispatcher, office):
    number = office.waiting()
    assert 'id="duplicates"' not in dispatcher.get(f"/dispatch?ticket={number}").text


def test_the_ticket_its_agent_named_stands_first(dispatcher, office):
    named = office.waiting("别处的电梯", phone="13900139000", street="", address="", district="滨江区")
    office.waiting("电梯停运")
    number = office.waiting("电梯还是不动")
    note = {"text": f"疑似与 {named} 重复，建议并案。", "visibility": "internal"}
    office.act("agent", number, "note", note)
    page = dispatcher.get(f"/dispatch?ticket={number}").text
    cards = BeautifulSoup(page, "html.parser").select("[aria-labelledby=duplicates] .hint-card")
    assert named in cards[0].text
    assert "话务员建议并案" in cards[0].text


def test_one_press_merges_and_opens_the_next(dispatcher, office):
    first, second = office.waiting("电梯停运"), office.waiting("电梯还是不动")
    page = dispatcher.get(f"/dispatch?ticket={second}").text
    path = f"/tickets/{second}/actions/merge"
    assert button_of(page, first)["form"] == "merge"
    answer = dispatcher.post(path, data={**hidden_of(page, path), "master": first})
    assert answer.status_code == 303
    follower = office.ticket(second)
    assert (follower.state, follower.outcome) == (TicketState.CLOSED, "merged")
    assert follower.master_id == office.ticket(first).id
    assert f"已并案：{second}" in dispatcher.get(answer.headers["Location"]).text


def test_a_confidential_ticket_has_no_button_to_join_an_open_one(dispatcher, office):
    first = office.waiting("电梯停运")
    second = office.waiting("电梯还是不动", is_confidential=True)
    page = dispatcher.get(f"/dispatch?ticket={second}").text
    assert first in page[page.index('id="duplicates"') :]
    assert button_of(page, first) is None


def test_another_matter_of_the_same_caller_is_named_without_a_button(dispatcher, office):
    with office.factory.begin() as session:
        session.add(Category(code="CG-01", name="噪声", path="噪声", level=1))
    other = office.waiting("噪声扰民", category="CG-01", content="工地夜间施工，影响休息。诉求：请尽快制止。")
    number = office.waiting("电梯停运")
    page = dispatcher.get(f"/dispatch?ticket={number}").text
    folded = BeautifulSoup(page, "html.parser").select_one("[aria-labelledby=duplicates] details")
    assert folded.summary.text == "1 件，只是同一人来电"
    assert other in folded.text
    assert button_of(page, other) is None


def test_two_that_are_alike_stand_open_and_the_others_are_folded_so_that_the_units_stay_in_sight(
    dispatcher, office
):
    for _ in range(3):
        office.waiting("电梯停运")
    number = office.waiting("电梯还是不动")
    page = BeautifulSoup(dispatcher.get(f"/dispatch?ticket={number}").text, "html.parser")
    section = page.select_one("[aria-labelledby=duplicates]")
    assert section.h3.text == "疑似重复 3 件"
    assert section.details.summary.text == "另 1 件"
    assert len(section.select(".hint-card")) - len(section.details.select(".hint-card")) == 2
