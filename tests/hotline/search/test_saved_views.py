"""A search gets a name, others may find it, and nobody sees more by it than without."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.models.people import User
from hotline.models.search import SavedView
from hotline.services.saved_views import MOST_VIEWS
from tests.hotline.clerks import hidden_of, submitted
from tests.stories.tale import Tale


@pytest.fixture
def number(session_factory, town) -> str:
    return submitted(session_factory, town, title="电梯停运")


def keep(browser: FlaskClient, conditions: str, name: str, sharing: str = "me"):
    page = browser.get(f"/search/views/new?{conditions}").text
    hidden = hidden_of(page, "/search/views")
    return browser.post("/search/views", data={**hidden, "name": name, "sharing": sharing})


def listed(browser: FlaskClient) -> dict[str, str]:
    """Names and counts as the row of views on the search page shows them."""
    row = browser.get("/search/views", headers={"HX-Request": "true"}).text
    return dict(re.findall(r'>([^<]+?) <span class="count[^"]*">([^<]+)</span>', row))


def test_a_search_is_kept_without_its_telephone_and_opens_again_with_a_count(agent, number):
    answer = keep(agent, "q=电梯&type=complaint&phone=13800138001&after=x", "电梯 投诉")
    assert answer.status_code == 303
    assert "phone" not in answer.headers["Location"]
    page = agent.get(answer.headers["Location"]).text
    assert number in page
    assert re.search(r'aria-current="true">电梯 投诉', page)
    assert listed(agent) == {"电梯 投诉": "1"}


def test_a_view_shared_with_the_centre_is_found_there_and_by_nobody_else(agent, browser_of, number):
    keep(agent, "q=电梯", "电梯", "centre")
    assert listed(browser_of("supervisor")) == {"电梯（agent）": "1"}
    assert listed(browser_of("handler_housing")) == {}


def test_a_colleagues_view_shows_and_counts_only_what_its_reader_may_see(
    browser_of, session_factory, town, number
):
    with session_factory.begin() as session:
        Tale(session, town, number=number).act("reviewer", "approve_intake").dispatched("HOUSING")
        housing = session.scalars(select(User).where(User.username == "leader_housing")).one()
        water = session.scalars(select(User).where(User.username == "handler_water")).one()
    keep(browser_of("leader_housing"), "q=电梯", "电梯", "unit")
    assert listed(browser_of("handler_housing")) == {f"电梯（{housing.display_name}）": "1"}
    assert listed(browser_of("handler_water")) == {}
    with session_factory.begin() as session:
        # Somebody moved to the other unit takes no view along, and whoever stays shares with their own unit.
        session.scalars(select(SavedView)).one().unit_id = water.unit_id
    assert listed(browser_of("handler_water")) == {f"电梯（{housing.display_name}）": "0"}


def test_units_do_not_share_with_the_centre(browser_of, number):
    answer = keep(browser_of("handler_housing"), "q=电梯", "电梯", "centre")
    assert answer.status_code == 422
    assert 'href="#f-sharing"' in answer.text


@pytest.mark.parametrize(
    ("conditions", "name", "words"),
    [
        ("q=电梯", "", "名称：请填写此项"),
        ("q=电梯", "长" * 41, "最多 40"),
        ("q=电梯", "路灯", "已经有了"),
        ("phone=13800138001", "一个号码", "还没有可以保存的条件"),
        ("state=sleeping", "不存在的状态", "还没有可以保存的条件"),
    ],
)
def test_a_name_that_cannot_be_is_explained_and_kept(agent, number, conditions, name, words):
    keep(agent, "q=路灯", "路灯")
    answer = keep(agent, conditions, name)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{name}"' in answer.text


def test_nobody_keeps_more_than_twenty(agent, session_factory, town):
    with session_factory.begin() as session:
        now, owner = Tale(session, town).now, town["agent"].user_id
        for place in range(MOST_VIEWS):
            view = {"name": str(place), "conditions": "q=1", "created_at": now, "changed_at": now}
            session.add(SavedView(owner_id=owner, **view))
    answer = keep(agent, "q=电梯", "再一个")
    assert (answer.status_code, "最多 20 个" in answer.text) == (422, True)


def test_only_its_owner_changes_and_deletes_a_view(agent, browser_of, session_factory, number):
    keep(agent, "q=电梯", "电梯", "centre")
    with session_factory() as session:
        view_id = session.scalars(select(SavedView.id)).one()
    address = f"/search/views/{view_id}"
    form = hidden_of(agent.get(address).text, address)
    other = browser_of("supervisor")
    assert other.get(address).status_code == 404
    token = hidden_of(other.get("/search/views/new?q=1").text, "/search/views")
    assert other.post(address, data={**token, "name": "我的", "sharing": "me"}).status_code == 404
    other.post(f"{address}/delete", data=token)
    assert agent.post(address, data={**form, "name": "停梯", "sharing": "me"}).status_code == 303
    assert (listed(agent), listed(other)) == ({"停梯": "1"}, {})
    form = hidden_of(agent.get(address).text, f"{address}/delete")
    assert agent.post(f"{address}/delete", data=form).status_code == 303
    assert listed(agent) == {}


def test_a_view_whose_conditions_hold_no_longer_says_so(agent, session_factory, town, number):
    keep(agent, f"unit={town.units['WATER']}", "水务")
    with session_factory.begin() as session:
        view = session.scalars(select(SavedView)).one()
        view.conditions = "unit=999999"
    assert "条件已失效" in agent.get("/search/views").text
    assert agent.get("/search?unit=999999").status_code == 422
