"""How is a page of figures or a list taken out as a workbook: what it shows and means first, then the rows.

Texts never become formulas. Nothing here is a caller's; who took what out is in the log.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from flask import Response, make_response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

from hotline.services.site import current_site
from hotline.web.auth import current_actor
from hotline.web.sheet import plain, write_local

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_log = structlog.get_logger(__name__)

# Numbers stay numbers: floats are shares and show as per cent, decimals are amounts.
Cell = str | int | float | Decimal | None


@dataclass(frozen=True, slots=True)
class Cover:
    """What the first sheet says: of what, filtered how, as of when, what the words mean, what is left out."""

    title: str
    filters: Sequence[tuple[str, str]]
    at: datetime
    definitions: Sequence[tuple[str, str]] = ()
    cut_at: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of rows."""

    name: str
    heading: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def answer_with_book(name: str, cover: Cover, tables: Sequence[Table]) -> Response:
    """Answer with the workbook, and write into the log who took it."""
    zone = current_site().zone
    written, count = write_book(cover, tables, current_actor().name)
    _log.info("table_taken_out", table=name, rows=count, user_id=current_actor().user_id)
    response = make_response(written)
    response.headers["Content-Type"] = _TYPE
    file = f"{name}-{cover.at.astimezone(zone):%Y%m%d-%H%M}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def write_book(cover: Cover, tables: Sequence[Table], taken_by: str) -> tuple[bytes, int]:
    """Write the cover and each table on a sheet of its own; returns the file and how many rows it has."""
    book = Workbook(write_only=True)
    _write_cover(book.create_sheet("说明"), cover, taken_by)
    count = sum(_write_table(book.create_sheet(table.name), table) for table in tables)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue(), count


def _write_cover(sheet: Any, cover: Cover, taken_by: str) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 90
    sheet.append([_bold(sheet, cover.title)])
    lines = [
        *cover.filters,
        ("数据截至", write_local(cover.at, current_site().zone)),
        ("导出人", taken_by),
        ("使用范围", "仅限内部使用"),
    ]
    if cover.cut_at is not None:
        lines.append(
            (
                "未全部导出",
                f"只有前 {cover.cut_at:,} 行，其余未列入；请缩小筛选条件，或者在搜索页申请批量导出",
            )
        )
    for term, words in lines:
        sheet.append([_text(sheet, term), _text(sheet, words)])
    if cover.definitions:
        sheet.append([])
        sheet.append([_bold(sheet, "口径")])
    for term, words in cover.definitions:
        sheet.append([_text(sheet, term), _text(sheet, words)])


def _write_table(sheet: Any, table: Table) -> int:
    sheet.freeze_panes = "A2"
    for number, name in enumerate(table.heading):
        sheet.column_dimensions[_column(number)].width = max(12, len(name) * 2 + 2)
    sheet.append([_bold(sheet, name) for name in table.heading])
    count = 0
    for count, row in enumerate(table.rows, 1):  # noqa: B007 - the last number is the count
        sheet.append([_cell(sheet, value) for value in row])
    return count


def _cell(sheet: Any, value: Cell) -> Any:
    if isinstance(value, float):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "0.0%"
        return cell
    return value if value is None or isinstance(value, (int, Decimal)) else _clean(value)


def _text(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet, _clean(value))
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _bold(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet, _clean(value))
    cell.font = Font(bold=True)
    return cell


def _clean(value: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", plain(value))


def _column(number: int) -> str:
    before, at = divmod(number, 26)
    return (chr(ord("A") + before - 1) if before else "") + chr(ord("A") + at)
