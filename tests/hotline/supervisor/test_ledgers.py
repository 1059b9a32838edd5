"""Does each ledger hold what it is for, with the buttons of those who decide?"""

import io
from datetime import timedelta

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import update

from hotline.models.ticket import Ticket
from hotline.queries.exclusions import list_unit_figures
from hotline.services.lifecycle import Command
from tests.hotline.requests.wide_city import EXCLUSION, NOW, SUSPENSION, WideCity

RETURN = {"reason": "not_our_duty", "basis": "三定方案第五条，路灯由交通局养护。"}
PAGES = ("orders", "suspended", "disputes", "invalid", "merged", "excluded")


@pytest.fixture
def city(app, session_factory):
    return WideCity(session_factory)


@pytest.fixture
def visit(app, city):
    return lambda username: city.sign_in(app, username)


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_ledger_says_what_will_be_in_it(visit, page):
    for who in ("supervisor", "centre"):
        answer = visit(who).get(f"/board/{page}")
        assert answer.status_code == 200
        assert 'class="empty"' in answer.text


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        *((f"/board/{page}", "督办与台账") for page in PAGES),
        ("/board", "督办看板"),
        ("/figures/units", "统计分析"),
        ("/figures/trends", "统计分析"),
    ],
)
def test_the_menu_shows_which_entry_a_page_in_tabs_lies_behind(visit, path, entry):
    page = BeautifulSoup(visit("supervisor").get(path).text, "html.parser")
    assert [each.text.strip().split()[0] for each in page.select(".topnav > a[aria-current]")] == [entry]


@pytest.mark.parametrize("page", PAGES)
def test_units_and_agents_do_not_open_ledgers(visit, page):
    for who in ("agent", "unit-cg"):
        assert visit(who).get(f"/board/{page}").status_code == 403


def test_a_suspended_ticket_stands_with_its_plan_and_days_left_and_the_leader_resumes_it(city, visit):
    number = city.handled()
    city.ask(number, "unit-cg", "ask_suspension", SUSPENSION)
    city.decide(number, "centre", "approve")
    page = visit("centre").get("/board/suspended").text
    for text in (number, SUSPENSION["plan"], SUSPENSION["condition"], "梧桐区城管局", "恢复办理</a>"):
        assert text in page
    assert "剩 40 天" in page or "剩 39 天" in page or "剩 41 天" in page
    assert "恢复办理</a>" not in visit("supervisor").get("/board/suspended").text


def test_a_dispute_shows_who_gave_the_ticket_back_on_which_basis(city, visit):
    number = city.dispatched(NOW)
    for unit in ("unit-cg", "unit-jt"):
        city.ask(number, unit, "ask_return", RETURN)
        city.decide(number, "dispatcher", "approve")
        if unit == "unit-cg":
            told = {"main_unit": "JT", "choice_reason": "退单后改派"}
            city.act("dispatcher", Command(number, "dispatch", told), NOW)
    city.act("dispatcher", Command(number, "raise_dispute", {"reason": "两家都说不是自己的。"}), NOW)
    page = visit("centre").get("/board/disputes").text
    for text in (number, "两家都说不是自己的。", RETURN["basis"], "市交通局", "作出会商决定", "派单目录建议"):
        assert text in page
    assert "作出会商决定" not in visit("supervisor").get("/board/disputes").text
    assert visit("centre").get(f"/tickets/{number}/actions/decide_dispute").status_code == 200


def test_what_one_reviewer_finds_invalid_waits_for_another(city, visit):
    number = city.accepted(NOW)
    city.act("reviewer", Command(number, "propose_invalid", {"reason": "内容无法核实"}), NOW)
    own, other = (visit(who).get("/board/invalid").text for who in ("reviewer", "second-reviewer"))
    assert "内容无法核实" in own
    assert "由另一位审核员决定" in own
    assert "判为无效</a>" not in own
    assert "判为无效</a>" in other
    assert visit("second-reviewer").get(f"/tickets/{number}/actions/invalidate").status_code == 200


def test_a_master_stands_with_its_followers(city, visit):
    master, follower = city.handled(), city.accepted(NOW)
    city.act("dispatcher", Command(follower, "merge", {"master": master}), NOW)
    page = visit("supervisor").get("/board/merged").text
    assert master in page
    assert follower in page


def test_who_finds_the_same_matter_twice_reads_who_merges_and_where(city, visit):
    page = visit("supervisor").get("/board/merged").text
    assert "并案由派单员办理（dispatcher 的姓名）" in page
    assert "疑似重复" in page


def _cells(answer):
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return [[str(cell) for cell in row] for row in book.worksheets[1].iter_rows(values_only=True)]


def test_a_workbook_names_each_ticket_by_its_title_unless_it_is_confidential(city, visit):
    plain, secret = city.handled(title="路灯不亮"), city.handled(title="邻居家的私事", is_confidential=True)
    for number in (plain, secret):
        city.order(number, "CG")
        city.ask(number, "unit-cg", "ask_suspension", SUSPENSION)
        city.decide(number, "centre", "approve")
    for book in ("orders", "suspended"):
        rows = _cells(visit("supervisor").get(f"/board/{book}.xlsx"))
        titles = {row[0]: row[1] for row in rows}
        assert (titles[plain], titles[secret]) == ("路灯不亮", "（保密工单）")


def test_the_workbook_of_merged_tickets_names_both(city, visit):
    master, follower = city.handled(title="路灯不亮"), city.accepted(NOW, title="路灯又不亮")
    city.act("dispatcher", Command(follower, "merge", {"master": master}), NOW)
    assert [master, "路灯不亮", "办理中", follower, "路灯又不亮", "已办结"] in _cells(
        visit("supervisor").get("/board/merged.xlsx")
    )


def test_figures_stand_before_and_after_exclusion_and_upheld_appeals(city, visit):
    kept, excluded, appealed = (city.closed() for _ in range(3))
    city.ask(excluded, "unit-cg", "ask_exclusion", EXCLUSION)
    city.decide(excluded, "centre", "approve")
    city.ask(appealed, "unit-cg", "ask_appeal", {"about": "lateness", "evidence": "签收记录。"})
    city.decide(appealed, "auditor", "approve")
    late = {excluded, appealed}
    with city.factory.begin() as session:
        session.execute(update(Ticket).where(Ticket.number.in_(late)).values(is_late=True))
    with city.factory() as session:
        [row] = list_unit_figures(session, NOW - timedelta(days=1))
    assert (row.closed, row.on_time, row.before) == (3, 1, "33.3%")
    assert (row.counted, row.counted_on_time, row.after) == (2, 2, "100.0%")
    assert (row.excluded, row.upheld) == (1, 1)
    page = visit("supervisor").get("/board/excluded?span=quarter").text
    for text in (excluded, appealed, EXCLUSION["evidence"], "33.3%", "100.0%", "申诉成立：超期"):
        assert text in page
    assert kept not in page
    assert "已剔除" in visit("supervisor").get(f"/tickets/{excluded}").text
    assert "申诉成立：超期" in visit("supervisor").get(f"/tickets/{appealed}").text
