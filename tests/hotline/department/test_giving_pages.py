"""Who of a unit has which ticket in hand: said in the rows, found in a view of one's own, given one by one or many."""

import re

import pytest
from sqlalchemy import select

from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.services import accounts
from hotline.services.accounts import NewUser
from tests.hotline.department.office import PASSWORD, follow, post, sign_in
from tests.hotline.department.test_inbox import row_of, rows_of
from tests.hotline.department.test_passing_down import day, views
from workflows.vocabulary import Role


@pytest.fixture
def office(office):
    """The office with a second handler in the bureau."""
    with office.factory.begin() as session:
        new = NewUser("li", "李敏", PASSWORD, frozenset({Role.HANDLER}), office.unit_id("WT-ZJ"))
        accounts.create_user(session, new, office.now, accounts.CHEAP_HASHER)
    return office


def press(client, office, number: str, action: str = "give", **fields):
    """Send the form of an action of the bureau's share as it was opened."""
    url = f"/tickets/{number}/assignments/{office.share(number).id}/actions/{action}"
    return post(client, url, version=office.ticket(number).version, next="/inbox", **fields)


def person(office, username: str) -> int:
    with office.factory() as session:
        return session.scalars(select(User.id).where(User.username == username)).one()


def line_of(html: str, number: str) -> str:
    """What the list says of one ticket."""
    return re.search(rf'id="row-{number}".*?</li>', html, re.DOTALL)[0]


def give_url(office, number: str) -> str:
    return f"/tickets/{number}/assignments/{office.share(number).id}/actions/give"


def test_the_form_names_the_colleagues_with_what_they_hold_oneself_first(client, office):
    office.on_share(office.dispatched("乙"), "leader", "give", {"person": "li"})
    page = sign_in(client, "handler").get(give_url(office, office.dispatched("甲"))).text
    options = page[page.index('name="person"') :]
    assert options.index("（我自己） · 在手 0 件") < options.index("李敏 · 在手 1 件")
    assert "滨江" not in options
    assert "leader" not in options[: options.index("</select>")]


@pytest.mark.parametrize("many", [False, True])
def test_a_unit_with_nobody_else_says_so_and_what_can_be_done_instead(client, office, many):
    number = office.dispatched("甲", unit="WT-CG")
    office.on_share(number, "helper", "sign", unit="WT-CG")
    one = f"/tickets/{number}/assignments/{office.share(number, 'WT-CG').id}/actions/give"
    page = sign_in(client, "helper").get(f"/inbox/give?number={number}" if many else one).text
    assert "本单位没有其他可以指派的经办人员" in page
    assert 'name="person"' not in page
    assert 'type="submit"' not in page.partition('class="actbar"')[2].partition("</form>")[0]


def test_what_lies_with_me_is_a_view_of_its_own_and_rows_say_with_whom(app, client, office):
    mine, other, nobodys = office.dispatched("甲"), office.dispatched("乙"), office.dispatched("丙")
    office.on_share(mine, "leader", "give", {"person": "li"})
    office.on_share(other, "leader", "give", {"person": "handler"})
    sign_in(client, "li")
    assert views(client) == {"to_sign": 3, "mine": 1}
    assert rows_of(client.get("/inbox?view=mine").text) == [mine]
    page = client.get("/inbox?view=to_sign").text
    assert "我经办" in line_of(page, mine)
    assert office.actor("handler").name in line_of(page, other)
    assert "经办" not in line_of(page, nobodys)
    assert "mine" not in views(sign_in(app.test_client(), "leader"))


@pytest.mark.parametrize("sort", ["", "&sort=due_at"])
def test_what_stands_still_comes_after_what_is_due_next_among_what_lies_with_me(client, office, sort):
    paused, runs = office.handled("甲"), office.handled("乙")
    office.act("handler", paused, "ask_supplement", {"missing": "电梯编号", "answer_by": day(2)})
    page = sign_in(client, "handler").get(f"/inbox?view=mine{sort}").text
    assert rows_of(page) == [runs, paused]


def test_the_ticket_says_who_holds_it_and_who_gave_it(client, office):
    number = office.dispatched()
    office.on_share(number, "leader", "give", {"person": "li"})
    page = sign_in(client, "handler").get(f"/tickets/{number}").text
    assert "经办 李敏" in page
    assert "交给谁办" in page[page.index('id="t-story"') :]


def test_a_leader_gives_one_by_the_form_without_scripts_and_the_handler_gives_it_back(app, client, office):
    number = office.dispatched()
    sign_in(client, "leader")
    given = press(client, office, number, person=person(office, "li"))
    assert given.status_code == 303
    assert office.share(number).handler_id == person(office, "li")
    li = sign_in(app.test_client(), "li")
    assert press(li, office, number, "give_back").status_code == 303
    assert office.share(number).handler_id is None


def test_it_is_said_to_whom_one_or_many_were_given_and_how_a_mistake_is_mended(client, office):
    first, second, third = (office.dispatched(title) for title in "甲乙丙")
    sign_in(client, "leader")
    told = follow(client, press(client, office, first, person=person(office, "li"))).text
    assert f"已指派给李敏：{first}。给错了的，打开这件工单再指派，或交还单位。" in told
    many = post(client, "/inbox/given", number=[second, third], person=person(office, "li"), request_key="k1")
    assert "已指派给李敏 2 件。" in follow(client, many).text


def test_somebody_of_another_unit_is_refused_by_name_of_the_field_and_of_the_cure(client, office):
    number = office.dispatched()
    sign_in(client, "leader")
    refused = press(client, office, number, person=person(office, "helper"))
    assert refused.status_code == 422
    assert 'href="#f-person"' in refused.text
    assert "只能交给承办单位在用的经办人员" in refused.text


def test_many_are_given_at_once_and_those_that_stay_are_told(client, office):
    first, second, held = office.dispatched("甲"), office.handled("乙"), office.dispatched("丙")
    office.on_share(held, "leader", "give", {"person": "li"})
    sign_in(client, "leader")
    numbers = [first, second, held]
    picked = post(client, "/inbox/give", number=numbers, next="/inbox?view=handling")
    form = client.get(picked.location).text
    assert "指派 3 件" in form
    nobody = post(client, "/inbox/given", number=numbers)
    assert nobody.status_code == 422
    assert 'href="#f-person"' in nobody.text
    given = post(client, "/inbox/given", number=numbers, person=person(office, "li"), request_key="k1")
    answer = follow(client, given)
    assert "已指派 2 件，没有指派 1 件。" in answer.text
    assert "已经由这位同事经办" in row_of(answer.text, held)
    assert {office.share(number).handler_id for number in numbers} == {person(office, "li")}


def test_a_confidential_ticket_is_given_without_a_word_of_who_called(client, office):
    number = office.dispatched()
    with office.factory.begin() as session:
        session.scalars(select(Ticket).where(Ticket.number == number)).one().is_confidential = True
    sign_in(client, "leader")
    page = client.get(give_url(office, number)).text
    assert "陈某" not in page
    assert press(client, office, number, person=person(office, "li")).status_code == 303


def test_a_unit_that_helps_does_not_learn_who_of_the_main_unit_handles_it(client, office):
    number = office.dispatched(co_units=[office.unit_id("WT-CG")])
    office.on_share(number, "leader", "give", {"person": "li"})
    page = sign_in(client, "helper").get(f"/tickets/{number}").text
    assert "李敏" not in page


def test_what_was_given_is_no_longer_in_the_hand_of_who_gave_it(client, office):
    number = office.handled()
    office.on_share(number, "handler", "give", {"person": "li"})
    assert "mine" not in views(sign_in(client, "handler"))
