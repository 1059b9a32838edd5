"""The pages of the catalogue: who may open and change what, and what they show."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.catalog import Category
from hotline.models.catalogue import CatalogueProposal, CatalogueRow, CatalogueVersion
from hotline.models.organisation import Unit
from hotline.services import accounts
from hotline.services.accounts import Client, NewUser
from hotline.web.security import limiter
from tests.hotline.catalogue.book import NOW, Book
from tests.hotline.department.office import csrf
from workflows.vocabulary import Role

PAGES = ("", "/versions", "/checks", "/trial?days=7", "/proposals", "/proposals?state=dismissed")


@pytest.fixture
def city(app, session_factory):
    with app.app_context():
        limiter.reset()
    with session_factory.begin() as session:
        book = Book(session)
        book.publish(
            ("CG-01", "东区", "E-CG", {"basis": "三定方案第七条", "co_units": ("WATER",)}), ("CG", "", "CITY")
        )
        book.returned("E-CG", instead="水务集团")
        book.ticket(unit="WATER")


@pytest.fixture
def browser_of(app, city, session_factory):
    def make(role: Role):
        now = datetime.now(UTC)
        with session_factory.begin() as session:
            new = NewUser(role.value, role.label_zh, "Ginkgo-avenue-7", frozenset({role}))
            user = accounts.create_user(session, new, now, accounts.CHEAP_HASHER)
            token = accounts.open_session(session, user.id, Client(), now)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return client

    return make


def post(client, url, **data):
    return client.post(f"/catalogue{url}", data={"csrf_token": csrf(client), **data})


def a_row(session_factory, **more) -> dict[str, object]:
    with session_factory() as session:
        category = session.scalars(select(Category.id).where(Category.code == "CG-02")).one()
        unit = session.scalars(select(Unit.id).where(Unit.code == "CITY")).one()
    return {"category": category, "district": "", "main_unit": unit, "basis": "会议纪要", **more}


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.CENTRE_LEADER, Role.ADMINISTRATOR])
def test_those_who_work_with_it_read_every_page(browser_of, role):
    client = browser_of(role)
    for page in PAGES:
        assert client.get(f"/catalogue{page}").status_code == 200
    assert "派单目录" in client.get("/catalogue").text


@pytest.mark.parametrize("role", [Role.AGENT, Role.HANDLER, Role.AUDITOR])
def test_nobody_else_opens_it(browser_of, role):
    client = browser_of(role)
    assert {client.get(f"/catalogue{page}").status_code for page in PAGES} == {403}


def test_a_dispatcher_does_not_change_the_catalogue(browser_of, session_factory):
    client = browser_of(Role.DISPATCHER)
    assert client.get("/catalogue/draft/rows/new").status_code == 403
    for url in ("/draft", "/draft/rows", "/draft/rows/1", "/draft/rows/1/remove", "/draft/publish"):
        assert post(client, url, **a_row(session_factory)).status_code == 403
    with session_factory() as session:
        assert len(session.scalars(select(CatalogueVersion)).all()) == 1


def test_an_installation_without_any_version_shows_empty_pages(browser_of, session_factory):
    with session_factory.begin() as session:
        for row in session.scalars(select(CatalogueVersion)):
            row.state, row.valid_from_at = "draft", None
    client = browser_of(Role.ADMINISTRATOR)
    assert {client.get(f"/catalogue{page}").status_code for page in PAGES} == {200}


def test_the_list_is_narrowed_by_words_and_district(browser_of):
    client = browser_of(Role.DISPATCHER)
    whole = client.get("/catalogue").text
    assert "三定方案第七条" in whole
    assert "共 2 条" in whole
    assert "符合条件 1 条" in client.get("/catalogue?q=水务").text
    assert "符合条件 1 条" in client.get("/catalogue?district=东区").text
    assert "没有符合条件的条目" in client.get("/catalogue?q=没有这样的").text
    assert client.get("/catalogue?version=9").status_code == 404


def test_a_row_is_written_by_one_and_published_by_another(browser_of, session_factory):
    maker, leader = browser_of(Role.ADMINISTRATOR), browser_of(Role.CENTRE_LEADER)
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
    assert post(maker, "/draft").status_code == 303
    assert maker.get("/catalogue/draft/rows/new").status_code == 200
    assert maker.get("/catalogue/draft/rows/1").status_code == 200
    answer = post(maker, "/draft/rows", **a_row(session_factory))
    assert answer.location.endswith("/catalogue?version=2#row-3")
    assert "第 2 版与第 1 版相比（1 处）" in maker.get("/catalogue/versions").text
    assert "请由另一位管理员或中心领导发布" in maker.get("/catalogue/versions").text
    assert "发布草稿" not in maker.get("/catalogue/versions").text
    assert "发布草稿" in leader.get("/catalogue/versions").text
    assert post(maker, "/draft/publish", valid_from=today).status_code == 403
    assert "不能早于今天" in leader.get(post(leader, "/draft/publish", valid_from="x").location).text
    assert post(leader, "/draft/publish", valid_from=today).status_code == 303
    assert "第 2 版（现行）" in leader.get("/catalogue").text


def test_a_form_that_is_wrong_comes_back_as_it_was_typed(browser_of, session_factory):
    client = browser_of(Role.ADMINISTRATOR)
    refused = post(client, "/draft/rows", **a_row(session_factory, main_unit="", basis="会议纪要第三号"))
    assert refused.status_code == 422
    assert re.search(r'href="#main_unit">主办单位：', refused.text)
    assert "会议纪要第三号" in refused.text
    with session_factory() as session:
        assert len(session.scalars(select(CatalogueVersion)).all()) == 1


def test_a_row_is_removed_from_the_draft_alone(browser_of, session_factory):
    client = browser_of(Role.ADMINISTRATOR)
    post(client, "/draft")
    assert post(client, "/draft/rows/1/remove").status_code == 303
    with session_factory() as session:
        assert sorted(session.scalars(select(CatalogueRow.number))) == [1, 2, 2]


def test_a_faulty_draft_is_sent_to_the_checks(browser_of, session_factory):
    maker, leader = browser_of(Role.ADMINISTRATOR), browser_of(Role.CENTRE_LEADER)
    for _ in range(2):
        post(maker, "/draft/rows", **a_row(session_factory))
    assert "条目冲突" in maker.get("/catalogue/checks").text
    answer = post(leader, "/draft/publish", valid_from="2099-01-01")
    assert "请先在“检查”中处理" in leader.get(answer.location).text


def test_a_dispatcher_takes_or_dismisses_a_proposal(browser_of, session_factory):
    client = browser_of(Role.DISPATCHER)
    with session_factory.begin() as session:
        category = session.scalars(select(Category.id).where(Category.code == "CG-02")).one()
        unit = session.scalars(select(Unit.id).where(Unit.code == "CITY")).one()
        session.add_all(
            CatalogueProposal(
                category_id=category, main_unit_id=unit, cause=cause, state="open", created_at=NOW
            )
            for cause in ("override", "dispute")
        )
    page = client.get("/catalogue/proposals").text
    first, second = re.findall(r"/catalogue/proposals/(\d+)/take", page)
    assert post(client, "/proposals/gather").status_code == 303
    assert post(client, f"/proposals/{first}/take").status_code == 303
    refused = post(client, f"/proposals/{second}/dismiss", reason="")
    assert (refused.status_code, f'href="#reason-{second}"' in refused.text) == (422, True)
    assert post(client, f"/proposals/{second}/dismiss", reason="个案").status_code == 303
    assert "个案" in client.get("/catalogue/proposals?state=dismissed").text


def test_supporting_units_are_chosen_one_by_one_and_more_are_added_later(browser_of, session_factory):
    client = browser_of(Role.ADMINISTRATOR)
    with session_factory() as session:
        helping = {
            str(unit.id) for unit in session.scalars(select(Unit).where(Unit.code.in_(["WATER", "E-CG"])))
        }
    row = a_row(session_factory, co_units=["", *sorted(helping), ""])
    assert post(client, "/draft/rows", **row).status_code == 303
    with session_factory() as session:
        number = session.scalars(select(CatalogueRow.number).order_by(CatalogueRow.id.desc()).limit(1)).one()
    page = BeautifulSoup(client.get(f"/catalogue/draft/rows/{number}").text, "html.parser")
    selects = page.select("select[name=co_units]")
    assert len({each["id"] for each in selects}) == len(selects)
    assert all(each.has_attr("data-combo") and not each.has_attr("multiple") for each in selects)
    chosen = [each.select_one("option[selected]") for each in selects]
    assert {option["value"] for option in chosen if option and option["value"]} == helping
    assert sum(not option for option in chosen) == 3
