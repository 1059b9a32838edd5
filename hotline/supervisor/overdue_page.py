"""What does 时限督办 show at one moment: its lists with their counts, who burns, what will today bring?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from hotline.queries import overdue
from hotline.queries.forecast import Forecast, Queue, QueueForecast, read_forecast
from hotline.queries.overdue import Found, Lights, Lit, Wanted
from hotline.queries.overdue_rows import OverdueRow, Trees, read_rows
from hotline.queries.trees import Tree, category_tree, unit_tree
from hotline.services.calendars import load_calendar
from hotline.supervisor.overdue_lists import (
    FORECAST,
    LIT,
    NOBODY,
    TIERS,
    VIEWS,
    Asked,
    Moments,
)
from workflows.definition import Actor
from workflows.forecast import Stretch, rest_of_day
from workflows.vocabulary import ClockName
from workflows.worktime import WorkCalendar

CENTRE = "未派到单位（中心）"
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads what of the city, and when."""

    session: Session
    viewer: Actor
    asked: Asked
    trees: Trees
    calendar: WorkCalendar
    now: datetime

    @property
    def wanted(self) -> Wanted:
        return self.asked.wanted(self.trees)


@dataclass(frozen=True, slots=True)
class Line:
    """One unit, tier or category with its lights; its address narrows the list to it."""

    name: str
    lit: Lit
    url: str


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One row of the forecast."""

    name: str
    url: str | None
    row: QueueForecast


@dataclass(frozen=True, slots=True)
class ForecastPanel:
    """What today will bring, queue by queue, and how that is reckoned."""

    rest: Stretch
    late: int
    method: str
    queues: tuple[QueueLine, ...]
    url: str


@dataclass(frozen=True, slots=True)
class OverduePage:
    """Everything the page shows; the forecast is worked out with its own list alone, and else comes after."""

    tabs: tuple[Mapping[str, Any], ...]
    whole: Lit
    units: tuple[Line, ...]
    tiers: tuple[Line, ...]
    categories: tuple[Line, ...]
    forecast: ForecastPanel | None
    method: str
    rows: tuple[OverdueRow, ...]
    next: str | None


def start_reading(session: Session, viewer: Actor, asked: Asked, now: datetime) -> Reading:
    """Read what every list needs: the trees and the calendar."""
    trees = Trees(unit_tree(session), category_tree(session))
    return Reading(session, viewer, asked, trees, load_calendar(session), now)


def load_overdue(reading: Reading, limit: int) -> OverduePage:
    """Read the page. Raises BadCursorError for a page mark that is not ours."""
    session, now, asked = reading.session, reading.now, reading.asked
    by_unit, by_category = overdue.count_both(session, reading.viewer, reading.wanted, now)
    forecast = None
    if asked.view == FORECAST:
        forecast = read_forecast(session, reading.viewer, reading.calendar, now)
    found = find_ids(reading, limit, by_unit, forecast)
    return OverduePage(
        tabs=_tabs(reading, by_unit, forecast),
        whole=by_unit.whole,
        units=_lines(asked, "unit", by_unit, reading.trees.units),
        tiers=_tiers(reading, by_unit),
        categories=_lines(asked, "category", by_category, reading.trees.categories),
        forecast=None if forecast is None else panel_of(reading, forecast),
        method=_method(rest_of_day(reading.calendar, now)),
        rows=tuple(read_rows(session, found.ids, reading.trees, reading.calendar, now)),
        next=found.next,
    )


def panel_of(reading: Reading, forecast: Forecast) -> ForecastPanel:
    """Tell a forecast of the units that are asked for."""
    return ForecastPanel(
        forecast.stretch,
        forecast.count(reading.wanted),
        _method(forecast.stretch),
        tuple(_queues(reading, forecast)),
        url_for("supervisor.overdue", **reading.asked.first_page(view=FORECAST)),
    )


def find_ids(
    reading: Reading, limit: int, by_unit: Lights | None = None, forecast: Forecast | None = None
) -> Found:
    """Find the tickets of the list that was asked for, from its page mark on."""
    session, viewer, asked, now = reading.session, reading.viewer, reading.asked, reading.now
    if asked.view == FORECAST:
        forecast = forecast or read_forecast(session, viewer, reading.calendar, now)
        return forecast.page(reading.wanted, limit, asked.after)
    if asked.view == LIT and by_unit is None:
        by_unit = overdue.count_by_unit(session, viewer, reading.wanted, now)
    window = Moments.of(reading.calendar, now).window(asked.view, by_unit.last_due_at if by_unit else None)
    return overdue.find_page(session, viewer, window, (limit, asked.after), (reading.wanted, now))


def _tabs(reading: Reading, by_unit: Lights, forecast: Forecast | None) -> tuple[Mapping[str, Any], ...]:
    moments, wanted = Moments.of(reading.calendar, reading.now), reading.wanted
    steps = sorted({moments.soon, moments.today_ends, moments.tomorrow_ends})
    found = overdue.count_until(reading.session, reading.viewer, wanted, reading.now, steps)
    until = dict(zip(steps, found, strict=True))
    counts = {
        LIT: by_unit.whole.total,
        "red": by_unit.whole.red,
        "soon": until[moments.soon],
        "today": until[moments.today_ends],
        "tomorrow": until[moments.tomorrow_ends] - until[moments.today_ends],
        FORECAST: None if forecast is None else forecast.count(wanted),
    }
    return tuple(
        {
            "label": label,
            "url": url_for("supervisor.overdue", **reading.asked.first_page(view=view)),
            "count": counts[view],
            "is_current": view == reading.asked.view,
            "is_alarming": view in {"red", FORECAST},
        }
        for view, label in VIEWS.items()
    )


def _lines(asked: Asked, name: str, lights: Lights, tree: Tree) -> tuple[Line, ...]:
    nothing = CENTRE if name == "unit" else "未分类"
    named = [(tree.name(row_id) or nothing, lit, row_id) for row_id, lit in lights.by_id.items()]
    named.sort(key=lambda each: (-each[1].red, -each[1].orange, -each[1].total, each[0]))
    return tuple(
        Line(label, lit, _narrowed(asked, name, row_id)) for label, lit, row_id in named[:_MOST_LINES]
    )


def _tiers(reading: Reading, by_unit: Lights) -> tuple[Line, ...]:
    nodes = reading.trees.units.nodes
    sums: dict[str, Lit] = {}
    for unit_id, lit in by_unit.by_id.items():
        unit = nodes.get(unit_id or 0)
        tier = "" if unit is None else str(unit.depth)
        sums[tier] = sums.get(tier, Lit()).plus(lit)
    return tuple(
        Line(TIERS.get(tier, CENTRE), sums[tier], _of_tier(reading.asked, tier))
        for tier in sorted(sums, key=lambda each: each or "9")
    )


def _of_tier(asked: Asked, tier: str) -> str:
    return _narrowed(asked, "tier", tier) if tier else _narrowed(asked, "unit", None)


def _narrowed(asked: Asked, name: str, value: object) -> str:
    chosen = NOBODY if value is None else str(value)
    return url_for("supervisor.overdue", **asked.first_page(**{name: chosen}), _anchor="list")


def _queues(reading: Reading, forecast: Forecast) -> Iterable[QueueLine]:
    wanted = reading.wanted.unit_ids
    for row in forecast.queues:
        unit_id = row.queue if isinstance(row.queue, int) else None
        if wanted is None or unit_id in wanted:
            url = _narrowed(reading.asked, "unit", unit_id)
            yield QueueLine(_queue_name(row.queue, reading.trees.units), url, row)


def _method(rest: Stretch) -> str:
    """Say in a sentence how the forecast is made."""
    pace = (
        "每小时进度 = 今日已办件数 ÷ 已过工作时间"
        if rest.is_office
        else "每小时进度 = 本时段已办件数 ÷ 已过时间"
    )
    if rest.is_young:
        days, end = ("个工作日", "下班") if rest.is_office else ("天", "零点")
        pace = f"今天开始还不到 1 小时，每小时进度取前 5 {days}同一钟点到{end}的平均"
    return (
        f"算法：{pace}；按到期先后办理，到期时还轮不到的，计为预计超期。"
        "这里假设余下的时间都用在今日到期的工单上，实际超期可能更多。"
    )


def _queue_name(queue: Queue, units: Tree) -> str:
    if isinstance(queue, int):
        return units.name(queue)
    if queue == ClockName.HANDLE:
        return CENTRE
    return f"中心：{ClockName(queue).label_zh}"
