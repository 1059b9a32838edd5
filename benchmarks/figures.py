"""What do the pages of figures cost over half a year of a large city, for the periods people ask for?

Every ticket was given to a unit, answered, called back and closed some days later; some were late, some went
into a second round. Each page is asked for as a browser does it: signed in, through the whole application.
"""

import logging
import os
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, insert
from sqlalchemy.orm import Session

# The root in place of this folder, as in transitions.py.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, timed  # noqa: E402 - needs the path
from config import Settings  # noqa: E402 - needs the path
from hotline.app import create_app  # noqa: E402 - needs the path
from hotline.models.catalog import Category  # noqa: E402 - needs the path
from hotline.models.clocks import Clock  # noqa: E402 - needs the path
from hotline.models.organisation import Unit  # noqa: E402 - needs the path
from hotline.models.ticket import Assignment, Rating, Ticket  # noqa: E402 - needs the path
from hotline.services import accounts  # noqa: E402 - needs the path
from hotline.services.accounts import Client, NewUser  # noqa: E402 - needs the path
from hotline.services.calendar_seeds import seed_calendar  # noqa: E402 - needs the path
from tests.conftest import TEST_ENVIRONMENT  # noqa: E402 - needs the path
from workflows.vocabulary import Role  # noqa: E402 - needs the path

TICKETS = int(os.environ.get("BENCH_TICKETS", "20000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
UNITS, CATEGORIES, HALF_YEAR = 200, 100, 180
BATCH = 5000
DICE = random.Random(12345)  # noqa: S311 - the same city in every run
DAY = timedelta(days=1)


def measure(name: str, engine: Engine) -> None:
    now = datetime.now(UTC)
    with Session(engine) as session, session.begin():
        token = found(session, now)
    for table, row in ((Ticket, ticket), (Assignment, share), (Rating, rating), (Clock, clock)):
        fill(engine, table.__table__, (row(number, now) for number in range(1, TICKETS + 1)))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    else:
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    logging.disable()  # a line for every request
    ask = browser(engine, token)
    print(f"{name}: {TICKETS} closed tickets of half a year")
    for page in ("/figures", "/figures/units", "/figures/trends?by=category", "/figures/daily", "/wall"):
        for days in (30, HALF_YEAR) if page.startswith(("/figures/u", "/figures/t")) else (30,):
            zone_day = now.date()
            period = f"from={zone_day - DAY * (days - 1)}&to={zone_day}"
            address = f"{page}{'&' if '?' in page else '?'}{period}"
            spent = [timed(lambda a=address: ask(a)) for _ in range(ROUNDS)]
            print(f"  {page}, {days} days: {statistics.median(spent):.0f} ms median")


def found(session: Session, now: datetime) -> str:
    """Found the city; returns the session token of its supervisor."""
    seed_calendar(session)
    numbers = range(1, UNITS + 1)
    session.execute(insert(Unit), [{"id": n, "code": f"U{n}", "name": f"承办单位{n}"} for n in numbers])
    kinds = range(1, CATEGORIES + 1)
    named = [{"id": n, "code": f"C{n}", "name": f"分类{n}", "path": f"分类{n}", "level": 1} for n in kinds]
    session.execute(insert(Category), named)
    new = NewUser("supervisor", "督办员", "Ginkgo-avenue-7", frozenset({Role.SUPERVISOR}))
    user = accounts.create_user(session, new, now, accounts.CHEAP_HASHER)
    return accounts.open_session(session, user.id, Client(), now)


def created(number: int, now: datetime) -> datetime:
    return now - HALF_YEAR * DAY * (1 - number / TICKETS)


def ticket(number: int, now: datetime) -> dict[str, object]:
    at = created(number, now)
    return {
        "id": number,
        "number": f"YJ{number}",
        "query_code": "-",
        "link_token": "-",
        "link_hash": str(number),
        "type": DICE.choice(("complaint", "help", "consultation", "report")),
        "title": f"路口信号灯不亮，行人过街困难 {number}",
        "content": "路口信号灯不亮，行人过街困难，请尽快派人修理。" * 8,
        "channel": "phone",
        "category_id": DICE.randrange(CATEGORIES) + 1,
        "district": f"{DICE.randrange(12)} 区",
        "state": "closed",
        "outcome": "resolved",
        "round": 1,
        "is_late": DICE.randrange(20) == 0,
        "created_at": at,
        "closed_at": at + 3 * DAY * DICE.random(),
    }


def share(number: int, now: datetime) -> dict[str, object]:
    at = created(number, now)
    given = {"ticket_id": number, "unit_id": DICE.randrange(UNITS) + 1, "is_main": True, "round": 1}
    return {**given, "state": "replied", "created_at": at, "replied_at": at + 2 * DAY * DICE.random()}


def rating(number: int, now: datetime) -> dict[str, object]:
    at = created(number, now) + 3 * DAY
    said = {"solved": DICE.choice(("yes", "yes", "no")), "satisfaction": "satisfied", "was_contacted": True}
    return {**said, "ticket_id": number, "round": 1, "rated_by": "callback_agent", "rated_at": at}


def clock(number: int, now: datetime) -> dict[str, object]:
    at = created(number, now)
    moments = {"started_at": at, "due_at": at + DAY, "original_due_at": at + DAY, "stopped_at": at + DAY / 2}
    return {
        **moments,
        "ticket_id": number,
        "name": DICE.choice(("contact", "handle")),
        "unit": "working_days",
    }


def fill(engine: Engine, table: Table, rows: Iterator[dict[str, object]]) -> None:
    while batch := list(islice(rows, BATCH)):
        with engine.begin() as connection:
            connection.execute(insert(table), batch)


def browser(engine: Engine, token: str) -> Callable[[str], None]:
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": url}))
    client: Any = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token

    def ask(address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == HTTPStatus.OK, answer.status

    return ask


if __name__ == "__main__":
    run_on_each(measure)
