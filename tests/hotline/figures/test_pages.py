"""What do the pages of figures show to whom, and what leaves the house in a workbook?"""

import io
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from tests.copies import copied_by
from tests.hotline.figures.counted_city import add_clock, add_closed, add_ticket
from tests.hotline.supervisor.small_city import PHONE, SmallCity

PAGES = ("/figures", "/figures/units", "/figures/trends", "/figures/daily", "/figures/tickets", "/wall")
BOOKS = ("units", "trends", "daily", "tickets")
NAME, TITLE = "何明", '=HYPERLINK("http://x")'


@pytest.fixture
def city(session_factory):
    return copied_by(session_factory, "city of figures", lambda: _city(session_factory))


def _city(factory):
    made, now = SmallCity(factory), datetime.now(UTC)
    made.dispatched(now - timedelta(days=1), title=TITLE)
    made.dispatched(now - timedelta(days=12), "JT", title=f"{NAME}的路灯")
    return made


@pytest.fixture
def supervisor(app, city):
    return city.sign_in(app, "supervisor")


def sheets(answer):
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_every_page_is_for_supervisors_and_leaders_alone(app, city, supervisor):
    agent = city.sign_in(app, "agent")
    files = [f"/figures/{name}.xlsx" for name in BOOKS]
    for path in (*PAGES, *files):
        assert (supervisor.get(path).status_code, agent.get(path).status_code) == (200, 403), path


def test_a_day_that_closed_only_what_no_unit_handled_says_why_it_has_no_rates(
    city, supervisor, session_factory
):
    why, day = "办结的都不由承办单位办理", datetime.now(UTC) - timedelta(days=1)
    address = f"/figures/daily?on={day.astimezone(ZoneInfo('Asia/Shanghai')).date().isoformat()}"
    assert why not in supervisor.get(address).text
    with session_factory.begin() as session:
        add_ticket(session, day, state="closed", outcome="answered_directly", closed_at=day)
    assert why in supervisor.get(address).text


def test_a_day_without_ratings_names_the_rates_it_has_none_for(city, supervisor, session_factory):
    day = datetime.now(UTC) - timedelta(days=1)
    with session_factory.begin() as session:
        lamps = session.scalars(select(Unit).where(Unit.code == "CG")).one().id
        add_closed(session, [lamps], day, is_late=False)
    on = day.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat()
    sheet = BeautifulSoup(supervisor.get(f"/figures/daily?on={on}").text, "html.parser").select_one(".sheet")
    assert "按时办结率 100.0%。响应率、解决率、满意率：当日办结的工单没有回访评价。" in sheet.text


def test_a_period_that_cannot_be_comes_back_as_typed_with_what_is_wrong(supervisor):
    answer = supervisor.get("/figures/units?from=2026-11-09&to=2026-11-01")
    assert answer.status_code == 422
    assert "结束日期不能早于开始日期" in answer.text
    assert 'value="2026-11-01"' in answer.text
    assert supervisor.get("/figures/trends?from=2020-01-01&to=2026-11-01").status_code == 422
    assert supervisor.get("/figures/daily?on=tomorrow").status_code == 422


def test_a_workbook_says_first_what_it_holds_and_never_computes_a_title(supervisor):
    book = sheets(supervisor.get("/figures/tickets.xlsx"))
    cover = {row[0]: row[1] for row in book["说明"]}
    assert cover["清单"] == "受理的工单"
    assert "supervisor" in cover["导出人"]
    assert {"统计时段", "数据截至"} <= cover.keys()
    titles = [row[3] for row in book["工单"][1:]]
    assert f"'{TITLE}" in titles
    assert [row[9] for row in book["工单"][1:]] == [0, 0]
    assert PHONE not in str(book)


def test_a_comparison_is_taken_out_with_its_definitions(supervisor):
    cover = [row[0] for row in sheets(supervisor.get("/figures/units.xlsx"))["说明"]]
    assert {"口径", "按时办结率", "满意率", "排名"} <= set(cover)


def test_a_comparison_can_be_read_and_taken_out_from_the_worst_down(session_factory, city, supervisor):
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        codes = select(Unit.code, Unit.id).where(Unit.code.in_(["CG", "JT"]))
        units = {row.code: row.id for row in session.execute(codes)}
        for number in range(30):
            add_closed(session, [units["CG"]], now - timedelta(days=2), is_late=number > 2)
            add_closed(session, [units["JT"]], now - timedelta(days=2))
    url = "/figures/units?group=city_bureau"
    best_first, worst_first = (supervisor.get(f"{url}{more}").text for more in ("", "&order=worst"))
    for page, names in (
        (best_first, ["市交通局", "梧桐区城管局"]),
        (worst_first, ["梧桐区城管局", "市交通局"]),
    ):
        assert re.findall('<th scope="row">(.*?)</th>', page) == names
        told = BeautifulSoup(page, "html.parser").select_one("#group-city_bureau .alert--bad")
        assert "按时办结率低于同类：梧桐区城管局" in " ".join(told.text.split())
    book = sheets(supervisor.get("/figures/units.xlsx?group=city_bureau&order=worst"))
    assert ["次序", "最差的在前"] in [row[:2] for row in book["说明"]]
    assert book["市级部门"][1][0] == "梧桐区城管局"


def test_the_wall_opens_beside_the_figures_and_says_so(supervisor):
    page = BeautifulSoup(supervisor.get("/figures").text, "html.parser")
    wall = page.select_one('.views a[href="/wall"]')
    assert (wall["target"], wall["rel"], wall.text) == ("_blank", ["noopener"], "大屏（新标签页）")
    assert [link for link in page.select(".views a[target]") if link != wall] == []


def test_a_list_is_narrowed_by_the_figure_it_is_behind(city, supervisor):
    assert "共 2 件" in supervisor.get("/figures/tickets?measure=received").text
    assert "共 0 件" in supervisor.get("/figures/tickets?measure=late").text
    assert "共 0 件" in supervisor.get("/figures/tickets?district=%00&type=praise").text


def test_a_list_behind_a_rate_says_the_rate_and_leads_to_the_rest_of_it(city, supervisor, session_factory):
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        lamps = session.scalars(select(Unit).where(Unit.code == "CG")).one().id
        for is_late in (True, False, False):
            add_closed(session, [lamps], now - timedelta(hours=3), is_late=is_late)
    page = BeautifulSoup(supervisor.get(f"/figures/tickets?measure=late&unit={lamps}").text, "html.parser")
    told = page.select_one("section.panel p.panel__b")
    assert "按时办结率 66.7%（2 / 3 件）" in told.text
    for link in told.select("a"):
        number = re.search(r"\d+", link.text).group()
        assert f"共 {number} 件" in supervisor.get(link["href"]).text
    assert len(told.select("a")) == 2


def test_the_list_of_the_late_says_by_how_much_each_was(city, supervisor, session_factory):
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        lamps = session.scalars(select(Unit).where(Unit.code == "CG")).one().id
        late = add_closed(session, [lamps, lamps], now - timedelta(hours=3), is_late=True)
        for length in (timedelta(days=1, hours=2), timedelta(hours=5)):
            stopped_at = now - timedelta(hours=3)
            add_clock(session, late, "handle", stopped_at - length, stopped_at)
    page = BeautifulSoup(supervisor.get("/figures/tickets?measure=late").text, "html.parser")
    assert "超期 1 天 2 时" in page.select_one(f"#row-{late.number}").text
    assert "超期 1 天" not in supervisor.get("/figures/tickets?measure=closed").text
    rows = sheets(supervisor.get("/figures/tickets.xlsx?measure=late"))["工单"]
    assert (rows[0][-1], rows[1][-1]) == ("超期时长", "1 天 2 时")


def test_a_rise_leads_to_exactly_the_tickets_it_counts(city, supervisor, session_factory):
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        lamps = session.scalars(select(Category).where(Category.code == "CG-06")).one().id
        add_ticket(session, now - timedelta(days=40))
        for hours in (1, 2, 3, 4, 5, 6, 30, 50):
            add_ticket(session, now - timedelta(hours=hours), category_id=lamps, district="清河区")
    page = BeautifulSoup(supervisor.get("/figures/trends").text, "html.parser")
    rows = page.select("#rises tbody tr")
    assert {row.select_one("td").text for row in rows} == {"24 小时", "7 天"}
    for row in rows:
        behind = supervisor.get(row.select_one("a")["href"]).text
        assert f"共 {row.select_one('td.strong').text} 件" in behind
    who_merges = page.select_one('#rises > p a[href="/board/merged"]')
    assert "并案由派单员办理" in supervisor.get(who_merges["href"]).text


def test_nobody_can_be_made_out_on_the_wall(supervisor):
    page = supervisor.get("/wall").text
    assert "路灯照明" in page
    assert NAME not in page
    part = supervisor.get("/wall", headers={"HX-Request": "true"}).text
    assert "数据截至" in part
    assert "<html" not in part


def test_every_ledger_and_the_board_can_be_taken_out(supervisor):
    names = ("suspended", "disputes", "merged", "excluded", "orders", "export")
    for name in names:
        book = sheets(supervisor.get(f"/board/{name}.xlsx"))
        assert "导出人" in [row[0] for row in book["说明"]], name
    board = sheets(supervisor.get("/board/export.xlsx?view=open&type=complaint"))
    assert ["诉求类型", "投诉"] in [row[:2] for row in board["说明"]]
    assert len(board["工单"]) == 3


def test_no_word_of_the_address_leads_its_links_elsewhere(supervisor):
    for path in ("/figures/units", "/figures/trends", "/board/orders"):
        page = supervisor.get(f"{path}?_scheme=javascript&_external=1&endpoint=x&_anchor=y")
        assert page.status_code == 200
        assert "javascript:" not in page.text
