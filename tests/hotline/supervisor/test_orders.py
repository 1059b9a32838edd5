"""Do orders reach the units they name, and do the answers come back?"""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update

from hotline.models.clocks import Clock, Timer, TimerState
from hotline.models.orders import OrderCause, SupervisionOrder
from hotline.models.ticket import Ticket
from hotline.services.lifecycle import Command
from tests.hotline.clerks import hidden_of
from tests.hotline.requests.wide_city import NOW, WideCity, post
from workflows.errors import Code, Refused

ANSWER = "责任人已到现场，配件今天更换，明日完成。"


@pytest.fixture
def city(app, session_factory):
    return WideCity(session_factory)


@pytest.fixture
def visit(app, city):
    return lambda username: city.sign_in(app, username)


@pytest.fixture
def joint(city):
    """A ticket with a main unit and a supporting one, and an order to both."""
    number = city.handled()
    data = {"unit": "JT", "advice": "配合占道施工。"}
    city.act("dispatcher", Command(number, "add_co_handler", data), NOW)
    return number, city.order(number, "CG", "JT")


def test_the_list_shows_level_state_units_and_who_issued_it(city, visit, joint):
    page = visit("supervisor").get("/board/orders").text
    for text in ("三级：督办单", "已下发", "梧桐区城管局", "市交通局", "联合", "supervisor 的姓名", joint[0]):
        assert text in page


def test_the_list_is_narrowed_by_level_state_unit_and_lateness(city, visit, joint):
    browser = visit("supervisor")
    number, order_id = joint
    street = city.unit("JD")
    hits = {
        "": True,
        "level=3": True,
        "level=4": False,
        "state=issued": True,
        "state=closed": False,
        "overdue=1": False,
        f"unit={city.unit('JT')}": True,
        f"unit={street}": False,
        "level=x&unit=y&state=z": True,
    }
    for query, is_there in hits.items():
        assert (number in browser.get(f"/board/orders?{query}").text) is is_there, query
    with city.factory.begin() as session:
        session.execute(update(SupervisionOrder).values(due_at=NOW - timedelta(hours=1)))
    assert number in browser.get("/board/orders?overdue=1").text
    assert browser.get(f"/board/orders/{order_id}").status_code == 200


def test_a_list_without_orders_tells_whether_it_is_narrowed_or_new(city, visit):
    browser = visit("supervisor")
    assert "还没有督办单" in browser.get("/board/orders").text
    assert "清除条件" in browser.get("/board/orders?level=4").text


def test_the_board_marks_what_is_ordered_about_and_its_rows_are_walked_by_keys(city, visit, joint):
    number, order_id = joint
    other = city.handled()
    page = BeautifulSoup(visit("supervisor").get("/board?view=open").text, "html.parser")
    assert [("督办中" in page.select_one(f"#row-{each}").text) for each in (number, other)] == [True, False]
    orders = BeautifulSoup(visit("supervisor").get("/board/orders").text, "html.parser")
    assert page.select_one(f"[data-rows] > #row-{number}")
    assert orders.select_one(f"[data-rows] > #order-{order_id}")


def test_the_form_of_a_new_order_names_the_units_that_hold_the_ticket_and_a_day(city, visit, joint):
    number, _ = joint
    browser = visit("supervisor")
    led = browser.get(f"/board/orders/new?number={number.lower()}")
    assert led.location.startswith(f"/tickets/{number}/orders/issue")
    page = browser.get(led.location).text
    for unit in ("CG", "JT"):
        assert f'name="units" value="{city.unit(unit)}" checked' in page
    assert 'type="date"' in page
    missed = browser.get("/board/orders/new?number=YJ1")
    assert missed.status_code == 404
    assert "没有这个工单号" in missed.text


def test_a_unit_finds_its_orders_and_answers_them(city, visit, joint):
    _, order_id = joint
    unit = visit("unit-cg")
    page = unit.get("/inbox/orders").text
    assert "请三日内办结并书面反馈。" in page
    url = f"/inbox/orders/{order_id}"
    answer = unit.post(url, data={**hidden_of(page, url), "answer": ANSWER})
    assert (answer.status_code, answer.location) == (303, "/inbox/orders")
    assert "没有待反馈的督办件" in unit.get("/inbox/orders").text
    assert ANSWER in unit.get("/inbox/orders?view=done").text
    detail = visit("supervisor").get(f"/board/orders/{order_id}").text
    assert ANSWER in detail
    assert "待反馈" in detail
    assert "督办办结" not in detail


def test_an_answer_to_be_checked_is_counted_in_the_menu_and_stands_first(city, visit, joint):
    older = city.order(city.handled(), "CG")
    number, order_id = joint
    for username in ("unit-cg", "unit-jt"):
        city.on_order(number, order_id, username, "answer", answer=ANSWER)
    page = BeautifulSoup(visit("supervisor").get("/board/orders").text, "html.parser")
    rows = [row["id"] for row in page.select("[data-rows] tr")]
    assert rows == [f"order-{order_id}", f"order-{older}"]
    assert page.select_one(".topnav a[aria-current]").text.split()[:2] == ["督办与台账", "1"]


def test_an_order_says_how_its_ticket_stands_and_the_day_it_was_given(city, visit):
    day = (NOW + timedelta(days=7)).date()
    order_id = city.order(city.handled(), "CG", answer_by=day.isoformat())
    browser = visit("supervisor")
    page = BeautifulSoup(browser.get(f"/board/orders/{order_id}").text, "html.parser")
    assert f"反馈期限 {day} 24:00" in page.text
    assert "工单现在：办理中" in "".join(page.text.split())
    assert "办理中" in browser.get("/board/orders").text


def test_an_order_does_not_push_the_matter_itself_from_the_first_button(city, visit, joint):
    page = visit("unit-cg").get(f"/tickets/{joint[0]}").text
    assert "督办反馈" in page
    first = re.search(r'<(?:a|button) class="btn btn--p"[^>]*>\s*([^<\s]+)', page)
    assert first is not None
    assert first[1] in ("签收", "提交办理结果")


def test_an_empty_answer_comes_back_with_its_field_named(city, visit, joint):
    answer = post(visit("unit-cg"), f"/inbox/orders/{joint[1]}", answer="")
    assert answer.status_code == 422
    assert 'href="#f-answer">督办反馈：' in answer.text


def test_a_unit_the_order_does_not_name_cannot_answer_it(city, visit):
    number = city.handled()
    order_id = city.order(number, "CG")
    assert post(visit("unit-jt"), f"/inbox/orders/{order_id}", answer=ANSWER).status_code == 404
    assert number not in visit("unit-jt").get("/inbox/orders").text


def test_a_unit_answers_even_after_the_ticket_was_taken_from_it(city, visit):
    number = city.handled()
    order_id = city.order(number, "CG")
    moved = {"assignment": city.share(number).id, "unit": "JT", "reason": "属市管道路"}
    city.act("dispatcher", Command(number, "redirect", moved), NOW)
    unit = visit("unit-cg")
    assert unit.get(f"/tickets/{number}").status_code == 404
    assert post(unit, f"/inbox/orders/{order_id}", answer=ANSWER).status_code == 303


def test_when_all_have_answered_the_order_is_closed_or_sent_back(city, visit, joint):
    number, order_id = joint
    for who in ("unit-cg", "unit-jt"):
        city.on_order(number, order_id, who, "answer", answer=ANSWER)
    page = visit("supervisor").get(f"/board/orders/{order_id}").text
    assert "督办办结" in page
    assert "退回" in page
    assert ("按时反馈" in page, "按时办结" in page) == (True, False)
    city.on_order(number, order_id, "supervisor", "refuse_answer", reason="没有写明原因", units=["JT"])
    again = visit("unit-jt").get("/inbox/orders").text
    assert "没有写明原因" in again
    assert "反馈被退回" in again
    assert ANSWER in again
    assert "没有待反馈的督办件" in visit("unit-cg").get("/inbox/orders").text


def test_an_order_of_the_system_says_why_it_was_raised(city, visit):
    city.order(city.handled(), "CG")
    with city.factory.begin() as session:
        session.execute(update(SupervisionOrder).values(cause=OrderCause.OVERDUE.value, issued_by_id=None))
    page = visit("supervisor").get("/board/orders").text
    assert "超期自动督办" in page
    assert "系统" in page


def test_the_page_of_a_ticket_lists_its_orders_for_the_centre_and_the_units_they_name(city, visit):
    number = city.handled()
    data = {"unit": "JT", "advice": "配合占道施工。"}
    city.act("dispatcher", Command(number, "add_co_handler", data), NOW)
    city.order(number, "CG", opinion="只给城管局的督办意见。")
    assert "只给城管局的督办意见。" in visit("supervisor").get(f"/tickets/{number}").text
    assert "只给城管局的督办意见。" in visit("unit-cg").get(f"/tickets/{number}").text
    assert "只给城管局的督办意见。" not in visit("unit-jt").get(f"/tickets/{number}").text


def test_an_order_issued_by_mistake_is_withdrawn_and_the_unit_reads_by_whom_when_and_why(city, visit, joint):
    number, order_id = joint
    centre = visit("supervisor")
    page = BeautifulSoup(centre.get(f"/board/orders/{order_id}").text, "html.parser")
    url = page.find("a", string=re.compile("撤回督办单"))["href"]
    form = centre.get(url).text
    assert "撤回原因" in form
    assert "取消计时：督办时限" in form
    act = url.partition("?")[0]
    assert centre.post(act, data={**hidden_of(form, act), "reason": "工单号填错。"}).status_code == 303
    for username, address in (
        ("unit-cg", f"/inbox/orders?view=done&id={order_id}"),
        ("supervisor", f"/board/orders/{order_id}"),
    ):
        text = visit(username).get(address).text
        for words in ("已撤回", "撤回原因", "工单号填错。", "supervisor 的姓名"):
            assert words in text
    assert "没有待反馈的督办件" in visit("unit-cg").get("/inbox/orders").text
    assert "撤回三级督办单" in visit("supervisor").get(f"/tickets/{number}").text


def test_a_withdrawn_order_counts_for_nothing(city, visit, joint):
    number, order_id = joint
    city.on_order(number, order_id, "centre", "withdraw_order", reason="下发错单位。")
    with city.factory() as session:
        clock = session.scalars(select(Clock).where(Clock.order_id == order_id)).one()
        timers = session.scalars(
            select(Timer).where(Timer.clock_id == clock.id, Timer.state == TimerState.PENDING)
        ).all()
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        assert (clock.is_cancelled, timers, ticket.supervised_level) == (True, [], 0)
    assert "督办中" not in visit("supervisor").get("/board?view=open").text


def test_a_withdrawn_order_leaves_the_level_of_those_that_stand(city, joint):
    number, _ = joint
    graver = city.order(number, "CG", level="4")
    city.on_order(number, graver, "supervisor", "withdraw_order", reason="下发错单位。")
    with city.factory() as session:
        assert session.scalars(select(Ticket.supervised_level).where(Ticket.number == number)).one() == 3


def test_an_order_that_a_unit_has_answered_is_not_withdrawn(city, joint):
    number, order_id = joint
    city.on_order(number, order_id, "unit-cg", "answer", answer=ANSWER)
    with pytest.raises(Refused, match=Code.ORDER_ANSWERED):
        city.on_order(number, order_id, "supervisor", "withdraw_order", reason="下发错单位。")
