"""单位比较: how do units of one kind stand beside each other, and which tickets are behind each figure?"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import Response, request, url_for

from database import db
from hotline.figures.asked import AskedPeriod, one_of
from hotline.figures.definitions import DEFINITIONS, RATE_LABELS
from hotline.figures.frame import asked_period, render_period
from hotline.queries.measures import Measure
from hotline.queries.peers import RANKING, Peer, PeerGroup, Peers, RateName, list_peers
from hotline.queries.worktime_words import Worktime
from hotline.services.calendars import load_calendar
from hotline.web.workbook import Cell, Cover, Table, answer_with_book

_VERDICTS = {1: "高于同类", 0: "", -1: "低于同类"}
_HOUR = 3600
_WORST = "worst"
_ORDERS = {"": "名次从前到后", _WORST: "最差的在前"}
_HEADING = (
    *("单位", "名次", "与同类相比", "收到", "办结", "剔除"),
    *("响应率", "按时办结率", "按时办结率区间下限", "按时办结率区间上限", "解决率", "满意率"),
    *("退单率", "退单被驳回", "重办率", "办理时长中位数（工作小时）"),
    *("回访问过联系", "有效回访", "满意度评价"),
)


def units() -> Response:
    """The comparison of a period, group by group."""
    now = datetime.now(UTC)
    asked = asked_period(now)
    calendar, by = load_calendar(db.session()), _by()
    return render_period(
        "figures/units.html",
        asked,
        now,
        groups=_groups(asked, by),
        by=by,
        order=_order(),
        order_words=_ORDERS[_order()],
        group=_group(),
        rate_labels=RATE_LABELS,
        options=_options(),
        worktime=Worktime.of(calendar),
        link=lambda measure, unit_id: link_to_list(asked, measure, unit_id),
        definitions=DEFINITIONS,
        export=url_for("figures.export_units", **asked.query, **_narrowed()),
    )


def export_units() -> Response:
    """The comparison as a workbook: a sheet for each group."""
    now = datetime.now(UTC)
    asked, by = asked_period(now), _by()
    filters = (
        ("统计时段", asked.period.words),
        ("同类组", _group().label_zh if _group() else "全部"),
        ("排名指标", RATE_LABELS[by]),
        ("次序", _ORDERS[_order()]),
    )
    tables = [Table(peers.group.label_zh, _HEADING, _rows(peers)) for peers in _groups(asked, by)]
    return answer_with_book("units", Cover("同类单位比较", filters, now, DEFINITIONS), tables)


def link_to_list(asked: AskedPeriod, measure: str, unit_id: int | None) -> str:
    """Lead to the tickets behind a figure."""
    return url_for("figures.tickets", measure=measure, unit=unit_id, **asked.query)


def _groups(asked: AskedPeriod, by: RateName) -> list[Peers]:
    session, is_worst_first = db.session(), _order() == _WORST
    found = list_peers(session, load_calendar(session), asked.period, by, is_worst_first=is_worst_first)
    return [peers for peers in found if _group() in (None, peers.group)]


def _by() -> RateName:
    by: RateName = one_of(request.args.get("by"), RANKING, RateName.ON_TIME)
    return by


def _order() -> str:
    return _WORST if request.args.get("order") == _WORST else ""


def _group() -> Any:
    return one_of(request.args.get("group"), PeerGroup, None)


def _narrowed() -> dict[str, Any]:
    return {name: request.args[name] for name in ("group", "by", "order") if request.args.get(name)}


def _options() -> dict[str, Sequence[tuple[str, str]]]:
    return {
        "groups": [(group.value, group.label_zh) for group in PeerGroup],
        "orders": [(_WORST, _ORDERS[_WORST])],
        "by": [(name.value, RATE_LABELS[name]) for name in RANKING],
    }


def _rows(peers: Peers) -> Iterator[Sequence[Cell]]:
    for peer in peers.peers:
        yield _row(peer)


def _row(peer: Peer) -> Sequence[Cell]:
    counts = peer.counts
    interval = counts.rate(RateName.ON_TIME).interval or (None, None)
    return (
        peer.name,
        peer.rank if peer.rank is not None else "件数少，不排名",
        _VERDICTS[peer.verdict],
        counts.number(Measure.RECEIVED),
        counts.number(Measure.CLOSED),
        counts.number(Measure.EXCLUDED),
        counts.rate(RateName.CONTACTED).share,
        counts.rate(RateName.ON_TIME).share,
        *interval,
        counts.rate(RateName.SOLVED).share,
        counts.rate(RateName.CONTENT).share,
        counts.rate(RateName.RETURNED).share,
        counts.number(Measure.RETURN_REFUSED),
        counts.rate(RateName.REWORKED).share,
        None if peer.median is None else Decimal(f"{peer.median.total_seconds() / _HOUR:.1f}"),
        counts.number(Measure.ASKED),
        counts.number(Measure.VALID),
        counts.number(Measure.RATED),
    )
