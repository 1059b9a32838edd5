"""How does a list of tickets look as a spreadsheet: no caller in clear, no formulas, marked?"""

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TextIO
from zoneinfo import ZoneInfo

from hotline.queries.export_rows import ExportRow
from hotline.queries.worklists import TicketRow
from hotline.web.filters import mask_name, mask_phone
from workflows.vocabulary import TicketState, TicketType, Urgency

# Excel guesses the encoding of a CSV without this mark, and guesses wrong for Chinese.
MARK = "\ufeff"
# What a spreadsheet would compute; Excel reads the full-width signs as the plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONG_DIGITS = re.compile(r"(?<![0-9])([0-9]{3})[0-9]{4,14}([0-9Xx]{2,4})(?![0-9])")
HEADING = (
    "时限灯",
    "办结时限",
    "工单号",
    "标题",
    "诉求类型",
    "紧急程度",
    "承办单位",
    "状态",
    "轮次",
    "催办次数",
    "退单次数",
    "受理时间",
)


def write_sheet(
    rows: Iterable[TicketRow], taken_by: str, at: datetime, zone: ZoneInfo, left_out: int = 0
) -> str:
    """Write the rows as CSV text with a byte-order mark; the last line says who took it and when.

    If some were left out it says how many.
    """
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(HEADING)
    for row in rows:
        sheet.writerow(plain(str(cell)) for cell in cells_of(row, zone))
    if left_out:
        sheet.writerow([f"未全部导出：还有 {left_out:,} 行，请在搜索页申请批量导出"])
    sheet.writerow([plain(f"导出人：{taken_by}，导出时间：{write_local(at, zone)}，仅限内部使用")])
    return MARK + written.getvalue()


def watermark(taken_by: str, at: datetime, zone: ZoneInfo, purpose: str) -> str:
    """Say whose table this is, since when, and what for."""
    return f"导出人：{taken_by}，导出时间：{write_local(at, zone)}，用途：{purpose}，仅限内部使用，不得外传"


def write_export(file: TextIO, rows: Iterable[ExportRow], mark: str, zone: ZoneInfo) -> int:
    """Write rows with their masked callers, the mark first and last; returns how many there were."""
    file.write(MARK)
    sheet = csv.writer(file)
    sheet.writerow([plain(mark)])
    sheet.writerow((*HEADING, "诉求人", "电话"))
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - the last number is the count
        sheet.writerow(plain(str(cell)) for cell in (*cells_of(row.ticket, zone), *_masked(row)))
    sheet.writerow([plain(mark)])
    return count


class Titled(Protocol):
    """A row with a title that may be confidential."""

    @property
    def title(self) -> str: ...
    @property
    def is_confidential(self) -> bool: ...


def title_of(row: Titled) -> str:
    """Give a title as it may leave the house: none of a confidential ticket, no telephone in any."""
    return "（保密工单）" if row.is_confidential else without_numbers(row.title)


def without_numbers(text: str) -> str:
    """Mask what may be a telephone or an identity number in what somebody wrote."""
    return _LONG_DIGITS.sub(r"\1****\2", text)


def cells_of(row: TicketRow, zone: ZoneInfo) -> list[str | int]:
    """Write one ticket under the heading, without its caller; counts stay numbers, to be added up."""
    return [
        row.light.label_zh,
        write_local(row.due_at, zone),
        row.number,
        title_of(row),
        TicketType(row.type).label_zh,
        Urgency(row.urgency).label_zh,
        row.unit,
        TicketState(row.state).label_zh,
        row.round,
        row.urge_count,
        row.return_count,
        write_local(row.created_at, zone),
    ]


def plain(cell: str) -> str:
    """Keep a spreadsheet from computing a cell: what could begin a formula gets a quote before it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def write_local(moment: datetime | None, zone: ZoneInfo) -> str:
    """Write a moment as the city's clocks show it; empty for none."""
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _masked(row: ExportRow) -> tuple[str, str]:
    if row.ticket.is_confidential:
        return ("保密", "保密")
    return (mask_name(row.name), mask_phone(row.phone))
