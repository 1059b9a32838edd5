"""The district is one of the city's: chosen, said by the address itself, or refused with what was typed kept."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.organisation import Area
from hotline.models.ticket import Ticket
from tests.hotline.clerks import hidden_of

CALL = {
    "type": "complaint",
    "urgency": "ordinary",
    "citizen_name": "林晚秋",
    "phone": "13800138001",
    "content": "路灯不亮已经三天，希望尽快修好。",
    "category": "PROPERTY",
    "callback_wanted": "yes",
}


@pytest.fixture
def city(session_factory, town):
    """Two districts; each has a street, and both have one of the same name."""
    with session_factory.begin() as session:
        session.add(Area(code="BJ", name="滨江区", level="district"))
        session.flush()
        ids = {area.name: area.id for area in session.scalars(select(Area))}
        for code, name, district in (
            ("WT-1", "青桐街道", "梧桐区"),
            ("BJ-1", "望江街道", "滨江区"),
            ("WT-2", "河口街道", "梧桐区"),
            ("BJ-2", "河口街道", "滨江区"),
        ):
            session.add(Area(code=code, name=name, level="street", parent_id=ids[district]))


def register(agent, **place):
    return agent.post("/desk", data={**CALL, **hidden_of(agent.get("/desk").text, "/desk"), **place})


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        ({"address": "滨江区望江街道 9 号"}, ("滨江区", "望江街道")),
        ({"address": "青桐街道 18 号"}, ("梧桐区", "青桐街道")),
        ({"address": "8 号", "street": "望江街道"}, ("滨江区", "望江街道")),
        ({"address": "河口街道 1 号"}, ("", "河口街道")),
        ({"address": "河口街道 1 号", "district": "滨江区"}, ("滨江区", "河口街道")),
        ({"address": "梧桐区与滨江区交界处"}, ("", "")),
        ({"address": "望江街道 9 号", "district": "梧桐区"}, ("梧桐区", "")),
        ({"address": "文昌路 8 号"}, ("", "")),
    ],
)
def test_district_and_street_follow_from_the_address_where_it_names_them(
    agent, session_factory, city, place, kept
):
    assert register(agent, **place).status_code == 303
    with session_factory() as session:
        ticket = session.scalars(select(Ticket)).one()
    assert (ticket.district, ticket.street) == kept


def test_while_the_address_is_typed_the_page_is_told_what_it_names(agent, city):
    page = agent.post(
        "/desk/assist",
        data={**hidden_of(agent.get("/desk").text, "/desk"), "address": "望江街道 9 号"},
        headers={"HX-Request": "true"},
    ).text
    named = BeautifulSoup(page, "html.parser").select_one("[data-named]")
    assert (named["data-district"], named["data-street"]) == ("滨江区", "望江街道")


def test_an_unknown_district_is_refused_with_its_cure_and_kept(agent, session_factory, city):
    answer = register(agent, address="文昌路 8 号", district="浦东区")
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert "本市没有这个区县，请从列表中选择" in page.select_one("#error-summary").text
    options = [(option["value"], "selected" in option.attrs) for option in page.select("#district option")]
    assert options == [("", False), ("浦东区", True), ("滨江区", False), ("梧桐区", False)]
    with session_factory() as session:
        assert session.scalars(select(Ticket)).all() == []
