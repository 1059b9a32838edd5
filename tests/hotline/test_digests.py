"""The morning's digest: to whom, of what, once, and only in the morning of a working day."""

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.services.digests import is_digest_due, send_due_digest
from notifications.catalog import Channel, get_kind
from notifications.models import OutboxMessage
from notifications.render import render
from tests.hotline.supervisor.late_city import late_city
from tests.hotline.supervisor.small_city import SmallCity

CITY = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 24, 8, tzinfo=CITY)  # a Tuesday
SATURDAY = datetime(2026, 11, 28, 9, tzinfo=CITY)
HOLIDAY = datetime(2026, 10, 1, 9, tzinfo=CITY)


@pytest.fixture
def city(session_factory):
    return late_city(session_factory)


def messages(factory) -> list[OutboxMessage]:
    with factory() as session:
        wanted = select(OutboxMessage).where(OutboxMessage.kind == "morning_digest")
        return list(session.scalars(wanted.order_by(OutboxMessage.key)))


def by_name(factory) -> dict[str, OutboxMessage]:
    with factory() as session:
        names = {f"user:{user.id}": user.username for user in session.scalars(select(User))}
    return {names[each.recipient]: each for each in messages(factory)}


@pytest.mark.parametrize("at", [MORNING - timedelta(seconds=1), SATURDAY, HOLIDAY])
def test_before_eight_and_on_days_off_nothing_is_due(session_factory, at):
    SmallCity(session_factory)
    with session_factory() as session:
        assert not is_digest_due(session, at)
    assert send_due_digest(session_factory, at) == 0


def test_the_city_and_each_unit_hear_their_own_figures(city, session_factory):
    assert send_due_digest(session_factory, MORNING) == 3
    told = by_name(session_factory)
    assert set(told) == {"supervisor", "unit-cg", "unit-jt"}
    red = {name: message.facts["red"] for name, message in told.items()}
    # The undispatched one is red for the city alone; what lies with JT is also CG's, which is above it.
    assert red == {"supervisor": "3", "unit-cg": "2", "unit-jt": "1"}
    city_facts = told["supervisor"].facts
    assert city_facts["scope"] == "全市"
    assert city_facts["today"] == "3"
    assert city_facts["link"].endswith("/board/overdue")
    assert told["unit-jt"].facts["scope"] == "市交通局"
    assert told["unit-jt"].facts["link"].endswith("/inbox?view=overdue")
    longest = city_facts["longest"].split("\n")
    assert [line.split()[0] for line in longest] == [
        city.numbers[name] for name in ("a month", "twelve days", "undispatched")
    ]
    assert "超期" in longest[0]
    assert "个工作日" in longest[0]


def test_nothing_that_a_citizen_said_is_in_it_and_no_title(city, session_factory):
    send_due_digest(session_factory, MORNING)
    message = by_name(session_factory)["supervisor"]
    for channel in (Channel.EMAIL, Channel.MAILBOX):
        written = render(get_kind("morning_digest"), channel, "zh", message.facts)
        text = written.title + written.text + written.html
        assert city.ticket(city.numbers["a month"]).title not in text
        assert "138" not in text


def test_it_is_written_once_a_day_and_late_after_a_downtime(city, session_factory):
    afternoon = MORNING + timedelta(hours=7)
    assert send_due_digest(session_factory, afternoon) == 3
    before = [message.key for message in messages(session_factory)]
    assert send_due_digest(session_factory, afternoon + timedelta(minutes=1)) == 0
    assert [message.key for message in messages(session_factory)] == before
    assert all(key.startswith("digest:2026-11-24:morning_digest:user:") for key in before)
    assert send_due_digest(session_factory, MORNING + timedelta(days=1)) == 3


def test_who_has_mail_hears_by_mail_and_mailbox(city, session_factory):
    with session_factory.begin() as session:
        mail = update(User).where(User.username == "supervisor").values(email="du@example.org", language="en")
        session.execute(mail)
    send_due_digest(session_factory, MORNING)
    with session_factory() as session:
        user = session.scalars(select(User).where(User.username == "supervisor")).one()
    own = [each for each in messages(session_factory) if each.recipient == f"user:{user.id}"]
    assert {(each.channel, each.address) for each in own} == {
        ("email", "du@example.org"),
        ("mailbox", "supervisor"),
    }
    assert {each.facts["scope"] for each in own} == {"The whole city"}


def test_where_nothing_is_late_or_due_nobody_is_written_to(session_factory):
    city = SmallCity(session_factory)
    city.dispatched(MORNING - timedelta(minutes=5))
    assert send_due_digest(session_factory, MORNING) == 0
    assert messages(session_factory) == []


def test_a_unit_that_is_in_time_is_not_bothered_with_the_others(city, session_factory):
    with session_factory.begin() as session:
        own = select(Ticket.id).where(Ticket.unit_id == city.unit("JT"))
        session.execute(update(Ticket).where(Ticket.id.in_(own)).values(paused_at=MORNING))
    send_due_digest(session_factory, MORNING)
    assert set(by_name(session_factory)) == {"supervisor", "unit-cg"}


def test_two_workers_at_once_write_it_once(city, session_factory):
    start, told = threading.Barrier(2), []

    def work() -> None:
        start.wait()
        told.append(send_due_digest(session_factory, MORNING))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(told) == [0, 3]
    assert len(messages(session_factory)) == 3


def test_a_worker_that_breaks_off_leaves_the_day_to_the_next(city, session_factory, monkeypatch):
    def break_off(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("hotline.services.digests.write_to", break_off)
        with pytest.raises(KeyboardInterrupt):
            send_due_digest(session_factory, MORNING)
    assert send_due_digest(session_factory, MORNING) == 3


def test_the_command_tells_how_many_people_it_goes_to(app, city):
    ran = app.test_cli_runner().invoke(args=["digest", "send", "--at", MORNING.isoformat()])
    assert ran.output.strip().endswith("the digest goes to 3 people")
    again = app.test_cli_runner().invoke(args=["digest", "send", "--at", MORNING.isoformat()])
    assert again.output.strip().endswith("the digest goes to 0 people")
