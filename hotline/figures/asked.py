"""Which days does the address of a page of figures ask for, and what is wrong with them?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hotline.queries.periods import Period

MOST_DAYS = 184
_USUAL_DAYS = 30
_EARLIEST = date(2000, 1, 1)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """The period to show, what was typed, and each field's fault; with one, the usual period shows."""

    period: Period
    typed: Mapping[str, str]
    faults: Mapping[str, tuple[str, ...]]

    @property
    def query(self) -> dict[str, Any]:
        """Give the parameters that name the period."""
        return {"from": self.period.first_on.isoformat(), "to": self.period.last_on.isoformat()}


def read_period(values: Mapping[str, str], now: datetime, zone: ZoneInfo) -> AskedPeriod:
    """Read both days of an address, both included; without any, the last thirty days."""
    today = now.astimezone(zone).date()
    usual = Period(today - _ONE_DAY * (_USUAL_DAYS - 1), today, zone)
    typed = {name: values.get(name, "").strip() for name in ("from", "to")}
    if not any(typed.values()):
        return AskedPeriod(usual, _typed(usual), {})
    first_on, last_on = _read(typed["from"]), _read(typed["to"])
    faults = _faults(first_on, last_on, today)
    if faults or first_on is None or last_on is None:
        return AskedPeriod(usual, typed, faults)
    return AskedPeriod(Period(first_on, last_on, zone), typed, {})


def list_presets(now: datetime, zone: ZoneInfo) -> list[tuple[str, Period]]:
    """List the periods that people ask for most."""
    today = now.astimezone(zone).date()
    month = today.replace(day=1)
    before = month - _ONE_DAY
    return [
        ("近 7 天", Period(today - _ONE_DAY * 6, today, zone)),
        ("近 30 天", Period(today - _ONE_DAY * (_USUAL_DAYS - 1), today, zone)),
        ("本月", Period(month, today, zone)),
        ("上月", Period(before.replace(day=1), before, zone)),
    ]


def one_of(value: str | None, words: Any, usual: Any) -> Any:
    """Read a word of the address; one that is not known counts as not given."""
    return next((word for word in words if word.value == value), usual)


def _typed(period: Period) -> dict[str, str]:
    return {"from": period.first_on.isoformat(), "to": period.last_on.isoformat()}


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _faults(first_on: date | None, last_on: date | None, today: date) -> dict[str, tuple[str, ...]]:
    needed = {"from": first_on, "to": last_on}
    faults: dict[str, tuple[str, ...]] = {
        name: ("请填写日期，例如 2026-11-01。",) for name, day in needed.items() if day is None
    }
    if faults or first_on is None or last_on is None:
        return faults
    if first_on < _EARLIEST or first_on > today:
        return {"from": ("开始日期不能晚于今天。" if first_on > today else "开始日期太早。",)}
    if last_on < first_on:
        return {"to": ("结束日期不能早于开始日期。",)}
    if (last_on - first_on).days >= MOST_DAYS:
        return {"to": (f"一次最多统计 {MOST_DAYS} 天，请缩短时段。",)}
    return {}
