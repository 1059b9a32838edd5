"""Do the board's figures equal an independent count, and who may look at them?"""

import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.ticket import Ticket
from hotline.queries.board import (
    OPEN_STATES,
    Days,
    list_hot_categories,
    list_unit_loads,
    read_figures,
)
from hotline.queries.lights import light_of
from hotline.services.lifecycle import Command
from hotline.web.sheet import plain
from tests.copies import copied_by
from tests.hotline.clerks import hidden_of
from tests.hotline.supervisor.small_city import PHONE, SmallCity

ZONE = ZoneInfo("Asia/Shanghai")
URGE = "/board/overdue/urge"
NOW = datetime.now(UTC)
SATISFIED = {"solved": "yes", "satisfaction": "satisfied", "was_contacted": True}


@pytest.fixture
def city(session_factory):
    return copied_by(session_factory, "city of the board", lambda: _city(session_factory))


def _city(factory):
    """Fresh and stale tickets, of two units, in several states; one closed in time and one late."""
    made = SmallCity(factory)
    for days, unit in ((0, "CG"), (12, "CG"), (20, "JT"), (30, "CG")):
        made.dispatched(NOW - timedelta(days=days), unit)
    made.dispatched(NOW - timedelta(hours=20), urgency="urgent")
    made.dispatched(NOW - timedelta(minutes=70), urgency="critical")
    made.accepted(NOW)
    made.accepted(NOW - timedelta(days=3))
    made.to_call_back(NOW - timedelta(days=2))
    closed = made.to_call_back(NOW - timedelta(minutes=30))
    made.act("callback", Command(closed, "close", SATISFIED), NOW)
    late = made.dispatched(NOW - timedelta(days=25))
    made.act("agent", Command(late, "withdraw", {"reason": "x", "is_identity_checked": True}), NOW)
    return made


@pytest.fixture
def tickets(city, session_factory):
    with session_factory() as session:
        return list(session.scalars(select(Ticket)))


@pytest.fixture
def supervisor(app, city):
    return city.sign_in(app, "supervisor")


@pytest.fixture
def empty_city(session_factory):
    return SmallCity(session_factory)


def days() -> Days:
    return Days.of(NOW.astimezone(ZONE))


def test_the_tiles_equal_a_count_of_every_row(city, tickets, session_factory):
    actor = city.actor("supervisor")
    with session_factory() as session:
        found = read_figures(session, actor, days(), NOW)
    open_ones = [ticket for ticket in tickets if ticket.state in OPEN_STATES]
    lights = Counter(str(light_of(ticket, NOW)) for ticket in open_ones)
    closed = [t for t in tickets if t.closed_at and t.closed_at >= days().month_at and t.is_late is not None]
    assert found.open == len(open_ones)
    assert (found.red, found.orange, found.yellow) == (lights["red"], lights["orange"], lights["yellow"])
    assert found.red > 0
    assert found.to_dispatch == sum(ticket.state == "to_dispatch" for ticket in tickets)
    assert found.accepted_today == sum(ticket.created_at >= days().today_at for ticket in tickets)
    assert (found.closed, found.on_time) == (len(closed), sum(not t.is_late for t in closed))


def test_a_month_without_closed_tickets_has_no_rate(session_factory):
    city = SmallCity(session_factory)
    actor = city.actor("supervisor")
    with session_factory() as session:
        found = read_figures(session, actor, days(), NOW)
    assert found.on_time_percent == "—"


def test_units_are_counted_by_the_light_of_what_they_have_in_process(city, session_factory):
    actor = city.actor("supervisor")
    with session_factory() as session:
        loads = list_unit_loads(session, actor, NOW)
        in_process = list(session.scalars(select(Ticket).where(Ticket.state == "in_process")))
    assert sum(load.total for load in loads) == len(in_process)
    assert sum(load.red for load in loads) == sum(light_of(t, NOW) == "red" for t in in_process)
    assert {load.name for load in loads} == {"梧桐区城管局", "市交通局"}
    assert loads[0].red >= loads[1].red


def test_a_reworked_ticket_is_counted_once_for_its_unit(session_factory):
    city = SmallCity(session_factory)
    number = city.to_call_back(NOW - timedelta(hours=1))
    bad = {"solved": "no", "satisfaction": "dissatisfied", "reason": "仍不亮"}
    city.act("callback", Command(number, "rework", bad), NOW)
    actor = city.actor("supervisor")
    with session_factory() as session:
        assert [load.total for load in list_unit_loads(session, actor, NOW)] == [1]


def test_hot_categories_leave_out_what_is_older_than_a_week(city, tickets, session_factory):
    actor = city.actor("supervisor")
    with session_factory() as session:
        found = list_hot_categories(session, actor, NOW)
    recent = [ticket for ticket in tickets if ticket.created_at >= NOW - timedelta(days=7)]
    assert [(hot.name, hot.count) for hot in found] == [("路灯照明", len(recent))]


def test_a_unit_counts_only_its_own_tickets(city, session_factory):
    actor = city.actor("unit-jt")
    with session_factory() as session:
        found = read_figures(session, actor, days(), NOW)
        loads = list_unit_loads(session, actor, NOW)
    assert (found.open, found.red) == (1, 1)
    assert [load.name for load in loads] == ["市交通局"]


def test_the_list_is_worst_first_and_holds_no_green(supervisor, city, tickets):
    page = supervisor.get("/board").text
    burning = [
        t for t in tickets if t.state in OPEN_STATES and light_of(t, NOW) in {"red", "orange", "yellow"}
    ]
    order = sorted(burning, key=lambda ticket: ticket.due_at)
    shown = [part.split('"')[0] for part in page.split('id="row-')[1:]]
    assert shown == [ticket.number for ticket in order]


def test_a_row_out_of_time_is_urged_from_the_board_and_the_board_comes_back(supervisor, city, tickets):
    worst = min((t for t in tickets if light_of(t, NOW) == "red"), key=lambda ticket: ticket.due_at).number
    page = supervisor.get("/board").text
    row = page[page.index(f'id="row-{worst}"') :].partition("</tr>")[0]
    assert f'name="only" value="{worst}"' in row
    assert f"/tickets/{worst}/orders" in row
    answer = supervisor.post("/board/overdue/urge", data={**hidden_of(page, URGE), "only": worst})
    assert answer.location == f"/board#row-{worst}"
    assert city.ticket(worst).urge_count == 1


def test_several_rows_of_the_board_are_ticked_and_urged_at_once(supervisor, city, tickets):
    text = supervisor.get("/board").text
    page = BeautifulSoup(text, "html.parser")
    ticked = [box["value"] for box in page.select("#rows .pick input[name=number]")][:2]
    answer = supervisor.post(
        "/board/overdue/urge", data={**hidden_of(text, URGE), "number": ticked}, follow_redirects=True
    )
    assert "已催办 2 件" in answer.text
    assert [city.ticket(number).urge_count for number in ticked] == [1, 1]
    assert page.select_one("[data-bulk] [data-tick-all]")


def test_rows_with_time_left_have_no_button(supervisor, tickets):
    page = supervisor.get("/board?view=open").text
    green = [ticket.number for ticket in tickets if light_of(ticket, NOW) == "green"]
    assert green
    assert [number for number in green if f'name="only" value="{number}"' in page] == []


def test_a_tile_leads_to_the_rows_it_counts(supervisor, tickets):
    for state in ("to_dispatch", "in_process"):
        page = supervisor.get(f"/board?view={state}").text
        assert page.count('id="row-') == sum(ticket.state == state for ticket in tickets)


def test_a_unit_of_the_chart_leads_to_its_own_rows(supervisor, city, session_factory):
    actor = city.actor("supervisor")
    with session_factory() as session:
        loads = list_unit_loads(session, actor, NOW)
    for load in loads:
        page = supervisor.get(f"/board?view=in_process&unit={load.unit_id}").text
        assert page.count('id="row-') == load.total


def test_a_word_the_board_does_not_know_counts_as_not_given(app, empty_city):
    supervisor = empty_city.sign_in(app, "supervisor")
    for query in ("light=pink", "unit=x", "unit=9999999999999999999", "type=x", "view=x"):
        assert supervisor.get(f"/board?{query}").status_code == 200


def test_a_page_mark_nobody_gave_out_is_refused(app, empty_city):
    assert empty_city.sign_in(app, "supervisor").get("/board?after=x").status_code == 400


def test_htmx_gets_rows_tiles_and_the_time_of_the_data(app, empty_city):
    supervisor = empty_city.sign_in(app, "supervisor")
    part = supervisor.get("/board", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<tbody id="rows"')
    assert 'id="tiles" hx-swap-oob="true"' in part
    assert 'id="as-of" hx-swap-oob="true"' in part
    assert "<html" not in part


def test_nobody_else_opens_the_board_or_its_export(app, empty_city):
    for username in ("agent", "dispatcher", "unit-cg", "callback", "administrator"):
        client = empty_city.sign_in(app, username)
        assert client.get("/board").status_code == 403
        assert client.get("/board/export.csv").status_code == 403


def test_the_export_holds_every_row_of_the_list_and_no_caller(supervisor, city):
    city.dispatched(NOW - timedelta(days=40), title=f"=cmd|1 联系{PHONE}")
    city.dispatched(NOW - timedelta(days=41), title="邻居家的私事", is_confidential=True)
    response = supervisor.get("/board/export.csv")
    text = response.data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert PHONE not in text
    assert "何明" not in text
    assert "邻居家的私事" not in text
    assert rows[1][3] == "（保密工单）"
    assert rows[2][3].startswith("'=cmd|1 联系138****")
    shown = supervisor.get("/board").text.count('id="row-')
    assert len(rows) == shown + 2
    assert rows[-1][0].startswith("导出人：")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_a_spreadsheet_would_compute_is_quoted(sign):
    assert plain(f"{sign}1") == f"'{sign}1"


def test_a_plain_cell_stays_as_it_is():
    assert plain("路灯 1+1") == "路灯 1+1"


def test_pages_of_a_long_list_follow_one_another_without_gap(supervisor, city, monkeypatch):
    monkeypatch.setattr("hotline.supervisor.lists.PAGE_SIZE", 3)
    url, seen = "/board", []
    while url:
        page = supervisor.get(url).text
        seen += [part.split('"')[0] for part in page.split('id="row-')[1:]]
        older = [part for part in page.split('href="') if ">下一页<" in part.partition("</a>")[0] + "<"]
        url = older[0].split('"')[0].replace("&amp;", "&") if older else ""
    monkeypatch.undo()
    whole = supervisor.get("/board").text
    assert seen == [part.split('"')[0] for part in whole.split('id="row-')[1:]]
