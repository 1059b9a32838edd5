"""How many clocks can one process plan in a second, against reading one moment in the city's zone?

Every limit of the shipped policy in turn, from moments spread over three years. The calendar is new in each
round, so that what it remembers of a day is paid for too. The goal is 20,000 a second.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
# The root in place of this folder, where our own name would hide the library of that name.
sys.path[0] = str(ROOT)

from hotline.services.seed_files import read_seed  # noqa: E402 - needs the path
from workflows.counting import DayEndRule, StartRule, TimeUnit  # noqa: E402 - needs the path
from workflows.sla import Limit, Span, SpanUnit, plan  # noqa: E402 - needs the path
from workflows.worktime import WorkCalendar, office_week  # noqa: E402 - needs the path

CLOCKS, ROUNDS = 20_000, 5
HOURS = ((clock_time(8, 30), clock_time(12)), (clock_time(13, 30), clock_time(17, 30)))


def main() -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d}  Python {sys.version.split()[0]}")
    dice = random.Random(12345)  # noqa: S311 - the same moments in every run
    limits = [limit_of(row) for row in read_seed("policy.csv")]
    begins = datetime(2024, 1, 1, tzinfo=UTC)
    starts = [begins + timedelta(seconds=dice.randrange(3 * 365 * 86_400)) for _ in range(CLOCKS)]
    asked = [(limits[n % len(limits)], start) for n, start in enumerate(starts)]
    floors, plans = [], []
    for _ in range(ROUNDS):
        floors.append(per_second(lambda: read_moments(starts)))
        plans.append(per_second(lambda: plan_all(asked, calendar())))
    floor, planned = statistics.median(floors), statistics.median(plans)
    print(
        f"floor {floor:,.0f} moments read a second; {planned:,.0f} clocks planned a second "
        f"(slowest round {min(plans):,.0f}; one clock costs {floor / planned:.0f} moments)"
    )


def per_second(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return CLOCKS / (time.perf_counter() - started)


def read_moments(starts: list[datetime]) -> list[datetime]:
    zone = ZoneInfo("Asia/Shanghai")
    return [start.astimezone(zone) for start in starts]


def plan_all(asked: list[tuple[Limit, datetime]], city: WorkCalendar) -> list[object]:
    return [plan(limit, city, start) for limit, start in asked]


def calendar() -> WorkCalendar:
    days = {date.fromisoformat(row["on"]): row["kind"] for row in read_seed("calendar_cn.csv")}
    return WorkCalendar(
        "Asia/Shanghai",
        office_week(*HOURS),
        frozenset(on for on, kind in days.items() if kind == "holiday"),
        frozenset(on for on, kind in days.items() if kind == "workday_in_lieu"),
    )


def limit_of(row: dict[str, str]) -> Limit:
    spans = [
        Span(int(row[f"{light}_amount"]), SpanUnit(row[f"{light}_unit"])) if row[f"{light}_amount"] else None
        for light in ("yellow", "orange")
    ]
    rules = StartRule(row["start_rule"]), DayEndRule(row["day_end_rule"])
    return Limit(int(row["amount"]), TimeUnit(row["unit"]), *rules, *spans)


if __name__ == "__main__":
    main()
