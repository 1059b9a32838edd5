"""What does a page of 时限督办 cost when very many tickets are open, against a bare indexed select?

It is three in the afternoon of a working day: the zone of the city is chosen so. Every open ticket was
promised some days and has used a part of them; most are done before their end, so that few stand close to it.
A share of them is over, and most of a day's work is done. Each page is asked for as a browser does it: signed
in, through the whole application, its HTML written out.
"""

import logging
import os
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Table, insert, select
from sqlalchemy.orm import Session

# The root in place of this folder, as in transitions.py.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, timed, told  # noqa: E402 - needs the path
from config import Settings  # noqa: E402 - needs the path
from hotline.app import create_app  # noqa: E402 - needs the path
from hotline.models.calendars import DayKind  # noqa: E402 - needs the path
from hotline.models.catalog import Category  # noqa: E402 - needs the path
from hotline.models.organisation import Unit  # noqa: E402 - needs the path
from hotline.models.ticket import Ticket, TicketEvent  # noqa: E402 - needs the path
from hotline.services import accounts  # noqa: E402 - needs the path
from hotline.services.accounts import Client, NewUser  # noqa: E402 - needs the path
from hotline.services.calendar_seeds import seed_calendar  # noqa: E402 - needs the path
from hotline.services.calendars import Author, DayMark, mark_day  # noqa: E402 - needs the path
from tests.conftest import TEST_ENVIRONMENT  # noqa: E402 - needs the path
from workflows.vocabulary import Role  # noqa: E402 - needs the path

TICKETS = int(os.environ.get("BENCH_TICKETS", "20000"))
RED = float(os.environ.get("BENCH_RED", "0.015"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "60"))
UNITS, DISTRICTS, OFFICES = 200, 20, 80
CATEGORIES, TYPES = 100, ("complaint", "help", "consultation", "report")
DONE_TODAY = TICKETS // 20
LIMIT, OLDEST = timedelta(days=12), timedelta(days=20)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AFTERNOON, WHOLE_DAY = 15, 24
BATCH = 5000
DICE = random.Random(12345)  # noqa: S311 - the same city in every run
VIEWS = ("lit", "red", "soon", "today", "tomorrow", "forecast")


def measure(name: str, engine: Engine) -> None:
    now = datetime.now(UTC)
    zone = zone_of_afternoon(now)
    with Session(engine) as session, session.begin():
        token = found(session, zone, now)
    for table, rows in ((Ticket, tickets(now)), (TicketEvent, events(now)), (Ticket, done(zone, now))):
        fill(engine, table.__table__, rows)
    tidy(engine)
    logging.disable()  # a line for every request
    ask = browser(engine, zone, token)
    floor: list[float] = []
    spent: dict[str, list[float]] = {view: [] for view in VIEWS}
    with Session(engine) as session:
        for _ in range(ROUNDS):
            number = f"YJ{DICE.randrange(TICKETS) + 1}"
            floor.append(timed(lambda n=number: session.scalar(select(Ticket.id).where(Ticket.number == n))))
            for view in VIEWS:
                spent[view].append(timed(lambda v=view: ask(f"/board/overdue?view={v}")))
    print(f"{name}: {TICKETS} open tickets, {RED:.1%} over; {told('first page', floor, spent['lit'])}")
    for view in VIEWS[1:]:
        print(f"  {view}: {statistics.median(spent[view]):.1f} ms median")


def zone_of_afternoon(now: datetime) -> str:
    """Find a zone where it is three in the afternoon, and a quarter past at the latest an hour later."""
    ahead = (AFTERNOON - now.hour) % WHOLE_DAY
    ahead = ahead - WHOLE_DAY if ahead > WHOLE_DAY / 2 else ahead
    return f"Etc/GMT{-ahead:+d}"  # these names count westwards


def found(session: Session, zone: str, now: datetime) -> str:
    """Found the city on a working day; returns the session token of its supervisor."""
    calendar = seed_calendar(session)
    calendar.zone = zone
    session.flush()
    today: date = now.astimezone(ZoneInfo(zone)).date()
    mark_day(session, calendar.id, DayMark(today, DayKind.WORKDAY_IN_LIEU), Author(now, "测量"))
    session.execute(insert(Unit), [unit(number) for number in range(1, UNITS + 1)])
    session.execute(insert(Category), [category(number) for number in range(1, CATEGORIES + 1)])
    new = NewUser("supervisor", "督办员", "Ginkgo-avenue-7", frozenset({Role.SUPERVISOR}))
    user = accounts.create_user(session, new, now, accounts.CHEAP_HASHER)
    return accounts.open_session(session, user.id, Client(), now)


def unit(number: int) -> dict[str, object]:
    """Twenty districts, eighty offices under them, a hundred streets under those."""
    tier = 1 if number <= DISTRICTS else 2 if number <= DISTRICTS + OFFICES else 3
    above = {1: None, 2: number % DISTRICTS + 1, 3: number % OFFICES + DISTRICTS + 1}[tier]
    return {"id": number, "code": f"U{number}", "name": f"承办单位{number}", "tier": tier, "parent_id": above}


def category(number: int) -> dict[str, object]:
    name = f"分类{number}"
    return {"id": number, "code": f"C{number}", "name": name, "path": name, "level": 1}


def tickets(now: datetime) -> Iterator[dict[str, object]]:
    for number in range(1, TICKETS + 1):
        is_over = DICE.random() < RED
        due = now - OLDEST * DICE.random() if is_over else now + LIMIT * DICE.random() ** 0.5
        yield ticket(number, now) | {
            "state": "in_process",
            "leading_clock": "handle",
            "due_at": due,
            "original_due_at": due,
            "yellow_at": due - DAY,
            "orange_at": due - 4 * HOUR,
            "warn_at": due - DAY,
        }


def done(zone: str, now: datetime) -> Iterator[dict[str, object]]:
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(TICKETS + 1, TICKETS + DONE_TODAY + 1):
        handled = midnight + (now - midnight) * DICE.random()
        yield ticket(number, now) | {"state": "to_call_back", "handled_at": handled}


def ticket(number: int, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "number": f"YJ{number}",
        "query_code": "-",
        "link_token": "-",
        "link_hash": str(number),
        "version": 1,
        "type": DICE.choice(TYPES),
        "title": f"路口信号灯不亮，行人过街困难 {number}",
        "content": "路口信号灯不亮，行人过街困难，请尽快派人修理。" * 8,
        "channel": "phone",
        "category_id": DICE.randrange(CATEGORIES) + 1,
        "unit_id": DICE.randrange(UNITS) + 1,
        "created_at": now - 5 * DAY,
    }


def events(now: datetime) -> Iterator[dict[str, object]]:
    for number in range(1, TICKETS + 1):
        yield {
            "ticket_id": number,
            "number": 1,
            "machine": "assignment",
            "action": "sign",
            "from_state": "to_sign",
            "to_state": "handling",
            "actor_kind": "user",
            "actor_name": "王建国",
            "role": "handler",
            "at": now - 4 * DAY,
            "round": 1,
            "data": {},
            "previous_hash": "-",
            "hash": "-",
        }


def fill(engine: Engine, table: Table, rows: Iterator[dict[str, object]]) -> None:
    while batch := list(islice(rows, BATCH)):
        with engine.begin() as connection:
            connection.execute(insert(table), batch)


def tidy(engine: Engine) -> None:
    """What PostgreSQL does by itself some time after so many rows were written."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def browser(engine: Engine, zone: str, token: str) -> Callable[[str], None]:
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": url, "HOTLINE_CITY_ZONE": zone}))
    client: Any = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token

    def ask(address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == HTTPStatus.OK, answer.status
        assert 'id="row-YJ' in answer.text or "forecast" in address

    return ask


if __name__ == "__main__":
    run_on_each(measure)
