"""Claims: one ticket of a pool in one pair of hands, for three minutes, and never at the price of a page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.claims import TicketClaim
from hotline.models.ticket import Ticket
from hotline.services import accounts, claims
from hotline.services.accounts import NewUser
from tests.hotline.sent_back import fields_of, page_of, press
from tests.hotline.ticket_story import (
    PASSWORD,
    City,
    dispatched,
    found_city,
    hidden_fields,
    registered,
    sign_in,
    step,
)
from workflows.vocabulary import Role

TOGETHER = 6


@pytest.fixture
def city(session_factory: sessionmaker, now: datetime) -> City:
    with session_factory.begin() as session:
        city = found_city(session)
        second = NewUser("qin", "秦岚", PASSWORD, frozenset({Role.DISPATCHER}), None)
        user = accounts.create_user(session, second, now, accounts.CHEAP_HASHER)
        session.flush()
        city.users["qin"] = user.id
        return city


@pytest.fixture
def waiting(session_factory: sessionmaker, city: City, now: datetime) -> list[str]:
    """Three tickets in the dispatch pool, the most pressing first."""
    with session_factory.begin() as session:
        return [registered(session, city, now - timedelta(minutes=minutes)).number for minutes in (12, 9, 6)]


def ticket_of(session: Session, number: str) -> Ticket:
    return session.scalars(select(Ticket).where(Ticket.number == number)).one()


def hold(session_factory, number: str, user_id: int, now: datetime) -> None:
    with session_factory.begin() as session:
        assert claims.claim(session, ticket_of(session, number), user_id, now) is None


def holder_of(session_factory, number: str) -> int | None:
    with session_factory() as session:
        found = select(TicketClaim.user_id).join(Ticket).where(Ticket.number == number)
        return session.scalar(found)


def test_a_claim_lasts_three_minutes_and_its_owner_may_lengthen_it(session_factory, city, waiting, now):
    zhao, qin = city.users["zhao"], city.users["qin"]
    hold(session_factory, waiting[0], zhao, now)
    with session_factory.begin() as session:
        ticket = ticket_of(session, waiting[0])
        assert claims.claim(session, ticket, qin, now + timedelta(minutes=2)).name == "赵磊"
        assert claims.claim(session, ticket, zhao, now + timedelta(minutes=2)) is None
        assert claims.other_holder(session, ticket.id, qin, now + timedelta(minutes=4)) == "赵磊"
        assert claims.claim(session, ticket, qin, now + timedelta(minutes=5)) is None
        assert claims.other_holder(session, ticket.id, zhao, now + timedelta(minutes=5)) == "秦岚"


def test_the_system_is_never_held_up(session_factory, city, waiting, now):
    hold(session_factory, waiting[0], city.users["zhao"], now)
    with session_factory() as session:
        assert claims.other_holder(session, ticket_of(session, waiting[0]).id, None, now) is None


def test_a_claim_ends_when_the_ticket_moves_on(session_factory, city, waiting, now):
    hold(session_factory, waiting[0], city.users["qin"], now)
    with session_factory.begin() as session:
        ticket = step(
            session, city, waiting[0], "zhao", "note", now, {"text": "看过", "visibility": "internal"}
        )
        assert claims.other_holder(session, ticket.id, city.users["zhao"], now) == "秦岚"
        ticket.state = "in_process"
        session.flush()
        assert claims.other_holder(session, ticket.id, city.users["zhao"], now) is None


def test_opening_the_next_ticket_lets_the_last_one_go(session_factory, city, waiting, now):
    for number in waiting[:2]:
        hold(session_factory, number, city.users["zhao"], now)
    assert holder_of(session_factory, waiting[0]) is None
    with session_factory.begin() as session:
        claims.release(session, ticket_of(session, waiting[1]).id, city.users["zhao"])
    assert holder_of(session_factory, waiting[1]) is None


def test_of_two_who_open_at_the_same_moment_exactly_one_holds(session_factory, city, waiting, now):
    people, barrier = [city.users["zhao"], city.users["qin"]] * (TOGETHER // 2), Barrier(TOGETHER)

    def open_it(user_id: int) -> tuple[int, bool]:
        barrier.wait()
        with session_factory.begin() as session:
            return user_id, claims.claim(session, ticket_of(session, waiting[0]), user_id, now) is None

    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(open_it, people))
    winners = {user_id for user_id, is_theirs in answers if is_theirs}
    assert winners == {holder_of(session_factory, waiting[0])}


def test_the_list_says_who_has_a_ticket_and_opens_one_that_is_free(
    client, session_factory, city, waiting, now
):
    hold(session_factory, waiting[0], city.users["qin"], now)
    sign_in(client, "zhao")
    page = client.get("/dispatch").text
    assert "秦岚 正在处理 · 剩 3 分钟" in page
    assert holder_of(session_factory, waiting[0]) == city.users["qin"]
    assert holder_of(session_factory, waiting[1]) == city.users["zhao"]
    assert f'action="/dispatch/{waiting[1]}"' in page


def test_a_held_ticket_can_be_read_and_taken_over(client, session_factory, city, waiting, now):
    hold(session_factory, waiting[0], city.users["qin"], now)
    sign_in(client, "zhao")
    page = client.get(f"/dispatch?ticket={waiting[0]}").text
    assert "秦岚 正在处理这件工单" in page
    assert f"/tickets/{waiting[0]}/take-over" in page
    assert "派单并看下一件" not in page
    data = {**hidden_fields(page), "here": f"/dispatch?ticket={waiting[0]}"}
    answer = client.post(f"/tickets/{waiting[0]}/take-over", data=data)
    assert (answer.status_code, answer.location) == (303, f"/dispatch?ticket={waiting[0]}")
    assert holder_of(session_factory, waiting[0]) == city.users["zhao"]
    assert "派单并看下一件" in client.get(answer.location).text


def test_who_takes_over_keeps_what_was_typed_while_another_had_the_ticket(
    client, session_factory, city, waiting, now
):
    hold(session_factory, waiting[0], city.users["qin"], now)
    sign_in(client, "zhao")
    typed = {
        "main_unit": "other",
        "other_unit": "WATER",
        "advice": "请三日内办理",
        "co_units": [city.units["market"]],
    }
    page = page_of(press(client, f"/dispatch?ticket={waiting[0]}", "/take-over", **typed).text)
    sent = fields_of(page, page.select_one("#dispatch"))
    assert (sent["other_unit"], sent["advice"]) == (["WATER"], ["请三日内办理"])
    assert sent["co_units"] == [str(city.units["market"])]
    assert "派单并看下一件" in page.text


def test_only_the_people_of_the_pool_take_over(client, session_factory, city, waiting, now):
    hold(session_factory, waiting[0], city.users["qin"], now)
    sign_in(client, "sun")
    token = hidden_fields(client.get(f"/tickets/{waiting[0]}/actions/note").text)
    assert client.post(f"/tickets/{waiting[0]}/take-over", data=token).status_code == 403
    assert holder_of(session_factory, waiting[0]) == city.users["qin"]


def test_after_a_dispatch_a_ticket_taken_meanwhile_is_passed_over(
    client, session_factory, city, waiting, now
):
    sign_in(client, "zhao")
    fields = hidden_fields(client.get(f"/dispatch?ticket={waiting[0]}").text)
    hold(session_factory, waiting[1], city.users["qin"], now)
    data = {**fields, "main_unit": str(city.units["housing"]), "advice": "请三日内办理"}
    answer = client.post(f"/dispatch/{waiting[0]}", data=data)
    assert f"ticket={waiting[1]}" in answer.location
    page = client.get(answer.location).text
    assert f'action="/dispatch/{waiting[2]}"' in page
    assert holder_of(session_factory, waiting[2]) == city.users["zhao"]


def test_nobody_claims_from_a_view_of_another_pool(client, session_factory, city, now):
    with session_factory.begin() as session:
        number = dispatched(session, city, now).number
    sign_in(client, "zhao")
    assert client.get(f"/dispatch?view=mine&ticket={number}").status_code == 200
    assert holder_of(session_factory, number) is None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_page_opens_while_somebody_else_writes(client, engine, session_factory, city, waiting):
    sign_in(client, "zhao")
    client.get("/dispatch?view=mine")
    with engine.connect() as writer:
        writer.execute(text("UPDATE tickets SET title = title"))
        assert client.get(f"/dispatch?ticket={waiting[0]}").status_code == 200
        writer.rollback()
    assert holder_of(session_factory, waiting[0]) is None
