"""What do a list, a ticket, a search by words and a look for duplicates cost over a million tickets?

Most tickets are of the past and closed, as after some years; their texts are sentences of words of which few
are common and most are rare. Each page is asked for as a browser does it: signed in, through the whole
application, its HTML written out. The floor is a bare indexed select in the same run.
"""

import logging
import os
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, String, cast, insert, literal, select, text, true
from sqlalchemy.orm import Session

# The root in place of this folder, as in transitions.py.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, tidy, timed, told  # noqa: E402 - needs the path
from config import Settings  # noqa: E402 - needs the path
from hotline.app import create_app  # noqa: E402 - needs the path
from hotline.models.catalog import Category  # noqa: E402 - needs the path
from hotline.models.organisation import Unit  # noqa: E402 - needs the path
from hotline.models.people import User  # noqa: E402 - needs the path
from hotline.models.search import TicketWords  # noqa: E402 - needs the path
from hotline.models.ticket import Assignment, Citizen, Ticket  # noqa: E402 - needs the path
from hotline.queries.duplicates import Matter, find_candidates  # noqa: E402 - needs the path
from hotline.queries.search_words import Weighed, terms_of  # noqa: E402 - needs the path
from hotline.services import accounts  # noqa: E402 - needs the path
from hotline.services.accounts import Client, NewUser  # noqa: E402 - needs the path
from sealing import configure_sealing  # noqa: E402 - needs the path
from tests.conftest import TEST_ENVIRONMENT  # noqa: E402 - needs the path
from tests.stories.town import found_town  # noqa: E402 - needs the path
from workflows.vocabulary import Role  # noqa: E402 - needs the path

TICKETS = int(os.environ.get("BENCH_TICKETS", "20000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "40"))
UNITS, CATEGORIES, CALLERS = 200, 100, 300_000
DISTRICTS, STREETS = 8, 120
TEXTS, WORDS_OF_TEXT, VOCABULARY = min(TICKETS, 20_000), 36, 4000
COPIES = TICKETS // TEXTS
OPEN = 1 / 20
PAST = timedelta(days=1000)
LETTERS = [chr(0x4E00 + place) for place in range(3000)]
DICE = random.Random(12345)  # noqa: S311 - the same city in every run
WORDS = ["".join(DICE.choices(LETTERS, k=DICE.choice((2, 3, 4)))) for _ in range(VOCABULARY)]
# How often words are said falls with their rank, as in any language.
WEIGHTS = [1 / (rank + 3) for rank in range(VOCABULARY)]


def measure(name: str, engine: Engine) -> None:
    now = datetime.now(UTC)
    configure_sealing(Settings.from_env(TEST_ENVIRONMENT).sealing_keys)  # as the application reads it again
    with Session(engine) as session:
        tokens = found(session, now)
        fill(session, now)
        session.commit()
    tidy(engine)
    logging.disable()  # a line for every request
    print(f"{name}: {TICKETS} tickets")
    for noun, act in pages(*(browser(engine, token) for token in tokens)).items():
        report(engine, noun, act)
    with Session(engine) as session:
        user = session.scalars(select(User).where(User.username == "wang")).one()
        viewer = accounts.actor_of(user, frozenset({Role.AGENT}), frozenset(), None)
        looks = iter([matter(session, now) for _ in range(ROUNDS)])

    def look() -> None:
        with Session(engine) as session:
            find_candidates(session, viewer, next(looks), now)

    report(engine, "look for duplicates", look)


def pages(agent: Callable[[str], None], handler: Callable[[str], None]) -> dict[str, Callable[[], None]]:
    """What an agent of the centre and a handler of one unit ask for."""
    return {
        "list": lambda: agent("/search?state=in_process"),
        "ticket": lambda: agent(f"/tickets/YJ{DICE.randrange(TICKETS) + 1}"),
        "common word": lambda: agent(f"/search?q={WORDS[0]}"),
        "word": lambda: agent(f"/search?q={DICE.choice(WORDS[20:200])}"),
        "rare word": lambda: agent(f"/search?q={DICE.choice(WORDS[2000:])}"),
        "pair of words": lambda: agent(f"/search?q={WORDS[1]} {DICE.choice(WORDS[5:60])}"),
        "single character": lambda: agent(f"/search?q={DICE.choice(LETTERS)}"),
        "word in a state": lambda: agent(f"/search?q={WORDS[2]}&state=in_process"),
        "unit's word": lambda: handler(f"/search?q={DICE.choice(WORDS[:200])}"),
    }


def report(engine: Engine, noun: str, act: Callable[[], object]) -> None:
    floor, spent = [], []
    with Session(engine) as session:
        for _ in range(ROUNDS):
            number = f"YJ{DICE.randrange(TICKETS) + 1}"
            floor.append(timed(lambda n=number: session.scalar(select(Ticket.id).where(Ticket.number == n))))
            session.rollback()  # an open transaction is SQLite's only write lock
            spent.append(timed(act))
    print(f"  {told(noun, floor, spent)}, longest {max(spent):.0f} ms")


def found(session: Session, now: datetime) -> list[str]:
    """Found the town, more units and categories; returns the session tokens of an agent and a handler."""
    found_town(session)
    session.execute(
        insert(Unit), [{"code": f"U{n}", "name": f"承办单位{n}", "tier": 1} for n in range(UNITS)]
    )
    leaves = [
        {"code": f"C{n}", "name": f"分类{n}", "path": f"分类{n}", "level": 1} for n in range(CATEGORIES)
    ]
    session.execute(insert(Category), leaves)
    unit_id = session.scalar(select(Unit.id).where(Unit.code == "U7"))
    people = (NewUser("wang", "话务员", "Ginkgo-avenue-7", frozenset({Role.AGENT})),)
    people += (NewUser("li", "承办人", "Ginkgo-avenue-7", frozenset({Role.HANDLER}), unit_id),)
    users = [accounts.create_user(session, new, now, accounts.CHEAP_HASHER) for new in people]
    session.flush()
    return [accounts.open_session(session, user.id, Client(), now) for user in users]


def fill(session: Session, now: datetime) -> None:
    """Write some thousand tickets here; the database makes of each as many as it takes."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    categories = session.scalars(select(Category.id).where(Category.code.like("C%"))).all()
    units = session.scalars(select(Unit.id).where(Unit.code.like("U%"))).all()
    samples = [sample(number, now) | {"category_id": DICE.choice(categories)} for number in range(TEXTS)]
    callers = [
        {"id": each["id"], "phone_hash": f"caller {DICE.randrange(CALLERS)}", "created_at": now}
        for each in samples
    ]
    lines = [
        {"ticket_id": each["id"], "words": " ".join(terms_of(Weighed(each["title"] + each["content"], 1)))}
        for each in samples
    ]
    if is_postgresql:  # built at the end, as the migration does
        session.execute(text("DROP INDEX ix_ticket_words_words"))
    for model, rows in ((Citizen, callers), (Ticket, samples), (TicketWords, lines)):
        session.execute(insert(model), rows)
        multiply(session, model.__table__)
    share = (Ticket.id, Ticket.id % len(units) + min(units), Ticket.created_at)
    given = select(*share, literal(1), literal("handling"), true())
    columns = ["ticket_id", "unit_id", "created_at", "round", "state", "is_main"]
    session.execute(insert(Assignment).from_select(columns, given))
    if is_postgresql:
        session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
        index = next(each for each in TicketWords.__table__.indexes if each.name == "ix_ticket_words_words")
        index.create(session.connection())


def multiply(session: Session, rows: Any) -> None:
    """Make of each row as many as it takes, one after the other in the order of their ids."""
    if COPIES == 1:
        return
    first = select(literal(1).label("place")).cte("copies", recursive=True)
    copies = first.union_all(select(first.c.place + 1).where(first.c.place < COPIES - 1))
    key = rows.primary_key.columns[0]
    moved = {
        name: rows.c[name] + copies.c.place for name in ("id", "ticket_id", "citizen_id") if name in rows.c
    }
    if "number" in rows.c:
        moved |= {"number": literal("YJ") + cast(moved["id"], String), "link_hash": cast(moved["id"], String)}
    columns = [moved.get(each.name, each).label(each.name) for each in rows.c]
    made = select(*columns).select_from(rows.join(copies, true())).order_by(key, copies.c.place)
    session.execute(rows.insert().from_select([each.name for each in rows.c], made, include_defaults=False))


def sample(place: int, now: datetime) -> dict[str, Any]:
    words = DICE.choices(WORDS, WEIGHTS, k=WORDS_OF_TEXT)
    is_open = DICE.random() < OPEN
    number = place * COPIES + 1
    return {
        "id": number,
        "number": f"YJ{number}",
        "query_code": "-",
        "link_token": "-",
        "link_hash": str(number),
        "state": "in_process" if is_open else "archived",
        "outcome": None if is_open else "resolved",
        "type": "complaint",
        "title": "".join(words[:3]),
        "content": "，".join("".join(words[start : start + 4]) for start in range(0, WORDS_OF_TEXT, 4)),
        "channel": "phone",
        "district": f"区{place % DISTRICTS}",
        "street": f"街道{place % STREETS}",
        "address": f"{place % 400} 号",
        "citizen_id": number,
        "created_at": now - PAST * (1 - place / TEXTS),
    }


def matter(session: Session, now: datetime) -> Matter:
    """A call much like a ticket of these days."""
    newest = select(Ticket, Citizen.phone_hash).join(Citizen, Citizen.id == Ticket.citizen_id)
    newest = newest.where(Ticket.created_at <= now).order_by(Ticket.created_at.desc(), Ticket.id.desc())
    like, caller = session.execute(newest.offset(DICE.randrange(1000)).limit(1)).one()
    content = DICE.choice(WORDS) + like.content
    return Matter(caller, like.category_id, like.district, like.street, like.address, content)


def browser(engine: Engine, token: str) -> Callable[[str], None]:
    url = engine.url.render_as_string(hide_password=False)
    client: Any = create_app(Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": url})).test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token

    def ask(address: str) -> None:
        answer = client.get(address)
        assert answer.status_code == HTTPStatus.OK, answer.status

    return ask


if __name__ == "__main__":
    run_on_each(measure)
