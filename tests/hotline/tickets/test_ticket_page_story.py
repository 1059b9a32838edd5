"""The page of one ticket after the side streets: requests, orders and mergers read on through the real door."""

from datetime import timedelta

from sqlalchemy import update

from hotline.queries.ticket_page import load_page
from hotline.services import lifecycle
from hotline.services.lifecycle import Command
from notifications.models import OutboxMessage
from tests.hotline.ticket_story import (
    dispatched,
    request_of,
    share_of,
    sign_in,
    step,
)
from workflows.vocabulary import Machine

WORDS = "维修资金审批需要时间，敬请谅解。"


def move(session, city, number, who, machine, subject_id, action, now, **data):
    command = Command(number, action, data, machine=machine, subject_id=subject_id)
    return lifecycle.advance(session, command, city.actors[who], now)


def story(session_factory, city, number, who, now) -> list[tuple[str, str, str]]:
    with session_factory() as session:
        ticket = lifecycle.lock_ticket(session, number)
        page = load_page(session, ticket, city.actors[who], now)
        return [(entry.heading, entry.act, entry.body(lambda at: f"{at:%m-%d}")) for entry in page.entries]


def extended(session_factory, city, number, now) -> None:
    with session_factory.begin() as session:
        share = share_of(session, number)
        asked = {"reason": "资金在审批", "days": 3, "citizen_words": WORDS}
        move(session, city, number, "wang", Machine.REQUEST, share.id, "ask_extension", now, **asked)
        request = request_of(session, number)
        move(session, city, number, "ma", Machine.REQUEST, request.id, "approve", now + timedelta(minutes=1))


def test_an_extension_is_read_from_the_wish_to_the_moved_date(session_factory, city, number, now):
    extended(session_factory, city, number, now)
    (heading, act, body), (_, asked, words) = story(session_factory, city, number, "zhao", now)[:2]
    assert (heading, act) == ("第 1 轮 · 梧桐区住建局（主办）", "同意延期 3 个工作日：梧桐区住建局")
    assert body.startswith("办理时限：由 ")
    assert (asked, words) == ("申请延期 3 个工作日", f"延期理由：资金在审批\n告知诉求人的话：{WORDS}")


def test_what_was_asked_is_named_by_its_kind(client, session_factory, city, number, now):
    extended(session_factory, city, number, now)
    sign_in(client, "zhao")
    page = client.get(f"/tickets/{number}").text
    assert "申请 1</h3>" in page
    assert "<b>延期 · 梧桐区住建局</b>" in page
    assert "<p>资金在审批</p>" in page


def test_an_order_is_read_by_the_units_it_names_and_by_no_other(session_factory, city, number, now):
    with session_factory.begin() as session:
        step(
            session,
            city,
            number,
            "zhao",
            "add_co_handler",
            now,
            {"unit": city.units["water"], "advice": "配合"},
        )
        data = {"level": "3", "units": [city.units["housing"]], "opinion": "请说明进展"}
        move(session, city, number, "ma", Machine.ORDER, None, "issue", now, **data)
    told = ("第 1 轮 · 热线中心", "下发三级督办单：梧桐区住建局", "请说明进展")
    assert told in story(session_factory, city, number, "wang", now)
    assert "督办单" not in str(story(session_factory, city, number, "chen", now))


def test_a_merger_links_both_tickets(client, session_factory, city, number, now):
    with session_factory.begin() as session:
        follower = dispatched(session, city, now, address="和平里小区 12 幢 1 单元").number
        step(session, city, follower, "zhao", "merge", now, {"master": number})
    sign_in(client, "zhao")
    page = client.get(f"/tickets/{follower}").text
    assert "并入" in page
    assert f'<a href="/tickets/{number}">{number}</a>' in page
    assert f'<a href="/tickets/{follower}">{follower}</a>' in client.get(f"/tickets/{number}").text


def test_the_story_can_be_narrowed_to_what_the_citizen_sees(client, session_factory, city, number, now):
    with session_factory.begin() as session:
        step(session, city, number, "zhao", "note", now, {"text": "内部提醒", "visibility": "internal"})
        step(session, city, number, "zhao", "note", now, {"text": "请留意电话", "visibility": "citizen"})
    sign_in(client, "zhao")
    page = client.get(f"/tickets/{number}?strand=public").text
    assert "请留意电话" in page
    assert "内部提醒" not in page
    assert "<h4>第 1 轮 · 梧桐区住建局（主办）</h4>" in page


def test_a_citizen_whom_no_sms_reaches_is_marked_so_that_somebody_calls(
    client, session_factory, city, number
):
    sign_in(client, "wang")
    assert "无法送达" not in client.get(f"/tickets/{number}").text
    with session_factory.begin() as session:
        told = update(OutboxMessage).where(OutboxMessage.recipient.startswith("citizen:"))
        session.execute(told.values(state="failed", last_error="twilio_30005", is_unreachable=True))
    assert "短信无法送达" in client.get(f"/tickets/{number}").text
