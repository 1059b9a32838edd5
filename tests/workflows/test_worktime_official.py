"""The shipped calendar against two independent sources of the official holidays."""

import csv
from datetime import date, time, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from workflows.worktime import WorkCalendar, office_week

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT / "hotline" / "seeds" / "calendar_cn.csv"
PUBLIC_TABLE = ROOT.parent / "shared" / "data" / "cn_calendar.csv"
YEARS = (2024, 2025, 2026)
# As the State Council's yearly notices on the holidays give them: first and last day off.
OFFICIAL_HOLIDAYS = {
    "元旦": ("2024-01-01 2024-01-01", "2025-01-01 2025-01-01", "2026-01-01 2026-01-03"),
    "春节": ("2024-02-10 2024-02-17", "2025-01-28 2025-02-04", "2026-02-15 2026-02-23"),
    "清明节": ("2024-04-04 2024-04-06", "2025-04-04 2025-04-06", "2026-04-04 2026-04-06"),
    "劳动节": ("2024-05-01 2024-05-05", "2025-05-01 2025-05-05", "2026-05-01 2026-05-05"),
    "端午节": ("2024-06-10 2024-06-10", "2025-05-31 2025-06-02", "2026-06-19 2026-06-21"),
    "中秋节": ("2024-09-15 2024-09-17", "2025-10-01 2025-10-08", "2026-09-25 2026-09-27"),
    "国庆节": ("2024-10-01 2024-10-07", "2025-10-01 2025-10-08", "2026-10-01 2026-10-07"),
}
OFFICIAL_WORKDAYS = (
    "2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12 "
    "2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 "
    "2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10"
)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shipped() -> WorkCalendar:
    dates = {
        kind: frozenset(date.fromisoformat(row["on"]) for row in rows(SEED) if row["kind"] == kind)
        for kind in ("holiday", "workday_in_lieu")
    }
    return WorkCalendar(
        "Asia/Shanghai", office_week((time(9), time(17))), dates["holiday"], dates["workday_in_lieu"]
    )


def every_day() -> list[date]:
    first = date(YEARS[0], 1, 1)
    return [first + timedelta(days=n) for n in range((date(YEARS[-1] + 1, 1, 1) - first).days)]


def official_holidays() -> set[date]:
    spans = [span.split() for years in OFFICIAL_HOLIDAYS.values() for span in years]
    return {
        first + timedelta(days=n)
        for first, last in ((date.fromisoformat(a), date.fromisoformat(b)) for a, b in spans)
        for n in range((last - first).days + 1)
    }


def test_the_shipped_calendar_holds_the_holidays_and_make_up_workdays_of_the_notices():
    calendar = shipped()
    assert {day for day in calendar.holidays if day.year in YEARS} == official_holidays()
    assert {day for day in calendar.workdays_in_lieu if day.year in YEARS} == {
        date.fromisoformat(day) for day in OFFICIAL_WORKDAYS.split()
    }


def test_every_day_of_three_years_agrees_with_chinesecalendar():
    calendar = shipped()
    assert [day for day in every_day() if calendar.is_workday(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize(("year", "workdays"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_years_have_as_many_workdays_as_the_notices_say(year, workdays):
    calendar = shipped()
    assert sum(calendar.is_workday(day) for day in every_day() if day.year == year) == workdays


@pytest.mark.skipif(not PUBLIC_TABLE.exists(), reason="the public table is not part of the repository")
def test_the_shipped_dates_equal_the_public_table():
    public = {(row["date"], row["kind"]) for row in rows(PUBLIC_TABLE) if int(row["date"][:4]) in YEARS}
    assert {(row["on"], row["kind"]) for row in rows(SEED) if row["is_official"] == "1"} == public


def test_the_year_without_a_notice_is_marked_as_computed():
    assert {row["on"][:4] for row in rows(SEED) if row["is_official"] == "0"} == {"2027"}
