"""日报: what one day brought, on one sheet to print."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Response, request, url_for

from database import db
from hotline.figures.asked import AskedPeriod, read_period
from hotline.figures.definitions import DEFINITIONS, RATE_LABELS, TREND_DEFINITIONS
from hotline.figures.frame import tabs_of
from hotline.figures.trends import rises_of, say_usual
from hotline.queries.board import UnitLoad, list_unit_loads
from hotline.queries.daily import Whole, read_whole
from hotline.queries.peers import RANKING
from hotline.queries.periods import Period
from hotline.queries.trends import Dimension, Trend, read_trend
from hotline.services.site import current_site
from hotline.web.auth import current_actor
from hotline.web.pages import render
from hotline.web.workbook import Cover, Table, answer_with_book

_MOST = 10
_SHOWN = {
    Dimension.TYPE: "诉求类型",
    Dimension.CHANNEL: "来源",
    Dimension.DISTRICT: "区划",
    Dimension.CATEGORY: "诉求分类",
}


def daily() -> Response:
    """The sheet of one day, yesterday unless another is asked for."""
    now = datetime.now(UTC)
    asked = _asked(now)
    period = asked.period
    whole = read_whole(db.session(), period)
    rates = {name: whole.units.rate(name) for name in RANKING}
    return render(
        "figures/daily.html",
        status=422 if asked.faults else 200,
        tabs=tabs_of("figures.daily"),
        here=url_for("figures.daily"),
        asked=asked,
        has_errors=bool(asked.faults),
        on=period.first_on,
        latest=_yesterday(now),
        whole=whole,
        parts=[(label, _trend(period, by, now)) for by, label in _SHOWN.items()],
        most=_MOST,
        rates=[(RATE_LABELS[name], rate) for name, rate in rates.items() if rate.whole],
        unrated=[RATE_LABELS[name] for name, rate in rates.items() if not rate.whole],
        rises=rises_of(period, now),
        burning=_burning(now),
        viewer=current_actor(),
        definitions=(*DEFINITIONS[:2], *TREND_DEFINITIONS),
        export=url_for("figures.export_daily", on=period.first_on.isoformat()),
        now=now,
    )


def export_daily() -> Response:
    """The same as a workbook."""
    now = datetime.now(UTC)
    period = _asked(now).period
    whole = read_whole(db.session(), period)
    tables = [Table("总体", ("指标", "数值"), _lines(whole))]
    for by, label in _SHOWN.items():
        shares = _trend(period, by, now).shares
        rows = [(share.name, share.count, say_usual(share.usual), share.change) for share in shares]
        tables.append(Table(label, (label, "受理", "常态", "与常态相比"), rows))
    rows_of_red = [(load.name, load.red, load.yellow, load.total) for load in _burning(now)]
    tables.append(Table("红灯单位", ("单位", "红灯", "黄灯", "办理中"), rows_of_red))
    cover = Cover("热线日报", (("日期", period.words),), now, (*DEFINITIONS, *TREND_DEFINITIONS))
    return answer_with_book("daily", cover, tables)


def _asked(now: datetime) -> AskedPeriod:
    day = request.args.get("on", "").strip() or _yesterday(now).isoformat()
    asked = read_period({"from": day, "to": day}, now, current_site().zone)
    if not asked.faults:
        return asked
    usual = Period(_yesterday(now), _yesterday(now), current_site().zone)
    return AskedPeriod(usual, {"on": day}, {"on": next(iter(asked.faults.values()))})


def _yesterday(now: datetime) -> date:
    return now.astimezone(current_site().zone).date() - timedelta(days=1)


def _trend(period: Period, by: Dimension, now: datetime) -> Trend:
    return read_trend(db.session(), period, by, now)


def _burning(now: datetime) -> list[UnitLoad]:
    loads = list_unit_loads(db.session(), current_actor(), now)
    return [load for load in loads if load.red][:_MOST]


def _lines(whole: Whole) -> list[tuple[Any, ...]]:
    counts = [
        ("受理", whole.accepted),
        ("直接答复", whole.answered_directly),
        ("已派单", whole.dispatched),
        ("办结", whole.closed),
    ]
    return [*counts, *((RATE_LABELS[name], whole.units.rate(name).share) for name in RANKING)]
