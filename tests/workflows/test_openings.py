"""When are the offices open next: now, after lunch, on the next working day, whatever its holidays are."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from workflows.worktime import WorkCalendar, office_week

CITY = ZoneInfo("Asia/Shanghai")
OFFICE = office_week((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
CALENDAR = WorkCalendar(
    "Asia/Shanghai",
    OFFICE,
    holidays=frozenset({date(2026, 10, 1), date(2026, 10, 2)}),
    workdays_in_lieu=frozenset({date(2026, 10, 10)}),
    special_hours={date(2026, 11, 25): ((time(10), time(11)),)},
)
ALWAYS = WorkCalendar("Asia/Shanghai", (((time(), time()),),) * 7, known_years=None)


def city(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-23 10:00", "2026-11-23 10:00"),
        ("2026-11-23 08:30", "2026-11-23 08:30"),
        ("2026-11-23 08:29:59", "2026-11-23 08:30"),
        ("2026-11-23 12:00", "2026-11-23 13:30"),
        ("2026-11-23 17:29:59", "2026-11-23 17:29:59"),
        ("2026-11-23 17:30", "2026-11-24 08:30"),
        ("2026-11-27 18:00", "2026-11-30 08:30"),
        ("2026-09-30 18:00", "2026-10-05 08:30"),
        ("2026-10-09 18:00", "2026-10-10 08:30"),
        ("2026-11-25 08:30", "2026-11-25 10:00"),
        ("2026-11-25 11:00", "2026-11-26 08:30"),
    ],
)
def test_the_next_opening_is_now_or_when_the_offices_open(moment, opening):
    assert CALENDAR.opening_at(city(moment)) == city(opening)


def test_who_is_there_day_and_night_is_always_open():
    for moment in ("2026-11-28 03:00", "2026-11-29 00:00"):
        assert ALWAYS.opening_at(city(moment)) == city(moment)


def test_the_opening_is_told_in_utc():
    assert CALENDAR.opening_at(city("2026-11-28 03:00")).tzinfo is UTC
