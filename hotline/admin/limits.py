"""How long is each promise, in words, and when would it fall due from a given moment on?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.models.policies import PolicyRow
from workflows.counting import DayEndRule, StartRule, TimeUnit
from workflows.policy import Case, LimitClass, Policy
from workflows.sla import SpanUnit, plan
from workflows.vocabulary import ClockName
from workflows.worktime import WorkCalendar

_PREVIEWED = (ClockName.SIGN, ClockName.CONTACT, ClockName.HANDLE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One limit in words; every text is empty where no such promise is made."""

    limit: str = ""
    counting: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One clock's limits, in the order of the classes."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the clocks of one class would fall due."""

    label: str
    due: tuple[datetime | None, ...]


def classes_of(rows: Sequence[PolicyRow]) -> list[LimitClass]:
    """List the classes that a set of limits tells apart, in their usual order."""
    used = {row.limit_class for row in rows}
    return [word for word in LimitClass if word.value in used]


def table_of(rows: Sequence[PolicyRow]) -> list[Line]:
    """Lay the rows out as clocks by classes."""
    found = {(row.clock, row.is_rework, row.limit_class): row for row in rows}
    order = list(dict.fromkeys((row.clock, row.is_rework) for row in rows))
    return [
        Line(
            _label(clock, is_rework=is_rework),
            tuple(_cell(found.get((clock, is_rework, word.value))) for word in classes_of(rows)),
        )
        for clock, is_rework in order
    ]


def forecast_clocks() -> tuple[str, ...]:
    """Name the columns of the forecast."""
    return tuple(clock.label_zh for clock in _PREVIEWED)


def forecast(policy: Policy, calendar: WorkCalendar, at: datetime) -> list[Forecast]:
    """Plan the clocks of a dispatch at `at` for every class."""
    classes = [word for word in LimitClass if word is not LimitClass.ANY]
    return [
        Forecast(word.label_zh, tuple(_due(policy, calendar, clock, word, at) for clock in _PREVIEWED))
        for word in classes
    ]


def _due(
    policy: Policy, calendar: WorkCalendar, clock: ClockName, word: LimitClass, at: datetime
) -> datetime | None:
    entry = policy.find(clock, Case(word))
    return None if entry is None else plan(entry.limit, calendar, at).due_at


def _label(clock: str, *, is_rework: bool) -> str:
    known = next((name.label_zh for name in ClockName if name.value == clock), "退单申请期")
    return f"{known}（重办）" if is_rework else known


def _cell(row: PolicyRow | None) -> Cell:
    if row is None:
        return Cell()
    unit = TimeUnit(row.unit)
    counting = [StartRule(row.start_rule).label_zh]
    if unit in (TimeUnit.DAYS, TimeUnit.WORKING_DAYS):
        counting.append(f"{DayEndRule(row.day_end_rule).label_zh}到期")
    warnings = [
        f"{name}：{_span(amount, span)}"
        for name, amount, span in (
            ("黄灯", row.yellow_amount, row.yellow_unit),
            ("橙灯", row.orange_amount, row.orange_unit),
        )
        if amount is not None and span is not None
    ]
    return Cell(f"{row.amount} {unit.label_zh}", "，".join(counting), "；".join(warnings))


def _span(amount: int, unit: str) -> str:
    if unit == SpanUnit.PERCENT:
        return f"剩余 {amount}%"
    return f"提前 {amount} {SpanUnit(unit).label_zh}"
