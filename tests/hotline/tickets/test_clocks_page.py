"""Does the page of a ticket's clocks tell why each falls due then, and only to whom it concerns?"""

from datetime import timedelta

from hotline.models.ticket import Ticket
from tests.hotline.ticket_story import sign_in, step


def test_the_page_tells_where_the_due_date_comes_from(client, city, number):
    sign_in(client, "wang")
    page = client.get(f"/tickets/{number}/clocks").text
    assert "按时限规则从起算时刻计算" in page
    assert "第 1 版：求助、投诉，5 个工作日，次一工作日起算，当日下班到期" in page
    assert "云江市工作日历第 1 版（出厂日历）" in page
    assert "计 5 个工作日共 37 小时 30 分" in page
    assert "派单员 赵磊 派单" in page
    assert f'href="/tickets/{number}/clocks"' in client.get(f"/tickets/{number}").text


def test_a_pause_and_what_it_moved_stand_beside_the_first_date(client, city, number, session_factory, now):
    with session_factory.begin() as session:
        asked = {"missing": "请补充楼栋号", "answer_by": f"{now + timedelta(days=3):%Y-%m-%d}"}
        step(session, city, number, "zhao", "ask_supplement", now + timedelta(hours=1), asked)
    with session_factory.begin() as session:
        later = now + timedelta(days=7)
        step(session, city, number, "li", "supplement", later, {"text": "三单元"})
        moved = session.query(Ticket).filter_by(number=number).one()
        assert moved.due_at > moved.original_due_at
    sign_in(client, "wang")
    page = client.get(f"/tickets/{number}/clocks").text
    assert "其间暂停 1 次" in page
    assert "按暂停时长顺延" in page
    assert "与留存的记录对不上" not in page


def test_a_clock_that_ended_is_told_below_those_that_run(client, city, number):
    sign_in(client, "wang")
    page = client.get(f"/tickets/{number}/clocks").text
    assert page.index("办理时限") < page.index("已经结束的时限") < page.index("签收时限")


def test_a_unit_that_has_no_share_of_the_ticket_is_not_told(client, city, number):
    sign_in(client, "chen")
    assert client.get(f"/tickets/{number}/clocks").status_code == 404
