"""How is a refused row of an import told of, so that somebody can mend it and import it again."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from hotline.services.importing import RefusedRow
from hotline.services.table_files import Table, Trouble, safe_cell
from hotline.web.refusals import field_sentence, sentence
from workflows.errors import FieldError

OWN_COLUMNS = ("行号", "问题字段", "问题与办法")
_TROUBLES: Mapping[str, str] = {
    Trouble.BAD_ENCODING: "文字编码有误，出现无法识别的字。请将文件另存为 UTF-8 或 GB18030 编码后重试。",
    Trouble.WRONG_COLUMN_COUNT: "列数与表头不一致。请检查引号和逗号，使每行列数相同。",
    Trouble.FORMULA: "单元格内容像是公式。请改为纯文字。",
    Trouble.NUL: "单元格内有空字符（NUL）。请删除后重试。",
}


def explain(refused: RefusedRow, columns: Mapping[str, str]) -> tuple[str, str]:
    """Say which of the file's columns is to blame, and what is wrong with the cure."""
    if not refused.errors:
        fault = refused.row.fault
        words = _TROUBLES.get(refused.code) or sentence(refused.code).zh
        return (fault.column if fault is not None else ""), words
    blamed = "、".join(dict.fromkeys(columns.get(error.field, error.field) for error in refused.errors))
    return blamed, "".join(_cure(error) for error in refused.errors)


def write_report(path: Path, table: Table, refused: Iterable[RefusedRow], columns: Mapping[str, str]) -> None:
    """Write the refused rows with their own cells behind what is wrong; raises OSError."""
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*OWN_COLUMNS, *(name for name in table.header)))
        for each in refused:
            cells = (safe_cell(cell.replace("\x00", "")) for cell in each.row.cells)
            writer.writerow((each.row.line, *explain(each, columns), *cells))


def _cure(error: FieldError) -> str:
    return field_sentence(error, "zh")
