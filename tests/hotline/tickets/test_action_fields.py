"""What does the form of an action offer: days the rules allow, units it may name, tickets and shares of this very one?"""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from hotline.models.organisation import Unit
from hotline.models.ticket import Ticket
from hotline.queries.directory import roles_of, subtree_ids
from hotline.services import accounts
from hotline.services.accounts import NewUser
from hotline.services.calendars import load_calendar
from hotline.services.lifecycle import Command, advance
from tests.hotline.ticket_story import (
    PASSWORD,
    City,
    found_city,
    hidden_fields,
    registered,
    share_of,
    sign_in,
)
from workflows.vocabulary import Machine, Role

REPLY = {
    "contact": "contacted",
    "result": "resolved",
    "answer": "街道已到现场核实，电梯今天上午修复并恢复运行。",
}


@pytest.fixture
def city(session_factory: sessionmaker, now: datetime) -> City:
    """The small city with a street office below the housing bureau and a leader of the centre."""
    with session_factory.begin() as session:
        city = found_city(session)
        street = Unit(
            code="street", name="和平街道办事处", tier=3, parent_id=city.units["housing"], kind="street"
        )
        session.add(street)
        session.flush()
        city.units["street"] = street.id
        for username, role, unit_id in (
            ("gao", Role.CENTRE_LEADER, None),
            ("tian", Role.HANDLER, street.id),
            ("wang2", Role.HANDLER, city.units["housing"]),
        ):
            new = NewUser(username, username, PASSWORD, frozenset({role}), unit_id)
            user = accounts.create_user(session, new, now, accounts.CHEAP_HASHER)
            session.flush()
            below = subtree_ids(session, unit_id) if unit_id else frozenset()
            city.actors[username] = accounts.actor_of(user, roles_of(session, user.id), below, None)
        return city


def share_id(session_factory, number: str) -> int:
    with session_factory() as session:
        return share_of(session, number).id


def field(page: str, name: str) -> str:
    """The tag of a field."""
    return re.search(rf'<(?:input|select|textarea)[^>]* name="{name}"[^>]*>', page)[0]


def attribute(tag: str, name: str) -> str:
    return re.search(rf' {name}="([^"]*)"', tag)[1]


def options(page: str, name: str) -> list[str]:
    """What a list lets one choose, without the empty line."""
    start = page.index(f'name="{name}"')
    body = page[start : page.index("</select>", start)]
    return re.findall(r'<option value="[^"]+"[^>]*>([^<]+)</option>', body)


def test_the_day_for_a_supplement_lies_between_today_and_five_working_days_and_three_are_proposed(
    client, session_factory, city, number
):
    sign_in(client, "wang")
    tag = field(client.get(f"/tickets/{number}/actions/ask_supplement").text, "answer_by")
    least, most, proposed = (date.fromisoformat(attribute(tag, name)) for name in ("min", "max", "value"))
    assert attribute(tag, "type") == "date"
    assert least < proposed < most
    with session_factory() as session:
        calendar = load_calendar(session)
    after = [least + timedelta(days=n + 1) for n in range((most - least).days)]
    assert sum(calendar.is_workday(on) for on in after) == 5
    assert calendar.is_workday(most)


def test_a_day_too_late_comes_back_with_its_reason_on_the_field(client, city, number, now):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/ask_supplement"
    data = {**hidden_fields(client.get(url).text), "missing": "请告诉我们电梯的编号"}
    answer = client.post(url, data={**data, "answer_by": (now.date() + timedelta(days=40)).isoformat()})
    assert answer.status_code == 422
    assert 'href="#f-answer_by"' in answer.text
    assert "请告诉我们电梯的编号" in answer.text


def test_a_supplement_that_is_asked_for_with_the_proposed_day_is_accepted(
    client, session_factory, city, number
):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/ask_supplement"
    page = client.get(url).text
    data = {**hidden_fields(page), "answer_by": attribute(field(page, "answer_by"), "value")}
    assert client.post(url, data={**data, "missing": "请补充电梯编号"}).status_code == 303
    with session_factory() as session:
        state = session.scalar(select(Ticket.state).where(Ticket.number == number))
    assert state == "awaiting_supplement"


def test_work_is_passed_down_to_units_below_alone_and_before_the_ticket_is_due(
    client, session_factory, city, number
):
    sign_in(client, "wang")
    share = share_id(session_factory, number)
    url = f"/tickets/{number}/assignments/{share}/actions/sub_dispatch"
    page = client.get(url).text
    assert options(page, "unit") == ["和平街道办事处"]
    day = field(page, "answer_by")
    assert attribute(day, "value") <= attribute(day, "max")
    assert "不能晚于这件工单自己的期限" in page
    data = {**hidden_fields(page), "answer_by": attribute(day, "value"), "advice": "请先到现场查看"}
    assert client.post(url, data={**data, "unit": str(city.units["street"])}).status_code == 303
    with session_factory() as session:
        assert share_of(session, number).parent_id == share


def test_more_time_says_how_much_there_is_and_until_when_it_would_last(client, session_factory, city, number):
    sign_in(client, "wang")
    share = share_id(session_factory, number)
    page = client.get(f"/tickets/{number}/assignments/{share}/requests/ask_extension").text
    assert (attribute(field(page, "days"), "min"), attribute(field(page, "days"), "max")) == ("1", "5")
    said = re.search(
        r"这次最多 5 个工作日：现在的期限是 (\d+) 月 (\d+) 日，最晚可以到 (\d+) 月 (\d+) 日。", page
    )
    first, latest = (date(2026, int(month), int(day)) for month, day in (said.group(1, 2), said.group(3, 4)))
    with session_factory() as session:
        calendar = load_calendar(session)
    after = [first + timedelta(days=n + 1) for n in range((latest - first).days)]
    assert sum(calendar.is_workday(on) for on in after) == 5
    assert calendar.is_workday(latest)


def test_the_day_more_time_would_last_to_is_told_as_soon_as_the_days_are_filled_in(
    client, session_factory, city, number
):
    sign_in(client, "wang")
    url = f"/tickets/{number}/assignments/{share_id(session_factory, number)}/requests/ask_extension"
    page = client.get(url).text
    latest = re.search(r"最晚可以到 (\d+) 月 (\d+) 日", page)
    asks = re.search(r'hx-post="([^"]+)"', page)[1].replace("&amp;", "&")

    def told(days: str) -> str:
        return client.post(
            asks, data={**hidden_fields(page), "days": days}, headers={"HX-Request": "true"}
        ).text

    assert f"同意后办理时限改为 {int(latest[1]):02}-{int(latest[2]):02} " in told("5")
    assert "同意后" not in told("6") + told("一天")


def test_a_suspension_is_reviewed_after_a_month_unless_said_otherwise(
    client, session_factory, city, number, now
):
    sign_in(client, "wang")
    share = share_id(session_factory, number)
    page = client.get(f"/tickets/{number}/assignments/{share}/requests/ask_suspension").text
    tag = field(page, "review_on")
    assert date.fromisoformat(attribute(tag, "max")) - date.fromisoformat(attribute(tag, "min")) == timedelta(
        90
    )
    assert date.fromisoformat(attribute(tag, "value")) - date.fromisoformat(
        attribute(tag, "min")
    ) == timedelta(30)


def test_a_redirect_names_the_shares_of_the_ticket_and_leaves_out_who_has_it(
    client, session_factory, city, number
):
    sign_in(client, "zhao")
    url = f"/tickets/{number}/actions/redirect"
    page = client.get(url).text
    assert options(page, "assignment") == ["梧桐区住建局 · 主办 · 办理中"]
    assert "梧桐区住建局" not in options(page, "unit")
    data = {
        **hidden_fields(page),
        "assignment": str(share_id(session_factory, number)),
        "reason": "属水务职责",
    }
    assert client.post(url, data={**data, "unit": str(city.units["water"])}).status_code == 303
    with session_factory() as session:
        assert share_of(session, number).unit_id == city.units["water"]


def test_a_merge_suggests_what_may_be_the_same_matter(client, session_factory, city, number, now):
    with session_factory.begin() as session:
        other = registered(session, city, now - timedelta(minutes=2)).number
    sign_in(client, "zhao")
    url = f"/tickets/{other}/actions/merge"
    page = client.get(url).text
    assert re.search(rf'<datalist id="f-master-list">.*<option value="{number}">', page)
    answer = client.post(url, data={**hidden_fields(page), "master": "YJ20200101-000001"})
    assert (answer.status_code, 'href="#f-master"' in answer.text) == (422, True)
    assert client.post(url, data={**hidden_fields(page), "master": number.lower()}).status_code == 303


def test_an_order_names_the_units_of_the_ticket_first_and_those_above_them(
    client, session_factory, city, number, now
):
    with session_factory.begin() as session:
        below = Unit(code="parent", name="云江市住建局", tier=1)
        session.add(below)
        session.flush()
        session.get_one(Unit, city.units["housing"]).parent_id = below.id
    sign_in(client, "ma")
    page = client.get(f"/tickets/{number}/orders/issue").text
    chosen = re.findall(r'name="units" value="\d+"( checked)?><span>([^<]*)</span>', page)
    assert chosen == [(" checked", "梧桐区住建局 · 主办"), ("", "云江市住建局 · 上级单位")]
    assert "三级：督办单" in page
    data = {
        **hidden_fields(page),
        "level": "3",
        "units": str(city.units["housing"]),
        "opinion": "请三日内反馈",
    }
    answer_by = attribute(field(page, "answer_by"), "value")
    assert (
        client.post(f"/tickets/{number}/orders/issue", data={**data, "answer_by": answer_by}).status_code
        == 303
    )


def test_a_hand_over_to_an_emergency_line_is_timed_now(client, session_factory, city, now):
    with session_factory.begin() as session:
        waiting = registered(session, city, now - timedelta(minutes=5)).number
    sign_in(client, "zhao")
    page = client.get(f"/tickets/{waiting}/actions/transfer_emergency").text
    assert attribute(field(page, "handed_over_at"), "value").startswith("20")
    assert attribute(field(page, "handed_over_at"), "type") == "datetime-local"


def test_the_answer_of_a_unit_below_can_be_taken_over(client, session_factory, city, number, now):
    parent = share_id(session_factory, number)
    with session_factory.begin() as session:
        day = (now + timedelta(days=1)).date().isoformat()
        passed = {"unit": city.units["street"], "answer_by": day, "advice": "请到现场查看"}
        acts = (
            (parent, "wang", "sub_dispatch", passed),
            (None, "tian", "sign", {}),
            (None, "tian", "submit_reply", REPLY),
        )
        for share, who, action, data in acts:
            subject = share or share_of(session, number).id
            advance(
                session,
                Command(number, action, data, None, Machine.ASSIGNMENT, subject),
                city.actors[who],
                now,
            )
        child = share_of(session, number)
        if child.state == "unit_review":
            command = Command(number, "approve_unit_reply", {}, None, Machine.ASSIGNMENT, child.id)
            advance(session, command, city.actors["wang"], now)
        child_id = child.id
    sign_in(client, "wang")
    url = f"/tickets/{number}/assignments/{parent}/actions/submit_reply"
    assert REPLY["answer"] not in field_text(client.get(url).text)
    assert REPLY["answer"] in field_text(client.get(f"{url}?adopt={child_id}").text)
    assert REPLY["answer"] not in field_text(client.get(f"{url}?adopt=999999").text)


def field_text(page: str) -> str:
    start = page.index('name="answer"')
    return page[start : page.index("</textarea>", start)]


def test_the_menu_puts_what_is_done_seldom_under_headings_and_keeps_the_keys(client, city, number):
    sign_in(client, "zhao")
    page = client.get(f"/tickets/{number}").text
    start = page.index('<details class="more">')
    menu = page[start : page.index("</details>", start)]
    assert re.findall(r"<h3>([^<]*)</h3>", menu) == ["办理", "协作", "纠正"]
    assert f"/tickets/{number}/actions/redirect" in menu
    assert 'data-key="N"' in page[:start]
