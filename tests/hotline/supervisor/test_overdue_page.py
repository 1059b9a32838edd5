"""The page 时限督办 in a browser without JavaScript: its lists, urging, ordering, its export, and for whom."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.audit import AuditRecord
from hotline.models.orders import OrderUnit, SupervisionOrder
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.services.lifecycle import Command
from notifications.models import OutboxMessage
from tests.hotline.clerks import hidden_of
from tests.hotline.requests.wide_city import WideCity

NOW = datetime.now(UTC)
URGE = "/board/overdue/urge"


@pytest.fixture
def city(session_factory):
    return WideCity(session_factory)


@pytest.fixture
def late(city):
    """Two tickets that are over, of two units."""
    return [city.dispatched(NOW - timedelta(days=40)), city.dispatched(NOW - timedelta(days=30), "JT")]


@pytest.fixture
def supervisor(app, city):
    return city.sign_in(app, "supervisor")


def rows_of(page):
    return [part.split('"')[0] for part in page.split('id="row-')[1:]]


def press(client, page, action=URGE, **data):
    """Press a button of the big form of a page, with all it hides."""
    return client.post(action, data={**hidden_of(page, URGE), **data}, follow_redirects=True)


def test_the_page_lists_who_is_late_with_the_buttons_to_press(supervisor, late):
    page = supervisor.get("/board/overdue").text
    assert rows_of(page) == late
    for text in (
        "红橙黄灯",
        "已超期",
        "4 小时内到期",
        "今日到期",
        "明日到期",
        "预计今日超期",
        "工作时间超",
    ):
        assert text in page
    assert f"/tickets/{late[0]}/orders/issue?next=" in page


@pytest.mark.parametrize("view", ["lit", "red", "soon", "today", "tomorrow", "forecast", "nonsense"])
def test_every_list_opens_also_where_nothing_is_late(supervisor, view):
    page = supervisor.get(f"/board/overdue?view={view}&light=x&unit=y&tier=9&category=z&type=q")
    assert page.status_code == 200
    assert rows_of(page.text) == []


def test_the_filter_is_the_address(supervisor, city, late):
    unit = city.unit("JT")
    page = supervisor.get(f"/board/overdue?unit={unit}&light=red&type=complaint").text
    assert rows_of(page) == late[1:]
    assert f'<option value="{unit}" selected>' in page
    assert f"/board/overdue/export.csv?light=red&amp;unit={unit}&amp;type=complaint" in page


def test_pages_follow_one_another(supervisor, late, monkeypatch):
    monkeypatch.setattr("hotline.supervisor.overdue.PAGE_SIZE", 1)
    first = supervisor.get("/board/overdue").text
    older = next(part for part in first.split('href="') if ">下一页<" in part).split('"')[0]
    second = supervisor.get(older.replace("&amp;", "&")).text
    assert (rows_of(first), rows_of(second)) == (late[:1], late[1:])
    assert supervisor.get("/board/overdue?after=x").status_code == 400


def test_htmx_gets_the_rows_and_every_living_part(supervisor, late):
    part = supervisor.get("/board/overdue", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<tbody id="rows"')
    for name in ("lists", "by-unit", "by-category", "as-of"):
        assert f'id="{name}" hx-swap-oob="true"' in part.replace(' aria-labelledby="' + name + '-title"', "")
    assert "<html" not in part


def test_the_forecast_comes_after_the_page_or_with_its_own_list(supervisor, late):
    part = supervisor.get("/board/overdue/forecast", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<section class="panel w5" id="forecast"')
    assert "算法：" in part
    assert 'hx-get="/board/overdue/forecast"' in supervisor.get("/board/overdue").text
    assert "算法：" in supervisor.get("/board/overdue?view=forecast").text
    assert (
        supervisor.get("/board/overdue/forecast?type=help").location
        == "/board/overdue?view=forecast&type=help"
    )


def test_one_press_urges_one_ticket_and_says_so(supervisor, city, late):
    page = supervisor.get("/board/overdue?view=red").text
    answer = press(supervisor, page, only=late[0])
    assert "已催办 1 件" in answer.text
    assert answer.request.path == "/board/overdue"
    assert answer.request.args["view"] == "red"
    assert [city.ticket(number).urge_count for number in late] == [1, 0]


@pytest.mark.parametrize(
    ("stands", "desk"),
    [("accepted", "dispatcher"), ("replied", "auditor"), ("to_call_back", "callback")],
)
def test_an_urge_reminds_the_desk_the_ticket_waits_at(city, session_factory, stands, desk):
    at = NOW - timedelta(hours=1)
    number = getattr(city, stands)(at)
    city.act("supervisor", Command(number, "urge"), NOW)
    with session_factory() as session:
        told = set(session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.kind.like("urged%"))))
        names = {f"user:{user.id}": user.username for user in session.scalars(select(User))}
    assert {names[each] for each in told} == {desk}


def test_after_a_press_the_list_opens_at_the_row_it_was_left_at(supervisor, late):
    first, second = late
    page = supervisor.get("/board/overdue?view=red").text
    fields = hidden_of(page, URGE)
    for pressed in ({"only": second}, {"number": [second, first]}):
        answer = supervisor.post(URGE, data={**fields, **pressed})
        assert answer.location == f"/board/overdue?view=red#row-{second}"
    refused = supervisor.post(URGE, data={**fields, "request_key": "another", "only": second})
    assert refused.location == "/board/overdue?view=red"
    ordering = BeautifulSoup(page, "html.parser").select_one(f"#row-{first} [data-row-key=D]")["href"]
    assert parse_qs(urlsplit(ordering).query)["next"] == [f"/board/overdue?view=red#row-{first}"]
    form = supervisor.get(ordering).text
    url = f"/tickets/{first}/orders/issue"
    ordered = {**hidden_of(form, url), "units": re.findall(r'name="units" value="(\d+)" checked', form)}
    answer = supervisor.post(url, data={**ordered, "level": "3", "opinion": "请办结。"})
    assert answer.location == f"/board/overdue?view=red#row-{first}"
    chosen = supervisor.post("/board/overdue/orders", data={**fields, "number": late})
    form = hidden_of(supervisor.get(chosen.location).text, "/board/overdue/orders/new")
    assert form["next"] == f"/board/overdue?view=red#row-{first}"


def test_an_order_that_is_open_is_told_on_the_row_and_before_a_second_one(supervisor, city, late):
    first, second = late
    order_id = city.order(first, "CG")
    page = BeautifulSoup(supervisor.get("/board/overdue").text, "html.parser")
    marks = [page.select_one(f"#row-{number}").text.count("督办中") for number in late]
    assert marks == [1, 0]
    told = BeautifulSoup(supervisor.get(f"/tickets/{first}/orders/issue").text, "html.parser")
    warning = told.select_one(".alert--warn")
    assert "已有 1 张督办单没有办结" in warning.text
    assert "梧桐区城管局" in warning.text
    assert warning.select_one("a")["href"] == f"/board/orders/{order_id}"
    assert "没有办结" not in supervisor.get(f"/tickets/{second}/orders/issue").text
    many = supervisor.get(f"/board/overdue/orders/new?number={first}&number={second}").text
    warning = BeautifulSoup(many, "html.parser").select_one(".alert--warn")
    assert first in warning.text
    assert second not in warning.text
    city.on_order(first, order_id, "unit-cg", "answer", answer="已经更换。")
    assert "已有 1 张督办单没有办结" in supervisor.get(f"/tickets/{first}/orders/issue").text
    city.on_order(first, order_id, "supervisor", "close_order", opinion="已经办结。")
    assert "没有办结" not in supervisor.get(f"/tickets/{first}/orders/issue").text
    assert "督办中" not in supervisor.get("/board/overdue").text


def test_ticked_tickets_are_urged_each_by_itself_and_a_refusal_is_told_kindly(supervisor, city, late):
    press(supervisor, supervisor.get("/board/overdue").text, only=late[0])
    page = supervisor.get("/board/overdue").text
    text = press(supervisor, page, number=[*late, "YJ20200101-00000"]).text
    assert "已催办 1 件" in text
    assert f"{late[0]} 没有催办：" in text
    assert "YJ20200101-00000 没有催办：" in text
    assert [city.ticket(number).urge_count for number in late] == [1, 1]


def test_the_audit_trail_knows_each_ticket_of_one_press(supervisor, late, session_factory):
    press(supervisor, supervisor.get("/board/overdue").text, number=late)
    with session_factory() as session:
        acts = select(AuditRecord.ticket_number).where(AuditRecord.kind == "act")
        assert list(session.scalars(acts.order_by(AuditRecord.id))) == late


def test_a_double_press_urges_once_and_tells_the_same(supervisor, city, late):
    page = supervisor.get("/board/overdue").text
    for _ in range(2):
        text = press(supervisor, page, number=late).text
        assert "已催办 2 件" in text
        assert "没有催办" not in text
    assert [city.ticket(number).urge_count for number in late] == [1, 1]


def test_a_press_without_a_ticked_row_says_what_is_missing(supervisor, late):
    page = supervisor.get("/board/overdue").text
    assert "还没有勾选工单" in press(supervisor, page).text
    assert "还没有勾选工单" in press(supervisor, page, "/board/overdue/orders").text


def test_one_ticked_row_leads_to_its_own_order_form_filled_in(supervisor, late):
    page = supervisor.get("/board/overdue").text
    form = press(supervisor, page, "/board/overdue/orders", number=late[:1])
    assert form.request.path == f"/tickets/{late[0]}/orders/issue"
    assert "梧桐区城管局" in form.text


def test_several_ticked_rows_get_an_order_each_to_the_units_that_hold_them(supervisor, city, late):
    page = supervisor.get("/board/overdue").text
    form = press(supervisor, page, "/board/overdue/orders", number=late)
    assert form.request.path == "/board/overdue/orders/new"
    fields = {**hidden_of(form.text, "/board/overdue/orders/new"), "number": late, "level": "3"}
    refused = supervisor.post("/board/overdue/orders/new", data={**fields, "opinion": ""})
    assert refused.status_code == 422
    assert 'id="f-opinion-error"' in refused.text
    done = {**fields, "opinion": "请三日内办结并书面反馈。"}
    for _ in range(2):  # the second press of the same form does nothing more
        answer = supervisor.post("/board/overdue/orders/new", data=done, follow_redirects=True)
        assert "已下发督办单 2 件" in answer.text
    with city.factory() as session:
        orders = session.execute(
            select(Ticket.number, OrderUnit.unit_id, SupervisionOrder.level)
            .join(SupervisionOrder, SupervisionOrder.ticket_id == Ticket.id)
            .join(OrderUnit, OrderUnit.order_id == SupervisionOrder.id)
            .where(SupervisionOrder.issued_by_id.is_not(None))
            .order_by(Ticket.id)
        ).all()
    assert [tuple(row) for row in orders] == [(late[0], city.unit("CG"), 3), (late[1], city.unit("JT"), 3)]


def test_an_order_about_what_no_unit_holds_is_refused_and_the_rest_goes_out(supervisor, city, late):
    waiting = city.accepted(NOW - timedelta(days=3))
    form = supervisor.get(f"/board/overdue/orders/new?number={late[0]}&number={waiting}").text
    fields = {**hidden_of(form, "/board/overdue/orders/new"), "number": [late[0], waiting], "level": "3"}
    text = supervisor.post(
        "/board/overdue/orders/new", data={**fields, "opinion": "请办结。"}, follow_redirects=True
    ).text
    assert "已下发督办单 1 件" in text
    assert f"{waiting} 没有下发督办单：" in text


def test_the_export_says_filter_and_time_and_names_no_caller(supervisor, city, late):
    city.dispatched(NOW - timedelta(days=29), title="=cmd|1 联系13812345678", is_confidential=False)
    city.dispatched(NOW - timedelta(days=28), title="邻居家的私事", is_confidential=True)
    csv_file = supervisor.get("/board/overdue/export.csv?view=red&light=red")
    rows = list(csv.reader(io.StringIO(csv_file.data.decode("utf-8-sig"))))
    assert rows[0] == ["筛选条件：列表：已超期；时限灯：超期"]
    assert rows[1][0].startswith("数据截至：2")
    assert "supervisor 的姓名" in rows[1][0]
    assert [row[5] for row in rows[3:5]] == late
    assert rows[5][6].startswith("'=cmd|1 联系138****")
    assert rows[6][6] == "（保密工单）"
    book = openpyxl.load_workbook(io.BytesIO(supervisor.get("/board/overdue/export.xlsx?view=red").data))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert cells[0][0] == "筛选条件：列表：已超期"
    assert cells[3][5] == late[0]
    assert cells[3][13:15] == [0, 0]
    assert "何明" not in str(cells)


@pytest.mark.parametrize(("most", "is_said"), [(1, True), (2, False)])
def test_an_export_that_leaves_some_out_says_so_in_its_head(supervisor, late, monkeypatch, most, is_said):
    monkeypatch.setattr("hotline.supervisor.overdue.MOST_EXPORTED", most)
    assert len(late) == 2
    text = supervisor.get("/board/overdue/export.csv?view=red").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert (rows[2][0].startswith("未全部导出：只有前 1 件")) == is_said
    assert [row[5] for row in rows[-most:]] == late[:most]
    book = openpyxl.load_workbook(io.BytesIO(supervisor.get("/board/overdue/export.xlsx?view=red").data))
    assert (book.active["A3"].value or "").startswith("未全部导出") == is_said


def test_a_leader_sees_and_orders_but_does_not_urge(app, city, late):
    centre = city.sign_in(app, "centre")
    page = centre.get("/board/overdue").text
    assert rows_of(page) == late
    assert "下发督办单" in page
    assert 'name="only"' not in page
    assert press(centre, page, only=late[0]).status_code == 403
    assert 'name="only"' not in centre.get("/board").text


def test_nobody_else_opens_the_page_or_its_export(app, city):
    for username in ("agent", "dispatcher", "unit-cg", "callback", "administrator"):
        client = city.sign_in(app, username)
        for path in ("", "/forecast", "/export.csv", "/orders/new"):
            assert client.get(f"/board/overdue{path}").status_code == 403
