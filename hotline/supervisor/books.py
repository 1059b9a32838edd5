"""How is each ledger taken out as a workbook? Without the titles of confidential tickets."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from database import db
from hotline.queries import exclusions, ledgers
from hotline.queries.board import Days
from hotline.queries.rates import Rate
from hotline.services.site import current_site
from hotline.web.sheet import title_of, without_numbers, write_local
from hotline.web.workbook import Cell, Cover, Table, answer_with_book
from workflows.vocabulary import TicketState

_Rows = Sequence[Sequence[Cell]]
_QUARTER = timedelta(days=90)
_EXCLUSION_WORDS = (
    ("剔除前", "办结时按时的工单 ÷ 办结的工单。"),
    ("剔除后", "不计已剔除的工单，超期申诉成立的计为按时。"),
)
_FIGURE_HEADING = ("单位", "办结", "剔除", "申诉成立", "剔除前按时办结率", "剔除后按时办结率")


def register_books(blueprint: Blueprint) -> None:
    """Give the blueprint the workbooks of its ledgers."""
    names = f"any({', '.join(_LEDGERS)})"
    blueprint.add_url_rule(f"/<{names}:name>.xlsx", "export_ledger", export_ledger)


def export_ledger(name: str) -> Response:
    """A ledger as a workbook, as long as its page."""
    now = datetime.now(UTC)
    title, heading, read = _LEDGERS[name]
    rows = read(db.session(), now)
    tables = [Table(title, heading, rows)]
    filters: list[tuple[str, str]] = []
    if name == "excluded":
        since, span = exclusion_span(now)
        filters = [("各单位前后的办结时段", span)]
        tables.append(Table("各单位前后", _FIGURE_HEADING, _figures(db.session(), since)))
    definitions = _EXCLUSION_WORDS if name == "excluded" else ()
    cut_at = len(rows) if name == "excluded" and len(rows) >= exclusions.MOST else None
    return answer_with_book(name, Cover(title, filters, now, definitions, cut_at), tables)


def exclusion_span(now: datetime) -> tuple[datetime, str]:
    """Tell since when the figures before and after exclusion are counted, and how that is said."""
    if request.args.get("span") == "quarter":
        return now - _QUARTER, "近 90 天"
    return Days.of(now.astimezone(current_site().zone)).month_at, "本月"


def _suspended(session: Session, now: datetime) -> _Rows:
    today = now.astimezone(current_site().zone).date()
    return [
        (
            row.entry.number,
            title_of(row.entry),
            row.entry.unit,
            _day(row.review_on),
            *map(without_numbers, (row.plan, row.condition)),
        )
        for row in ledgers.list_parked(session, now, today)
    ]


def _disputes(session: Session, now: datetime) -> _Rows:
    return [
        (
            row.entry.number,
            title_of(row.entry),
            without_numbers(row.reason),
            row.raised_by,
            _moment(row.raised_at),
            len(row.returns),
        )
        for row in ledgers.list_disputes(session, now)
    ]


def _merged(session: Session, _now: datetime) -> _Rows:
    return [
        (
            row.entry.number,
            title_of(row.entry),
            TicketState(row.entry.state).label_zh,
            each.number,
            title_of(each),
            TicketState(each.state).label_zh,
        )
        for row in ledgers.list_merged(session)
        for each in row.followers
    ]


def _excluded(session: Session, now: datetime) -> _Rows:
    return [
        (
            row.number,
            title_of(row),
            row.unit,
            _moment(row.closed_at),
            "是" if row.is_late else "否",
            "是" if row.is_excluded else "否",
            row.appeal,
        )
        for row in exclusions.list_contested(session, now)
    ]


def _figures(session: Session, since: datetime) -> _Rows:
    return [
        (
            row.name,
            row.closed,
            row.excluded,
            row.upheld,
            Rate(row.on_time, row.closed).share,
            Rate(row.counted_on_time, row.counted).share,
        )
        for row in exclusions.list_unit_figures(session, since)
    ]


def _moment(at: datetime | None) -> str:
    return write_local(at, current_site().zone)


def _day(on: date | None) -> str:
    return "" if on is None else f"{on:%Y-%m-%d}"


_LEDGERS: Mapping[str, tuple[str, Sequence[str], Callable[[Session, datetime], _Rows]]] = {
    "suspended": (
        "挂账台账",
        ("工单号", "标题", "主办单位", "复查日期", "工作计划", "恢复办理的条件"),
        _suspended,
    ),
    "disputes": ("争议会商", ("工单号", "标题", "会商事由", "提交人", "提交时间", "退单次数"), _disputes),
    "merged": ("并案", ("主单", "主单标题", "主单状态", "并入的工单", "标题", "状态"), _merged),
    "excluded": ("剔除台账", ("工单号", "标题", "单位", "办结时间", "超期", "已剔除", "申诉成立"), _excluded),
}
