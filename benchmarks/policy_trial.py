"""What does a trial of other limits cost over a month of a large city, against reading the same rounds?

Every ticket has a main unit and a round of handling; one in ten was held once, one in twenty reworked. The
second version has two rows that touch half of the tickets. The floor is the stream of rounds alone, measured
between the trials. Seconds are those of this process on the processor. The goal is 100,000 tickets in a few.
"""

import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

# The root in place of this folder, as in transitions.py.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each  # noqa: E402 - needs the path
from hotline.admin.policy_trials import run_trial  # noqa: E402 - needs the path
from hotline.models.calendars import CalendarEdition  # noqa: E402 - needs the path
from hotline.models.catalog import Category  # noqa: E402 - needs the path
from hotline.models.clocks import Clock, ClockChange  # noqa: E402 - needs the path
from hotline.models.organisation import Unit  # noqa: E402 - needs the path
from hotline.models.policies import PolicyRow, PolicyVersion, selector_of  # noqa: E402 - needs the path
from hotline.models.ticket import Assignment, Citizen, Ticket  # noqa: E402 - needs the path
from hotline.queries.policy_pages import list_editions  # noqa: E402 - needs the path
from hotline.queries.policy_trial import Span, list_rounds  # noqa: E402 - needs the path
from tests.stories.town import MONDAY, found_town  # noqa: E402 - needs the path

TICKETS = int(os.environ.get("BENCH_TICKETS", "100000"))
ROUNDS = 3
CATEGORIES, UNITS = 40, 60
MONTH = Span(MONDAY - timedelta(days=31), MONDAY, "a month")
TYPES = ("consultation", "help", "complaint", "suggestion", "report")
URGENCIES = ("ordinary",) * 8 + ("urgent", "critical")
DICE = random.Random(12345)  # noqa: S311 - the same city in every run


def measure(name: str, engine: Engine) -> None:
    with Session(engine) as session:
        found_town(session)
        fill(session)
        other_limits(session)
        session.commit()
        floors, trials = [], []
        newer, older = list_editions(session, MONDAY.date())
        for _ in range(ROUNDS):
            floors.append(seconds(lambda: sum(len(each) for each in list_rounds(session, MONTH))))
            trials.append(seconds(lambda: run_trial(session, older, newer, MONTH)))
        total = run_trial(session, older, newer, MONTH).trial.total
    floor, spent = statistics.median(floors), statistics.median(trials)
    print(
        f"{name}: {total.tickets} tickets, late {total.before.late} and {total.after.late}; "
        f"floor {floor:.1f} s; a trial {spent:.1f} s, {max(trials):.1f} s worst ({spent / floor:.1f} floors)"
    )


def seconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def fill(session: Session) -> None:
    """Categories of two levels, units of three tiers, and the tickets of a month with their clocks."""
    tops = [{"code": f"C{n}", "name": f"C{n}", "path": f"C{n}", "level": 1} for n in range(8)]
    session.execute(insert(Category), tops)
    above = list(session.scalars(select(Category.id).where(Category.code.like("C%"))))
    leaves = [
        {"code": f"L{n}", "name": f"L{n}", "path": f"L{n}", "level": 2, "parent_id": above[n % 8]}
        for n in range(CATEGORIES)
    ]
    session.execute(insert(Category), leaves)
    session.execute(
        insert(Unit), [{"code": f"B{n}", "name": f"B{n}", "tier": n % 3 + 1} for n in range(UNITS)]
    )
    categories = list(session.scalars(select(Category.id).where(Category.code.like("L%"))))
    units = list(session.scalars(select(Unit.id).where(Unit.code.like("B%"))))
    edition = session.scalars(select(CalendarEdition.id)).first()
    numbers = range(1, TICKETS + 1)
    session.execute(insert(Citizen), [{"id": number, "created_at": MONDAY} for number in numbers])
    session.execute(insert(Ticket), [ticket(number, categories) for number in numbers])
    session.execute(insert(Assignment), [share(number, units) for number in numbers])
    session.execute(insert(Clock), [clock(number) for number in numbers])
    session.execute(
        insert(Clock), [{**clock(n), "id": TICKETS + n, "is_rework": True} for n in numbers if n % 20 == 0]
    )
    held = [change(n, kind, edition) for n in numbers if n % 10 == 0 for kind in ("paused", "resumed")]
    session.execute(insert(ClockChange), held)


def ticket(number: int, categories: list[int]) -> dict[str, object]:
    return {
        "id": number,
        "number": f"YJ{number}",
        "query_code": "-",
        "link_token": "-",
        "link_hash": str(number),
        "state": "in_process",
        "type": DICE.choice(TYPES),
        "urgency": DICE.choice(URGENCIES),
        "title": "-",
        "content": "-",
        "channel": "phone",
        "category_id": DICE.choice(categories),
        "citizen_id": number,
        "created_at": MONDAY,
    }


def share(number: int, units: list[int]) -> dict[str, object]:
    return {
        "ticket_id": number,
        "unit_id": DICE.choice(units),
        "is_main": True,
        "round": 1,
        "state": "replied",
        "created_at": MONDAY,
    }


def clock(number: int) -> dict[str, object]:
    began = MONTH.since + timedelta(seconds=DICE.randrange(20 * 86_400))
    ended = began + timedelta(hours=DICE.expovariate(1 / 40))
    return {
        "id": number,
        "ticket_id": number,
        "name": "handle",
        "unit": "hours",
        "started_at": began,
        "due_at": ended,
        "original_due_at": ended,
        "stopped_at": ended if number % 9 else None,
        "is_rework": False,
    }


def change(number: int, kind: str, edition: int | None) -> dict[str, object]:
    at = MONTH.since + timedelta(days=20, hours=5 if kind == "resumed" else 0)
    return {
        "clock_id": number,
        "number": 1 if kind == "paused" else 2,
        "reason": kind,
        "at": at,
        "event_number": 0,
        "calendar_edition_id": edition,
        "due_at": at,
    }


def other_limits(session: Session) -> None:
    """A second version: that of the town, with rows for a branch and for a tier."""
    first = session.scalars(select(PolicyVersion)).one()
    second = PolicyVersion(number=2, state="draft", valid_from_on=MONDAY.date(), based_on_id=first.id)
    session.add(second)
    session.flush()
    columns = [column.key for column in PolicyRow.__table__.columns if column.key not in {"id", "version_id"}]
    for row in list(session.scalars(select(PolicyRow).where(PolicyRow.version_id == first.id))):
        session.add(PolicyRow(version_id=second.id, **{name: getattr(row, name) for name in columns}))
    branch = session.scalars(select(Category.id).where(Category.code == "C0")).one()
    for narrowed in ({"category_id": branch}, {"unit_tier": 3}):
        row = PolicyRow(
            version_id=second.id,
            clock="handle",
            limit_class="any",
            is_rework=False,
            amount=12,
            unit="hours",
            start_rule="at_once",
            day_end_rule="same_time",
            **narrowed,
        )
        row.selector = selector_of(row)
        session.add(row)
    session.flush()


if __name__ == "__main__":
    run_on_each(measure)
