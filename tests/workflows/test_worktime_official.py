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
