"""Tickets are found by what somebody knows of them, and wrong conditions are explained."""

from datetime import UTC, datetime

import pytest
import structlog
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.audit import AuditRecord
from hotline.models.catalog import Category
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.queries.export_rows import keep, restore
from hotline.queries.worklists import Filters, list_page
from hotline.services.watches import watch
from tests.hotline.clerks import submitted
from tests.stories.tale import Tale
from tests.stories.town import COMPLAINT
from workflows.definition import SYSTEM


@pytest.fixture
def two(session_factory, town) -> tuple[str, str]:
    lift = submitted(session_factory, town, title="电梯停运")
    road = submitted(
        session_factory,
        town,
        title="路面坑洼",
        content="路面有坑。",
        category="POTHOLE",
        type="help",
        district="滨江区",
        address="滨江大道",
        phone="13900139000",
        citizen_name="阿依古丽·买买提",
        id_number="11010519491231002X",
    )
    return lift, road


@pytest.mark.parametrize(
    "conditions",
    [
        "q=坑洼",
        "q=滨江大道",
        "phone=139 0013 9000",
        "caller=阿依古丽 • 买买提",
        "id_number=110105 19491231 002x",
        "type=help",
        "district=滨江区",
        "state=intake_review&type=help",
        "light=green&q=坑洼",
        "since=2020-01-01&until=2099-12-31&type=help",
    ],
)
def test_conditions_find_what_they_describe(agent, two, conditions):
    page = agent.get(f"/search?{conditions}").text
    assert two[1] in page
    assert two[0] not in page


def test_whoever_watches_a_ticket_finds_it_again_and_takes_out_no_other(agent, two, session_factory, town):
    assert two[0] not in agent.get("/search?watched=1").text
    with session_factory.begin() as session:
        user_id = session.scalars(select(User.id).where(User.username == "agent")).one()
        ticket = session.scalars(select(Ticket).where(Ticket.number == two[0])).one()
        watch(session, ticket, user_id, datetime.now(UTC))
        kept = keep(Filters(), "", user_id)
        found = list_page(session, SYSTEM, restore(kept), datetime.now(UTC)).rows
    page = agent.get("/search?watched=1").text
    assert two[0] in page
    assert two[1] not in page
    assert "关注：我关注的" in page
    assert [row.number for row in found] == [two[0]]


def test_a_number_is_found_however_it_is_written(agent, two):
    page = agent.get(f"/search?number= {two[0].lower()} ").text
    assert f'href="/tickets/{two[0]}"' in page
    assert two[1] not in page


def test_the_digits_that_a_citizen_reads_out_find_the_ticket(agent, two):
    page = agent.get(f"/search?number={two[0][-5:]}").text
    assert f'href="/tickets/{two[0]}"' in page
    assert two[1] not in page


def test_no_conditions_list_everything(agent, two):
    page = agent.get("/search").text
    assert all(number in page for number in two)


def test_what_finds_nothing_says_how_to_go_on(agent, two):
    page = agent.get("/search?q=没有的词").text
    assert "没有符合条件的工单" in page
    assert "清除全部条件" in page


def test_each_condition_is_a_chip_that_can_be_taken_off(agent, two):
    page = agent.get("/search?q=坑洼&type=help").text
    assert "关键字：坑洼" in page
    assert "类型：求助" in page
    assert 'href="/search?type=help" aria-label="移除条件 关键字：坑洼"' in page


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ("phone=12", "电话号码有误"),
        ("id_number=110105194912310021", "证件号码有误"),
        ("since=yesterday", 'href="#since"'),
        ("since=2026-11-20&until=2026-11-01", "不能早于"),
        ("since=0001-01-01", "2000 年至 2099 年"),
        ("until=9999-12-31", "2000 年至 2099 年"),
        ("state=sleeping", 'href="#state"'),
        (f"q={'长' * 101}", "最多 100 字"),
    ],
)
def test_a_wrong_condition_is_explained_and_kept(agent, two, conditions, words):
    answer = agent.get(f"/search?{conditions}")
    assert answer.status_code == 422
    assert words in answer.text
    assert "条件有误，没有查找" in answer.text


def test_searching_by_telephone_is_logged_without_the_number(agent, two, town):
    with structlog.testing.capture_logs() as lines:
        agent.get("/search?phone=13900139000")
    (line,) = [each for each in lines if each["event"] == "phone_looked_up"]
    assert (line["user_id"], line["found"]) == (town["agent"].user_id, 1)
    assert "9000" not in str(lines)


def test_searching_by_name_wants_the_whole_name_and_is_logged_without_it(agent, session_factory, two, town):
    assert two[1] not in agent.get("/search?caller=阿依古丽").text
    with structlog.testing.capture_logs() as lines:
        page = agent.get("/search?caller=阿依古丽·买买提").text
    assert "诉求人：阿**" in page
    (line,) = [each for each in lines if each["event"] == "name_looked_up"]
    assert (line["user_id"], line["found"]) == (town["agent"].user_id, 1)
    assert "买买提" not in str(lines)
    with session_factory() as session:
        (record, _) = session.scalars(select(AuditRecord).where(AuditRecord.kind == "find_name")).all()[::-1]
    assert record.facts == {"found": 1, "place": "search"}


def test_searching_by_the_number_of_a_document_is_logged_without_it(agent, session_factory, two, town):
    with structlog.testing.capture_logs() as lines:
        page = agent.get("/search?id_number=11010519491231002x").text
    assert two[1] in page
    assert "证件号码：11**************2x" in page
    (line,) = [each for each in lines if each["event"] == "id_number_looked_up"]
    assert (line["user_id"], line["found"]) == (town["agent"].user_id, 1)
    assert "19491231" not in str(lines)
    with session_factory() as session:
        of_kind = select(AuditRecord.facts).where(AuditRecord.kind == "find_id_number")
        assert session.scalars(of_kind).one() == {"found": 1, "place": "search"}


def test_a_name_finds_no_confidential_ticket_for_a_unit(browser_of, session_factory, town):
    numbers = []
    with session_factory.begin() as session:
        for is_confidential in (False, True):
            tale = Tale(session, town).register(is_confidential=is_confidential).act("agent", "submit")
            numbers.append(tale.act("reviewer", "approve_intake").dispatched("HOUSING").number)
    page = browser_of("handler_housing").get(f"/search?caller={COMPLAINT['citizen_name']}").text
    assert [number in page for number in numbers] == [True, False]


def test_a_telephone_among_the_keywords_is_offered_as_what_it_is(agent, two):
    page = BeautifulSoup(agent.get("/search?q=139 0013 9000").text, "html.parser")
    link = page.select_one("[data-key=F2]")
    assert two[1] in agent.get(str(link["href"])).text
    assert "按电话查询（留痕）" in agent.get("/palette?q=13900139000").text
    assert "按电话查询" not in agent.get("/search?q=12345").text


def test_a_name_among_the_keywords_that_found_nothing_is_offered_as_a_name(agent, two):
    page = BeautifulSoup(agent.get("/search?q=阿依古丽·买买提").text, "html.parser")
    assert two[1] in agent.get(str(page.select_one("[data-key=F2]")["href"])).text
    for words in ("坑洼", "路面坑洼没有人来修", "2026"):
        assert "按姓名查询" not in agent.get(f"/search?q={words}").text


def test_a_page_mark_that_nobody_gave_out_is_dropped(agent, two):
    assert agent.get("/search?after=nonsense").headers["Location"] == "/search"


def test_units_search_what_is_theirs_by_their_own_units_and_without_exports(
    browser_of, session_factory, town, two
):
    with session_factory.begin() as session:
        Tale(session, town, number=two[0]).act("reviewer", "approve_intake").dispatched("HOUSING")
    page = browser_of("handler_housing").get("/search").text
    assert (two[0] in page, two[1] in page) == (True, False)
    assert "共 1 件" in page
    assert "云江市水务集团" not in page
    assert "申请导出" not in page
    other = browser_of("handler_water")
    for conditions in ("q=电梯", f"number={two[0]}", "phone=13800138001"):
        assert "没有符合条件的工单" in other.get(f"/search?{conditions}").text
    assert other.get(f"/search?unit={town.units['HOUSING']}").status_code == 422


def test_a_unit_and_a_category_narrow_what_is_found(agent, session_factory, town, two):
    with session_factory.begin() as session:
        Tale(session, town, number=two[0]).act("reviewer", "approve_intake").dispatched("STREET")
    for condition in (f"unit={town.units['HOUSING']}", "category=PROPERTY"):
        page = agent.get(f"/search?{condition}").text
        assert (two[0] in page, two[1] in page) == (True, False)


def test_a_ticket_opened_from_a_search_leads_back_to_its_row_with_one_key(agent, two):
    def way_back(came_from: str) -> str | None:
        page = agent.get(f"/tickets/{two[0]}", headers={"Referer": f"http://localhost{came_from}"}).text
        link = BeautifulSoup(page, "html.parser").select_one("[data-key=U]")
        return None if link is None else str(link["href"])

    assert way_back("/search?q=%E7%94%B5&state=intake_review") == (
        f"/search?q=%E7%94%B5&state=intake_review#row-{two[0]}"
    )
    assert way_back("/desk/mine") == f"/desk/mine#row-{two[0]}"
    assert way_back(f"/tickets/{two[1]}") is None
    assert way_back("/login?next=/tickets") is None
    assert way_back(".example.com/search") is None


def test_the_way_back_to_the_list_outlives_what_was_done_with_the_ticket(agent, two):
    def page(url: str, came_from: str) -> BeautifulSoup:
        text = agent.get(url, headers={"Referer": f"http://localhost{came_from}"}).text
        return BeautifulSoup(text, "html.parser")

    def after(came_from: str) -> str:
        ticket = page(f"/tickets/{two[0]}", came_from)
        form = page(str(ticket.select_one("[data-key=N]")["href"]), f"/tickets/{two[0]}")
        return str(form.select_one("[name=next]")["value"])

    listed = "/search?q=%E7%94%B5&state=intake_review"
    again = page(after(listed), f"/tickets/{two[0]}/actions/note")
    assert again.select_one("[data-key=U]")["href"] == f"{listed}#row-{two[0]}"
    revealed = page(f"/tickets/{two[0]}", after(listed))
    assert revealed.select_one("[data-key=U]")["href"] == f"{listed}#row-{two[0]}"
    for private in ("phone=13800138001", "caller=陈某", "id_number=11010519491231002X"):
        assert after(f"/search?q=&{private}") == f"/tickets/{two[0]}"


def test_what_was_looked_for_is_marked_where_it_stands(agent, two):
    page = agent.get("/search?q=电梯停运").text
    assert "<mark>电梯停运</mark>" in page
    page = agent.get("/search?q=滨江大道").text
    assert "<mark>滨江大道</mark>" in page


def offered_category(browser, conditions):
    page = BeautifulSoup(browser.get(f"/search?{conditions}").text, "html.parser")
    return next((link["href"] for link in page("a") if "按分类查" in link.text), None)


def test_a_synonym_of_a_category_offers_the_tickets_of_that_category(agent, two, session_factory):
    with session_factory.begin() as session:
        session.scalars(select(Category).where(Category.code == "POTHOLE")).one().synonyms = "塌陷 马路破了"
    address = offered_category(agent, "q=塌陷&type=help&after=")
    assert address == "/search?type=help&category=POTHOLE"
    page = agent.get(address).text
    assert two[1] in page
    assert two[0] not in page
    assert offered_category(agent, "q=图书馆") is None
    assert offered_category(agent, "q=塌陷&category=POTHOLE") is None


def test_a_place_found_by_its_words_is_said_once(agent, session_factory, town):
    submitted(session_factory, town, district="梧桐区", street="", address="梧桐区桂花巷 5 号", title="噪声")
    (row,) = BeautifulSoup(agent.get("/search?q=桂花巷").text, "html.parser").select("tbody tr")
    assert "梧桐区桂花巷 5 号" in row.text
    assert "梧桐区梧桐区" not in row.text
