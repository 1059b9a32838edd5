"""驾驶舱: how does the city stand, which units lag behind their peers, what comes up more than usual?"""

from datetime import UTC, datetime
from typing import Any

from flask import Response, url_for

from database import db
from hotline.figures.asked import AskedPeriod
from hotline.figures.comparison import link_to_list
from hotline.figures.definitions import DEFINITIONS, RATE_LABELS
from hotline.figures.frame import asked_period, render_period
from hotline.figures.trends import rise_link, rises_of, say_step
from hotline.queries.board import Days, Figures, list_hot_categories, list_unit_loads, read_figures
from hotline.queries.measures import Measure
from hotline.queries.peers import Counts, Peers, RateName, list_peers
from hotline.queries.trends import Dimension, Trend, change_words, read_trend
from hotline.services.calendars import load_calendar
from hotline.services.site import current_site
from hotline.web.auth import current_actor

_MOST_UNITS = 8
_MOST_RISES = 4
_BAD_SIDE = {
    RateName.CONTACTED: Measure.NOT_CONTACTED,
    RateName.ON_TIME: Measure.LATE,
    RateName.SOLVED: Measure.NOT_SOLVED,
    RateName.CONTENT: Measure.DISCONTENT,
}
_TOLD = ("统计对象", "统计时段", *(RATE_LABELS[name] for name in _BAD_SIDE), "区间")


def cockpit() -> Response:
    """The page of the centre's leader."""
    now, session = datetime.now(UTC), db.session()
    asked = asked_period(now)
    days = Days.of(now.astimezone(current_site().zone))
    board = read_figures(session, current_actor(), days, now)
    groups = list_peers(session, load_calendar(session), asked.period, RateName.ON_TIME)
    trend = read_trend(session, asked.period, Dimension.TYPE, now)
    return render_period(
        "figures/cockpit.html",
        asked,
        now,
        tiles=[*_now_tiles(board), *_rate_tiles(asked, groups)],
        steps=trend.days,
        total=trend.total,
        latest=_latest(trend),
        say_step=say_step,
        change=change_words,
        lagging=_lagging(groups),
        burning=[load for load in list_unit_loads(session, current_actor(), now) if load.red][:_MOST_UNITS],
        categories=list_hot_categories(session, current_actor(), now),
        rises={label: listed[:_MOST_RISES] for label, listed in rises_of(asked.period, now).items()},
        trends_url=url_for("figures.trends", **asked.query),
        rise_link=lambda rise, label: rise_link(rise, label, asked.period, now),
        link=lambda measure, unit_id: link_to_list(asked, measure, unit_id),
        units_url=url_for("figures.units", **asked.query),
        definitions=[pair for pair in DEFINITIONS if pair[0] in _TOLD],
    )


def _now_tiles(board: Figures) -> list[dict[str, Any]]:
    return [
        {
            "label": "今日受理",
            "value": board.accepted_today,
            "note": f"件，待派单 {board.to_dispatch} 件",
            "url": url_for("supervisor.board", view="today", _anchor="list"),
        },
        {
            "label": "在办工单",
            "value": board.open,
            "note": f"件，其中红灯 {board.red} 件",
            "url": url_for("supervisor.board", view="red", _anchor="list"),
        },
    ]


def _rate_tiles(asked: AskedPeriod, groups: list[Peers]) -> list[dict[str, Any]]:
    counts = [peers.whole.numbers for peers in groups]
    whole = Counts({measure: sum(each[measure] for each in counts) for measure in Measure})
    return [
        {
            "label": RATE_LABELS[name],
            "value": whole.rate(name).percent,
            "note": f"{whole.rate(name).hits:,} / {whole.rate(name).whole:,} 件",
            "url": link_to_list(asked, bad, None),
        }
        for name, bad in _BAD_SIDE.items()
    ]


def _lagging(groups: list[Peers]) -> list[dict[str, Any]]:
    """List the units that are behind their peers by more than chance, the lowest rate first."""
    behind = [(peers.group, peer) for peers in groups for peer in peers.peers if peer.verdict < 0]
    rates = [(peer.counts.rate(RateName.ON_TIME), peer, group.label_zh) for group, peer in behind]
    rates.sort(key=lambda each: each[0].share or 0)
    return [{"rate": rate, "peer": peer, "group": group} for rate, peer, group in rates[:_MOST_UNITS]]


def _latest(trend: Trend) -> Any:
    """Give the last day that is over."""
    return next((day for day in reversed(trend.days) if day.is_over), None)
