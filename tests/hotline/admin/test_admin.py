"""Does the administrator read what really holds, and does nobody else read it?"""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from hotline.admin.tables import tables
from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.queries import people_pages, unit_pages
from workflows.checks import WORKFLOWS

PAGES = ("", "/units", "/users", "/categories", "/calendars", "/workflow")
NOW = datetime.now(UTC)


def test_every_page_opens_for_administrators(administrator):
    assert [administrator.get(f"/admin{page}").status_code for page in PAGES] == [200] * len(PAGES)


def test_every_page_of_the_page_of_pages_is_found_behind_ctrl_k_by_its_name(administrator):
    page = BeautifulSoup(administrator.get("/admin").text, "html.parser")
    links = page.select("main h2 a")
    assert len(links) > len(PAGES)
    for link in links:
        found = BeautifulSoup(
            administrator.get("/palette", query_string={"q": link.text}).text, "html.parser"
        )
        assert found.select_one(f"main a[href='{link['href']}']"), link.text


@pytest.mark.parametrize("path", ["/admin/users", "/admin/categories", "/admin/messages"])
def test_the_rows_of_a_list_are_walked_by_keys(administrator, path):
    page = BeautifulSoup(administrator.get(path, follow_redirects=True).text, "html.parser")
    assert page.select_one("[data-rows] > tr[id] a[href]")


def test_no_page_opens_for_anybody_else(app, city):
    for username in ("agent", "supervisor", "unit-cg", "callback"):
        client = city.sign_in(app, username)
        assert {client.get(f"/admin{page}").status_code for page in PAGES} == {403}


def test_units_stand_below_their_parents_with_what_they_have_in_hand(city, session_factory):
    city.dispatched(NOW)
    city.replied(NOW)
    with session_factory.begin() as session:
        parent = session.query(Unit).filter_by(code="CG").one()
        session.add(Unit(code="CG-1", name="城管一队", parent_id=parent.id, tier=3))
    with session_factory() as session:
        nodes = unit_pages.flatten(unit_pages.read_tree(session))
    assert [(node.unit.code, node.depth, node.in_hand) for node in nodes] == [
        ("CG", 0, 2),
        ("CG-1", 1, 0),
        ("JT", 0, 0),
    ]


def test_a_liaisons_telephone_is_masked_and_the_filter_narrows(administrator):
    found = administrator.get("/admin/units?q=wtqcgj").text
    assert "梧桐区城管局" in found
    assert "市交通局" not in found
    page = administrator.get("/admin/units/CG").text
    assert "05718800123" not in page
    assert "057****0123" in page


def test_accounts_show_roles_and_locks_and_no_contact_data(administrator, city, session_factory):
    with session_factory.begin() as session:
        user = session.query(User).filter_by(username="agent").one()
        user.phone, user.locked_until = "13900001111", NOW + timedelta(hours=1)
    page = administrator.get("/admin/users?q=agent").text
    assert "话务员" in page
    assert "锁定到" in page
    assert "13900001111" not in page
    assert "dispatcher 的姓名" not in page


def test_long_lists_of_accounts_come_in_pages(administrator, monkeypatch):
    monkeypatch.setattr(people_pages, "USERS_PER_PAGE", 4)
    first = administrator.get("/admin/users").text
    assert "下一页" in first
    assert "callback" in first
    assert "unit-jt" not in first
    rest = administrator.get("/admin/users?after=callback").text
    assert "agent 的姓名" not in rest


def test_a_leaf_without_an_owner_is_marked(administrator, session_factory):
    assert "没有承办单位" not in administrator.get("/admin/categories").text
    with session_factory.begin() as session:
        session.add(Category(code="X", name="其他", path="其他", level=1))
    assert "没有承办单位" in administrator.get("/admin/categories").text


def test_the_screen_holds_every_row_of_the_tables():
    shown = {(table.name, act.action) for table in tables() for act in table.acts}
    assert shown == {(flow.machine.value, row.action) for flow in WORKFLOWS for row in flow.transitions}


def test_a_cell_says_where_an_action_leads_from_a_state_and_is_empty_where_it_is_forbidden():
    table = next(table for table in tables() if table.name == "ticket")
    close = next(act for act in table.acts if act.action == "close")
    cells = dict(zip(table.states, close.cells, strict=True))
    assert cells["待回访"] == "已办结"
    assert cells["办理中"] == ""
