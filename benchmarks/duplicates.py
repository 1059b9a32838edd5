"""What does the search for duplicates cost while a call is written down, and what is nearby on the web?

A busy month in one table: every ticket is open and of this month, so that all three reasons have much to look
at. A citizen is shown what is under way nearby and like their words. The floor is the newest row of one
category by its index, measured between the searches.
"""

import os
import random
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

# The root in place of this folder, as in transitions.py.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, tidy, timed, told  # noqa: E402 - needs the path
from hotline.models.catalog import Category  # noqa: E402 - needs the path
from hotline.models.ticket import Citizen, Ticket  # noqa: E402 - needs the path
from hotline.queries.duplicates import Matter, find_candidates  # noqa: E402 - needs the path
from hotline.queries.nearby import find_nearby  # noqa: E402 - needs the path
from tests.stories.town import MONDAY, found_town  # noqa: E402 - needs the path

TICKETS = int(os.environ.get("BENCH_TICKETS", "20000"))
ROUNDS = 200
CATEGORIES, DISTRICTS, STREETS, CALLERS = 40, 8, 60, 5000
LETTERS = [chr(0x4E00 + place) for place in range(1500)]
DICE = random.Random(12345)  # noqa: S311 - the same city in every run


def measure(name: str, engine: Engine) -> None:
    with Session(engine) as session:
        viewer = found_town(session)["agent"]
        categories = fill(session)
        session.commit()
        tidy(engine)
        floor: list[float] = []
        spent: list[float] = []
        shown: list[float] = []
        for _ in range(ROUNDS):
            category = DICE.choice(categories)
            floor.append(timed(lambda c=category: newest(session, c)))
            matter = draft(session, category)
            spent.append(timed(lambda m=matter: find_candidates(session, viewer, m, MONDAY)))
            assert find_candidates(session, viewer, matter, MONDAY)
            typed = {"type": "help", "content": matter.content, **matter.place._asdict()}
            shown.append(timed(lambda t=typed: find_nearby(session, t, MONDAY)))
            assert find_nearby(session, typed, MONDAY)
    print(f"{name}: {TICKETS} tickets; {told('search', floor, spent)}; {told('look nearby', floor, shown)}")


def fill(session: Session) -> list[int]:
    """Forty categories and the tickets of a month; returns the ids of the categories."""
    names = [{"code": f"C{n}", "name": f"C{n}", "path": f"C{n}", "level": 1} for n in range(CATEGORIES)]
    session.execute(insert(Category), names)
    categories = list(session.scalars(select(Category.id).where(Category.code.like("C%"))))
    session.execute(insert(Citizen), [caller(number) for number in range(1, TICKETS + 1)])
    session.execute(insert(Ticket), [ticket(number, categories) for number in range(1, TICKETS + 1)])
    return categories


def caller(number: int) -> dict[str, object]:
    return {"id": number, "phone_hash": f"caller {DICE.randrange(CALLERS)}", "created_at": MONDAY}


def ticket(number: int, categories: list[int]) -> dict[str, object]:
    return {
        "number": f"YJ{number}",
        "query_code": "-",
        "link_token": "-",
        "link_hash": str(number),
        "state": "in_process",
        "type": "complaint",
        "title": sentence(15),
        "content": sentence(150),
        "channel": "phone",
        "category_id": DICE.choice(categories),
        "district": f"区{DICE.randrange(DISTRICTS)}",
        "street": f"街道{DICE.randrange(STREETS)}",
        "address": f"{DICE.randrange(400)} 号",
        "citizen_id": number,
        "created_at": MONDAY - timedelta(days=30) * DICE.random(),
    }


def draft(session: Session, category: int) -> Matter:
    """A call much like one that is there already."""
    like = session.scalars(
        select(Ticket).where(Ticket.category_id == category).order_by(Ticket.created_at.desc()).limit(1)
    ).one()
    caller_hash = session.scalars(select(Citizen.phone_hash).where(Citizen.id == like.citizen_id)).one()
    content = sentence(10) + like.content[10:]
    return Matter(caller_hash or "", category, like.district, like.street, like.address, content)


def newest(session: Session, category: int) -> int | None:
    return session.scalar(select(Ticket.id).where(Ticket.category_id == category).limit(1))


def sentence(length: int) -> str:
    return "".join(DICE.choices(LETTERS, k=length))


if __name__ == "__main__":
    run_on_each(measure)
