"""The engine's arithmetic against an independent, slow reckoning: 200,000 random cases, no difference allowed."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.workflows.slow_city import SlowCity
from tests.workflows.zones import host_zone
from workflows.counting import DayEndRule, StartRule, TimeUnit
from workflows.sla import ClockReading, Limit, pause, plan, resume
from workflows.worktime import WorkCalendar, office_week

SEED = Path(__file__).resolve().parents[2] / "hotline" / "seeds" / "calendar_cn.csv"
CASES = 100_000  # for each of the two cities
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
MOST = {
    TimeUnit.MINUTES: 5_000,
    TimeUnit.HOURS: 500,
    TimeUnit.DAYS: 60,
    TimeUnit.WORKING_HOURS: 120,
    TimeUnit.WORKING_DAYS: 40,
}
MOST_PAUSES = 3
ALL_DAY = ((time(), time()),)
ALL_DAY_TOLD_SLOWLY = ((0, 24 * 60),)


@dataclass(frozen=True)
class City:
    """The same office hours told twice: to the engine and to the slow reckoning."""

    calendar: WorkCalendar
    slow: SlowCity


@cache
def city(name: str) -> City:
    return {"Shanghai": _shanghai, "New York": _new_york}[name]()


def _shanghai() -> City:
    hours = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
    with SEED.open(encoding="utf-8", newline="") as file:
        days = {date.fromisoformat(row["on"]): row["kind"] for row in csv.DictReader(file)}
    round_the_clock = [date(2024, 7, 15) + timedelta(days=day) for day in range(4)] + [date(2026, 10, 3)]
    late = [date(2024, 2, 12), *(date(2025, 8, 1) + timedelta(days=day) for day in range(31))]
    special = {
        **dict.fromkeys(round_the_clock, ALL_DAY),
        **dict.fromkeys(late, ((time(9), time(11)), (time(20), time()))),
    }
    calendar = WorkCalendar(
        "Asia/Shanghai",
        office_week(*hours),
        frozenset(on for on, kind in days.items() if kind == "holiday"),
        frozenset(on for on, kind in days.items() if kind == "workday_in_lieu"),
        special_hours=special,
    )
    spans = ((8 * 60 + 30, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))
    by_date = {on: spans if kind == "workday_in_lieu" else () for on, kind in days.items()}
    by_date |= dict.fromkeys(round_the_clock, ALL_DAY_TOLD_SLOWLY)
    by_date |= dict.fromkeys(late, ((9 * 60, 11 * 60), (20 * 60, 24 * 60)))
    return City(calendar, SlowCity(ZoneInfo("Asia/Shanghai"), (*[spans] * 5, (), ()), by_date))


def _new_york() -> City:
    """Open on Saturdays until midnight, and on the Sundays of the change to and from summer time at night.

    The last two of those Sundays, one of 25 hours and one of 23, are open round the clock.
    """
    weekdays = ((time(7), time(11, 15)), (time(12), time(19)))
    saturday = ((time(9), time(13)), (time(18), time()))
    nights = {
        on: ((time(0, 30), time(6)),)
        for on in (
            date(2024, 3, 10),
            date(2024, 11, 3),
            date(2025, 3, 9),
        )
    }
    all_day = [date(2025, 11, 2), date(2026, 3, 8)]
    holidays = frozenset({date(2024, 7, 4), date(2024, 12, 25), date(2025, 7, 4), date(2026, 1, 1)})
    calendar = WorkCalendar(
        "America/New_York",
        (*[weekdays] * 5, saturday, ()),
        holidays,
        special_hours={**nights, **dict.fromkeys(all_day, ALL_DAY)},
    )
    day = ((7 * 60, 11 * 60 + 15), (12 * 60, 19 * 60))
    short = ((9 * 60, 13 * 60), (18 * 60, 24 * 60))
    by_date = {**dict.fromkeys(holidays, ()), **dict.fromkeys(nights, ((30, 6 * 60),))}
    by_date |= dict.fromkeys(all_day, ALL_DAY_TOLD_SLOWLY)
    return City(calendar, SlowCity(ZoneInfo("America/New_York"), (*[day] * 5, short, ()), by_date))


def slow_due(slow: SlowCity, start: datetime, limit: Limit) -> datetime:
    """When is the limit over, counted along the row of minutes."""
    is_next_day, to_end = limit.start is StartRule.NEXT_WORKING_DAY, limit.day_end is DayEndRule.CLOSING
    if limit.unit is TimeUnit.WORKING_DAYS:
        return slow.after_working_days(start, limit.amount, is_next_day=is_next_day, to_closing=to_end)
    if limit.unit is TimeUnit.DAYS:
        return slow.after_days(start, limit.amount, is_next_day=is_next_day, to_midnight=to_end)
    if limit.unit is TimeUnit.WORKING_HOURS:
        return slow.after_working_hours(start, limit.amount, is_next_day=is_next_day)
    hours = limit.amount / (60 if limit.unit is TimeUnit.MINUTES else 1)
    return slow.after_hours(start, hours, is_next_day=is_next_day)


def slow_after_pauses(
    slow: SlowCity, due: datetime, unit: TimeUnit, pauses: list[tuple[datetime, datetime]]
) -> datetime:
    """Move the end by all the time the clock was held, added up first."""
    if unit.is_working:
        return slow.later(due, sum(slow.worked(b) - slow.worked(a) for a, b in pauses))
    return due + sum((b - a for a, b in pauses), timedelta())


def random_moment(draw: random.Random) -> datetime:
    """Any second of three years; a third of them on a whole half hour, where openings and closings lie."""
    seconds = draw.randrange(int((LAST - FIRST).total_seconds()))
    return FIRST + timedelta(seconds=seconds - seconds % 1800 if draw.random() < 1 / 3 else seconds)


def random_limit(draw: random.Random) -> Limit:
    unit = draw.choice(list(TimeUnit))
    return Limit(
        draw.randint(0, MOST[unit]), unit, draw.choice(list(StartRule)), draw.choice(list(DayEndRule))
    )


def random_pauses(draw: random.Random, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    for _ in range(draw.randrange(MOST_PAUSES + 1)):
        begins = start + timedelta(seconds=draw.randrange(2 * 86_400))
        start = begins + timedelta(seconds=draw.randrange(4 * 86_400))
        yield begins, start


def engine_due(calendar: WorkCalendar, start: datetime, limit: Limit, pauses: list) -> tuple:
    planned = plan(limit, calendar, start)
    reading = ClockReading(planned.started_at, planned.due_at)
    for begins, ends in pauses:
        reading = resume(pause(reading, begins), limit.unit, calendar, ends)
    return planned.due_at, reading.due_at


@pytest.mark.parametrize("name", ["Shanghai", "New York"])
def test_every_due_moment_equals_the_slow_reckoning(name):
    here, draw = city(name), random.Random(f"due moments of {name}")  # noqa: S311 - repeatable on purpose
    wrong, held, special = [], set(), set()
    for _ in range(CASES):
        start, limit = random_moment(draw), random_limit(draw)
        pauses = list(random_pauses(draw, start))
        due = slow_due(here.slow, start, limit)
        expected = (due, slow_after_pauses(here.slow, due, limit.unit, pauses))
        if engine_due(here.calendar, start, limit, pauses) != expected:
            wrong.append((start, limit, pauses, expected))
        if len(pauses) > 1:
            held.add(limit.unit)
        special.add(here.calendar.special_hours.get(due.astimezone(here.slow.zone).date()))
    assert wrong == []
    assert held == set(TimeUnit)
    assert special >= set(here.calendar.special_hours.values())


@pytest.mark.parametrize("name", ["Shanghai", "New York"])
def test_two_thousand_due_moments_do_not_depend_on_the_zone_of_the_machine(name):
    here, draw = city(name), random.Random(f"zones of {name}")  # noqa: S311 - repeatable on purpose
    asked = [(random_moment(draw), random_limit(draw)) for _ in range(2_000)]
    due = {}
    for zone in ("Asia/Shanghai", "UTC", "America/New_York"):
        with host_zone(zone):
            fresh = replace(here.calendar)
            due[zone] = [plan(limit, fresh, start) for start, limit in asked]
    assert due["UTC"] == due["Asia/Shanghai"] == due["America/New_York"]


@pytest.mark.parametrize("name", ["Shanghai", "New York"])
def test_measuring_and_counting_back_equal_the_slow_reckoning(name):
    here, draw = city(name), random.Random(f"lengths of {name}")  # noqa: S311 - repeatable on purpose
    wrong = []
    for _ in range(CASES // 10):
        a, b = sorted((random_moment(draw), random_moment(draw)))
        b = min(b, a + timedelta(days=draw.randrange(1, 90)))
        seconds = here.slow.worked(b) - here.slow.worked(a)
        back = draw.randrange(60 * 3600)
        if here.calendar.working_seconds(a, b) != seconds:
            wrong.append(("between", a, b))
        if here.calendar.subtract_working(b, back) != here.slow.earlier(b, back):
            wrong.append(("back", b, back))
    assert wrong == []
