"""How do the limits read as a table of clocks by classes, and when would they fall due from a moment on?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.queries.policy_pages import RowLine
from workflows.policy import Case, LimitClass, Policy
from workflows.sla import plan
from workflows.vocabulary import ClockName
from workflows.worktime import WorkCalendar

_PREVIEWED = (ClockName.SIGN, ClockName.CONTACT, ClockName.HANDLE)


@dataclass(frozen=True, slots=True)
class Line:
    """One clock's limits, in the order of the classes; None where no such promise is made."""

    label: str
    cells: tuple[RowLine | None, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the clocks of one class would fall due."""

    label: str
    due: tuple[datetime | None, ...]


def classes_of(rows: Sequence[RowLine]) -> list[LimitClass]:
    """List the classes that a set of limits tells apart, in their usual order."""
    used = {row.limit_class for row in rows}
    return [word for word in LimitClass if word.value in used]


def table_of(rows: Sequence[RowLine]) -> list[Line]:
    """Lay out the rows that hold for whole classes as clocks by classes."""
    whole = [row for row in rows if not row.is_narrowed]
    found = {(row.clock, row.is_rework, row.limit_class): row for row in whole}
    labels = {(row.clock, row.is_rework): row.label for row in whole}
    return [
        Line(label, tuple(found.get((*key, word.value)) for word in classes_of(whole)))
        for key, label in labels.items()
    ]


def forecast_clocks() -> tuple[str, ...]:
    """Name the columns of the forecast."""
    return tuple(clock.label_zh for clock in _PREVIEWED)


def forecast(policy: Policy, calendars: Mapping[str, WorkCalendar], at: datetime) -> list[Forecast]:
    """Plan the clocks of a dispatch at `at` for every class, by the rows that hold for all of it."""
    classes = [word for word in LimitClass if word is not LimitClass.ANY]
    return [
        Forecast(word.label_zh, tuple(_due(policy, calendars, clock, word, at) for clock in _PREVIEWED))
        for word in classes
    ]


def _due(
    policy: Policy, calendars: Mapping[str, WorkCalendar], clock: ClockName, word: LimitClass, at: datetime
) -> datetime | None:
    entry = policy.find(clock, Case(word))
    return None if entry is None else plan(entry.limit, calendars[entry.calendar], at).due_at
