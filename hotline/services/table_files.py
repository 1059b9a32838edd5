"""How is a CSV or XLSX file of strangers read, row by row, so that a broken row is told of and never lost?"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

LONGEST_CELL = 1_000_000
_BOM = b"\xef\xbb\xbf"
# A spreadsheet would run these; a number such as +86 139… and a text after a dash stay what they are.
_FORMULA = re.compile(r"'?(?:=|[+\-@][A-Za-z][A-Za-z0-9._ ]*[(|!])")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


class Trouble(StrEnum):
    """What can be wrong with a row before anybody looks at what it says."""

    BAD_ENCODING = "bad_encoding"
    WRONG_COLUMN_COUNT = "wrong_column_count"
    FORMULA = "formula"
    NUL = "nul"


class UnreadableFileError(ValueError):
    """A file that is no table at all; the text says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, and in which column; no column means the whole row."""

    trouble: Trouble
    column: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stands in the file: `line` is where it begins, `cells` are untouched."""

    line: int
    cells: tuple[str, ...]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows."""

    header: tuple[str, ...]
    rows: Sequence[Row]

    def values(self, row: Row) -> dict[str, str]:
        """Pair a sound row's cells with the header."""
        return dict(zip(self.header, row.cells, strict=False))


def read_table(path: Path) -> Table:
    """Read a file by its ending. Raises UnreadableFileError, or OSError when it cannot be opened."""
    return _table(_xlsx_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path.read_bytes()))


def read_csv(raw: bytes) -> Table:
    """Read a table that was sent or pasted. Raises UnreadableFileError."""
    return _table(_csv_rows(raw))


def _table(lines: Iterable[tuple[int, Sequence[str]]]) -> Table:
    numbered = iter(lines)
    first = next(numbered, None)
    if first is None or not any(first[1]):
        message = "the file has no header line"
        raise UnreadableFileError(message)
    header = tuple(cell.strip() for cell in first[1])
    rows = tuple(_row(line, cells, header) for line, cells in numbered if any(cells))
    return Table(header, rows)


def safe_cell(text: str) -> str:
    """Write a cell so that no spreadsheet runs it; read_table still sees the formula behind the mark."""
    is_marked = text.startswith("'")
    return f"'{text}" if _FORMULA.match(text) and not is_marked else text


def _row(line: int, cells: Sequence[str], header: Sequence[str]) -> Row:
    trimmed = list(cells)
    while len(trimmed) > len(header) and not trimmed[-1]:
        trimmed.pop()  # spreadsheets write empty cells behind the last column
    return Row(line, tuple(trimmed), _fault(trimmed, header))


def _fault(cells: Sequence[str], header: Sequence[str]) -> Fault | None:
    if len(cells) != len(header):
        return Fault(Trouble.WRONG_COLUMN_COUNT)
    for column, cell in zip(header, cells, strict=True):
        if "\x00" in cell:
            return Fault(Trouble.NUL, column)
        if _SURROGATES.search(cell) or "\ufffd" in cell:
            return Fault(Trouble.BAD_ENCODING, column)
        if _FORMULA.match(cell):
            return Fault(Trouble.FORMULA, column)
    return None


def _csv_rows(raw: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    text = _decoded(raw)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            message = f"line {line}: {error}"
            raise UnreadableFileError(message) from error
        if cells is None:
            return
        yield line, cells
        line = reader.line_num + 1


def _decoded(raw: bytes) -> str:
    """Take UTF-8 or GB18030, whichever explains the bytes better; what neither explains stays bad."""
    if raw.startswith(_BOM):
        return raw.removeprefix(_BOM).decode("utf-8", "surrogateescape")
    as_utf8 = raw.decode("utf-8", "surrogateescape")
    broken = len(_SURROGATES.findall(as_utf8))
    sound = sum(1 for sign in as_utf8 if sign > "\x7f") - broken
    if broken <= sound:
        return as_utf8
    return raw.decode("gb18030", "surrogateescape")


def _xlsx_rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    except (BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        message = f"{path.name} is no XLSX workbook"
        raise UnreadableFileError(message) from error
    try:
        sheet = book.worksheets[0]
        yield from ((line, _texts(cells)) for line, cells in enumerate(sheet.iter_rows(values_only=True), 1))
    finally:
        book.close()


def _texts(cells: Iterable[Any]) -> list[str]:
    texts = [_text(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # telephone numbers are numbers to a spreadsheet
    return str(cell)
