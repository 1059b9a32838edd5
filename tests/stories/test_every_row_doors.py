"""The rows whose door is no form of a ticket: registering at the desk, and taking a table out."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import String, cast, select

from hotline.models.calendars import Calendar, DayKind
from hotline.models.exports import ExportEvent
from hotline.models.people import User
from hotline.models.ticket import Request, Ticket, TicketEvent
from hotline.services.calendars import Author, DayMark, mark_day
from notifications.models import OutboxMessage
from tests.stories.counter import Counter
from tests.stories.tale import Tale
from tests.stories.town import city, found_wide_town

_CALL = {
    "type": "complaint",
    "citizen_name": "林晚秋",
    "phone": "138 0013 8001",
    "district": "梧桐区",
    "address": "文昌路 8 号",
    "content": "电梯停运三天，老人无法下楼。",
    "category": "PROPERTY",
    "action": "save",
}
_WHY_NOT = {"zh": "您不能查看这一页", "en": "You may not see this page"}


@pytest.fixture
def counter(app, session_factory, tmp_path):
    app.config["EXPORT_FOLDER"] = tmp_path / "exports"
    with session_factory.begin() as session:
        town = found_wide_town(session)
    with time_machine.travel(city("2026-11-23 10:00"), tick=False):
        yield Counter(app, session_factory, town)
    app.config.pop("EXPORT_FOLDER")


def send(counter, who, path, **data):
    return counter.browser(who).post(path, data={"csrf_token": counter.token(), **data})


def forbidden(counter, who, path, **data):
    """Whether somebody is turned away, in words of both languages."""
    for language in ("zh", "en"):
        counter.browser(who).set_cookie("lang", language)
        answer = send(counter, who, path, **data)
        assert answer.status_code == 403
        assert _WHY_NOT[language] in answer.text
    return True


def test_an_agent_registers_at_the_desk_and_nobody_else(counter):
    assert forbidden(counter, "reviewer", "/desk", **_CALL)
    assert 'action="/desk"' in counter.browser("agent").get("/desk").text
    assert send(counter, "agent", "/desk", **{**_CALL, "phone": ""}).status_code == 422
    with counter.factory() as session:
        assert session.scalars(select(TicketEvent)).all() == []
    assert send(counter, "agent", "/desk", **_CALL).status_code == 303
    with counter.factory() as session:
        event = session.scalars(select(TicketEvent)).one()
        assert (event.action, event.from_state, event.to_state) == ("register", "new", "draft")


@pytest.mark.parametrize("action", ["approve", "refuse"])
def test_a_table_is_asked_for_by_the_centre_and_decided_by_the_security_officer(counter, action):
    wish = {"purpose": "供水专题分析"}
    assert forbidden(counter, "handler_housing", "/search/export?district=梧桐区", **wish)
    assert send(counter, "supervisor", "/search/export", purpose="").status_code == 422
    page = counter.browser("supervisor").get("/search/export?district=梧桐区")
    assert 'name="purpose"' in page.text
    assert send(counter, "supervisor", "/search/export?district=梧桐区", **wish).status_code == 303
    with counter.factory() as session:
        asked = session.scalars(select(Request.id)).one()
    path = f"/requests/{asked}/{action}"
    assert forbidden(counter, "supervisor", path, reason="查询范围过大")
    assert path in counter.browser("security").get(f"/requests?id={asked}").text
    assert send(counter, "security", path, reason="查询范围过大").status_code == 303
    assert send(counter, "security", path, reason="查询范围过大").status_code == 409
    with counter.factory() as session:
        done = session.scalars(select(ExportEvent.action).order_by(ExportEvent.id)).all()
        told = session.execute(
            select(OutboxMessage.kind, User.username)
            .join(User, OutboxMessage.recipient == "user:" + cast(User.id, String))
            .where(OutboxMessage.channel == "mailbox", OutboxMessage.subject == f"EX-{asked}")
        ).all()
    assert done == ["ask_export", action]
    assert {tuple(each) for each in told} == {
        ("export_to_decide", "security"),
        ("export_decided", "supervisor"),
    }


def test_an_administrator_lets_running_clocks_follow_a_new_edition_and_nobody_else(counter):
    with counter.factory.begin() as session:
        tale = Tale(session, counter.town).to_dispatch().dispatched()
        number = tale.number
        calendar_id = session.scalars(select(Calendar.id).where(Calendar.code == "city")).one()
        holiday = DayMark(date(2026, 11, 26), DayKind.HOLIDAY, "停工")
        mark_day(session, calendar_id, holiday, Author(city("2026-11-23 09:59"), "停工"))
    path = "/admin/calendars/city/recount"
    assert forbidden(counter, "supervisor", path)
    assert path in counter.browser("administrator").get("/admin/calendars/city").text
    for _ in range(2):
        assert send(counter, "administrator", path).status_code == 303
    with counter.factory() as session:
        of_ticket = select(TicketEvent).join(Ticket).where(Ticket.number == number)
        done = session.scalars(of_ticket.where(TicketEvent.action == "recount")).all()
        assert [(event.from_state, event.to_state) for event in done] == [("in_process", "in_process")]
        told = select(OutboxMessage.kind).where(OutboxMessage.key.startswith(f"{done[0].id}:"))
        assert set(session.scalars(told)) == {"reclassified"}
