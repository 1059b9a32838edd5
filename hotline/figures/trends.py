"""诉求趋势: what came in day by day, more than is usual, of which kind and where, and what rises suddenly?"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, request, url_for

from database import db
from hotline.figures.asked import AskedPeriod, one_of
from hotline.figures.definitions import TREND_DEFINITIONS
from hotline.figures.frame import asked_period, render_period
from hotline.queries.periods import Period
from hotline.queries.trends import (
    Dimension,
    Rise,
    Share,
    Step,
    Trend,
    change_words,
    list_rises,
    read_trend,
    weekly,
)
from hotline.services.site import current_site
from hotline.web.workbook import Cell, Cover, Table, answer_with_book

DIMENSIONS = {
    Dimension.TYPE: "诉求类型",
    Dimension.CATEGORY: "诉求分类",
    Dimension.DISTRICT: "区划",
    Dimension.CHANNEL: "来源",
}
WINDOWS = {"24 小时": timedelta(hours=24), "7 天": timedelta(days=7)}
_DAILY, _WEEKLY = "day", "week"
_RISE_HEADING = ("时段", "分类", "区划", "件数", "常态", "高出（标准差）")


def trends() -> Response:
    """The trend of a period, its shares by one dimension, and what rises."""
    now = datetime.now(UTC)
    asked, by = asked_period(now), _by()
    trend = read_trend(db.session(), asked.period, by, now)
    return render_period(
        "figures/trends.html",
        asked,
        now,
        trend=trend,
        steps=_steps(trend),
        step=_step(),
        by=by.value,
        labels=DIMENSIONS,
        options={
            "by": [(word.value, label) for word, label in DIMENSIONS.items()],
            "steps": [(_DAILY, "按日"), (_WEEKLY, "按周")],
        },
        rises=rises_of(asked.period, now),
        say_step=say_step,
        change=change_words,
        link=lambda share: _link(asked, by, share),
        rise_link=lambda rise, label: rise_link(rise, label, asked.period, now),
        definitions=TREND_DEFINITIONS,
        export=url_for("figures.export_trends", **asked.query, by=by.value, step=_step()),
    )


def export_trends() -> Response:
    """The same as a workbook."""
    now = datetime.now(UTC)
    asked, by = asked_period(now), _by()
    trend = read_trend(db.session(), asked.period, by, now)
    filters = (("统计时段", asked.period.words), ("分组", DIMENSIONS[by]))
    found = rises_of(asked.period, now).items()
    rises = [(label, *_rise_cells(rise)) for label, listed in found for rise in listed]
    tables = (
        Table("趋势", ("日期", "受理", "常态", "与常态相比"), [_step_cells(step) for step in _steps(trend)]),
        Table(
            DIMENSIONS[by], (DIMENSIONS[by], "受理", "常态", "与常态相比"), map(_share_cells, trend.shares)
        ),
        Table("突增", _RISE_HEADING, rises),
    )
    return answer_with_book("trends", Cover("诉求趋势", filters, now, TREND_DEFINITIONS), tables)


def rises_of(period: Period, now: datetime) -> dict[str, list[Rise]]:
    """List what rises at the end of a period, or now if that is earlier, by how far it looks back."""
    until = min(period.ends_at, now)
    return {label: list_rises(db.session(), until, window) for label, window in WINDOWS.items()}


def rise_link(rise: Rise, label: str, period: Period, now: datetime) -> str:
    """Lead to the very tickets of a rise: of its category, its district if it has one, and its hours."""
    window, zone = WINDOWS[label], current_site().zone
    last = min(period.ends_at - timedelta(microseconds=1), now).astimezone(zone)
    query = AskedPeriod(Period((last - window).date(), last.date(), zone), {}, {}).query
    hours, district = int(window / timedelta(hours=1)), rise.district or None
    return url_for("figures.tickets", category=rise.category_id, district=district, hours=hours, **query)


def say_step(step: Step) -> str:
    """Name a day or a span of days."""
    zone = current_site().zone
    first, last = step.first.astimezone(zone), step.last.astimezone(zone) - timedelta(days=1)
    return f"{first:%m-%d}" if first.date() >= last.date() else f"{first:%m-%d} 至 {last:%m-%d}"


def say_usual(usual: float | None) -> str:
    """Write what is usual; nothing where nothing is known to be."""
    return "" if usual is None else f"{usual:.1f}"


def _by() -> Dimension:
    by: Dimension = one_of(request.args.get("by"), Dimension, Dimension.TYPE)
    return by


def _step() -> str:
    return _WEEKLY if request.args.get("step") == _WEEKLY else _DAILY


def _steps(trend: Trend) -> Sequence[Step]:
    return weekly(trend.days) if _step() == _WEEKLY else trend.days


def _link(asked: AskedPeriod, by: Dimension, share: Share) -> str:
    value: Any = "none" if share.key is None and by is Dimension.CATEGORY else share.key
    return url_for("figures.tickets", **asked.query, **{by.value: value})


def _step_cells(step: Step) -> Sequence[Cell]:
    change = "" if step.usual is None else change_words(step.count, step.usual)
    return (say_step(step), step.count, say_usual(step.usual), change)


def _share_cells(share: Share) -> Sequence[Cell]:
    return (share.name, share.count, say_usual(share.usual), share.change)


def _rise_cells(rise: Rise) -> Sequence[Cell]:
    return (rise.category, rise.district or "全市", rise.count, f"{rise.usual:.1f}", f"{rise.sigmas:.1f}")
