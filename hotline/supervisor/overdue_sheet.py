"""How does a list of 时限督办 look as a spreadsheet: filter and time first, no caller, no formula?"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from hotline.queries.overdue_rows import OverdueRow
from hotline.queries.worktime_words import Worktime
from hotline.web.sheet import MARK, plain, title_of, write_local
from workflows.vocabulary import Light, TicketState, TicketType, Urgency

_HEADING = (
    "时限灯",
    "时限",
    "到期时间",
    "超期（工作时间）",
    "剩余（工作时间）",
    "工单号",
    "标题",
    "诉求类型",
    "紧急程度",
    "分类",
    "主办单位",
    "单位级别",
    "状态",
    "催办次数",
    "延期次数",
    "最近动作",
    "动作人",
    "动作时间",
)
_WIDTHS = (8, 12, 17, 18, 18, 20, 40, 8, 8, 16, 20, 8, 10, 8, 8, 24, 24, 17)


@dataclass(frozen=True, slots=True)
class Head:
    """What is printed over the rows: the filter in words, who took them, and when.

    `cut_at` is the number of rows when there are more than the file has.
    """

    words: str
    taken_by: str
    at: datetime
    zone: ZoneInfo
    worktime: Worktime
    cut_at: int | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        at = write_local(self.at, self.zone)
        lines = (f"筛选条件：{self.words}", f"数据截至：{at}；导出人：{self.taken_by}；仅限内部使用")
        if self.cut_at is None:
            return lines
        return (
            *lines,
            f"未全部导出：只有前 {self.cut_at:,} 件，其余未列入；请缩小筛选条件，或者在搜索页申请批量导出",
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of file."""

    content_type: str
    write: Callable[[Iterable[OverdueRow], Head], bytes]


def write_csv(rows: Iterable[OverdueRow], head: Head) -> bytes:
    """Write CSV with a byte-order mark, without which a spreadsheet misreads Chinese."""
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerows([plain(line)] for line in head.lines)
    sheet.writerow(_HEADING)
    sheet.writerows([plain(str(cell)) for cell in _cells(row, head)] for row in rows)
    return (MARK + written.getvalue()).encode()


def write_xlsx(rows: Iterable[OverdueRow], head: Head) -> bytes:
    """Write a workbook of one sheet of texts and counts, with the heading held in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("时限督办")
    sheet.freeze_panes = f"A{len(head.lines) + 2}"
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[chr(ord("A") + number - 1)].width = width
    for line in head.lines:
        sheet.append([line])
    sheet.append([_bold(sheet, name) for name in _HEADING])
    for row in rows:
        sheet.append([_value(cell) for cell in _cells(row, head)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


SHEETS: Mapping[str, Sheet] = {
    "xlsx": Sheet("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "csv": Sheet("text/csv; charset=utf-8", write_csv),
}


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _value(cell: str | int) -> str | int:
    """Leave a count a number, so that a spreadsheet can add it up."""
    return cell if isinstance(cell, int) else ILLEGAL_CHARACTERS_RE.sub("", plain(cell))


def _cells(row: OverdueRow, head: Head) -> Sequence[str | int]:
    is_over, worktime = row.light is Light.RED, head.worktime.say(row.worktime)
    return (
        row.light.label_zh,
        "" if row.clock is None else row.clock.label_zh,
        write_local(row.due_at, head.zone),
        worktime if is_over else "",
        "" if is_over else worktime,
        row.number,
        title_of(row),
        TicketType(row.type).label_zh,
        Urgency(row.urgency).label_zh,
        row.category,
        row.unit,
        "" if row.tier is None else row.tier,
        TicketState(row.state).label_zh,
        row.urge_count,
        row.extension_count,
        row.last_act,
        row.last_actor,
        write_local(row.last_at, head.zone),
    )
