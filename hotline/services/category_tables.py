"""How does a table change the category tree: every row through the same door, all of them or none?"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.queries.category_pages import CategoryLine, last_change_id
from hotline.queries.typed import id_in, number_in
from hotline.services.category_edits import CategoryInput, Edit, put_category
from hotline.services.table_files import Table, read_csv, safe_cell
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

COLUMNS: Mapping[str, str] = {
    "code": "代码",
    "parent": "上级代码",
    "name": "名称",
    "name_en": "英文名称",
    "synonyms": "同义词",
    "owner": "承办单位代码",
    "kind": "层次",
    "position": "次序",
}
BRANCH, LEAF = "大类", "小类"
MOST_ROWS = 2_000
_NEEDED = ("code", "name")


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What becomes of one row: it adds or changes a category, says nothing new, or is at fault."""

    line: int
    code: str
    name: str
    what: str
    faults: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What a table would do, and the tree it was tried on."""

    rows: tuple[RowOutcome, ...]
    seen: int

    @property
    def has_faults(self) -> bool:
        return any(row.faults for row in self.rows)

    def count(self, what: str) -> int:
        return sum(1 for row in self.rows if row.what == what)


class _NotKeptError(Exception):
    """Ends a trial, so that its savepoint takes everything back."""


def write_table(lines: Iterable[CategoryLine]) -> str:
    """Write the categories in use as a table that can be read back."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for line in lines:
        kind = LEAF if line.is_leaf else BRANCH
        cells = (line.code, line.parent_code, line.name, line.name_en, line.synonyms, line.owner_code, kind)
        writer.writerow([*map(safe_cell, cells), line.position + 1])
    return "\ufeff" + sheet.getvalue()


def plan_table(session: Session, raw: bytes, edit: Edit) -> TablePlan:
    """Try a table and take it back. Raises UnreadableFileError, and Refused for one without its columns."""
    table, seen = _read(raw), last_change_id(session)
    rows: list[RowOutcome] = []
    try:
        with session.begin_nested():
            rows += _apply(session, table, edit)
            raise _NotKeptError  # noqa: TRY301 - the way out of a savepoint that is never kept
    except _NotKeptError:
        session.expire_all()
    return TablePlan(tuple(rows), seen)


def put_table(session: Session, raw: bytes, edit: Edit) -> TablePlan:
    """Change the tree as a table says. Never commits.

    Raises STALE_EDITION when the tree is not the one that was seen, and Refused while any row is at fault.
    """
    seen = last_change_id(session)
    if seen != edit.seen:
        raise Refused(Code.STALE_EDITION)
    plan = TablePlan(tuple(_apply(session, _read(raw), edit)), seen)
    if plan.has_faults:
        raise invalid(FieldError("table", FieldCode.ROWS_AT_FAULT))
    return plan


def _read(raw: bytes) -> Table:
    table = read_csv(raw)
    missing = [COLUMNS[name] for name in _NEEDED if COLUMNS[name] not in table.header]
    if missing:
        raise invalid(FieldError("table", FieldCode.COLUMNS_MISSING, "、".join(missing)))
    if len(table.rows) > MOST_ROWS:
        raise invalid(FieldError("table", FieldCode.TOO_MANY_LINES, str(MOST_ROWS)))
    return table


def _apply(session: Session, table: Table, edit: Edit) -> list[RowOutcome]:
    outcomes = []
    for row in table.rows:
        if row.fault is not None:
            outcomes.append(
                RowOutcome(row.line, "", "", "", (FieldError("row", FieldCode.BAD_CELL, row.fault.column),))
            )
            continue
        cells = table.values(row)
        values = {name: cells[label].strip() for name, label in COLUMNS.items() if label in cells}
        outcomes.append(_put(session, row.line, values, edit))
    return outcomes


def _put(session: Session, line: int, values: Mapping[str, str], edit: Edit) -> RowOutcome:
    code = values["code"]
    node = session.scalar(select(Category).where(Category.code == code))
    told = RowOutcome(line, code, values["name"], "")
    faults = list(_faults_of(node, values))
    try:
        given = _input(session, node, values)
    except Refused as refused:
        return replace(told, faults=(*faults, *refused.errors))
    if faults:
        return replace(told, faults=tuple(faults))
    seen = replace(edit, seen=node.version if node else 0)
    try:
        with session.begin_nested():
            put_category(session, node.id if node else None, given, seen)
    except Refused as refused:
        if refused.code == Code.NOTHING_CHANGED:
            return replace(told, what="same")
        return replace(told, faults=refused.errors)
    return replace(told, what="changed" if node else "added")


def _faults_of(node: Category | None, values: Mapping[str, str]) -> Iterable[FieldError]:
    kind = values.get("kind", "")
    if kind not in {"", BRANCH, LEAF}:
        yield FieldError("kind", FieldCode.NOT_A_CHOICE)
    elif node is not None and kind and (kind == LEAF) != node.is_leaf:
        yield FieldError("kind", FieldCode.KIND_IS_FIXED)
    position = values.get("position", "")
    if position and not number_in(position, MOST_ROWS - 1):
        yield FieldError("position", FieldCode.NOT_IN_RANGE, f"1–{MOST_ROWS - 1}")


def _input(session: Session, node: Category | None, values: Mapping[str, str]) -> CategoryInput:
    """Fill a row's input; a column that is not there changes nothing. Raises Refused for unknown codes."""
    old = node or Category(
        name_en="", synonyms="", owner_unit_id=None, parent_id=None, is_leaf=True, position=0
    )
    place = id_in(values.get("position", ""))
    parent_id = (
        old.parent_id if "parent" not in values else _id_of(session, Category, "parent", values["parent"])
    )
    return CategoryInput(
        name=values["name"],
        parent_id=parent_id,
        code=values["code"],
        is_leaf=values.get("kind", LEAF) != BRANCH,
        name_en=values.get("name_en", old.name_en),
        synonyms=values.get("synonyms", old.synonyms),
        owner_unit_id=old.owner_unit_id
        if "owner" not in values
        else _id_of(session, Unit, "owner", values["owner"]),
        position=place - 1 if place is not None else old.position if node else MOST_ROWS,
    )


def _id_of(session: Session, model: type[Category] | type[Unit], name: str, code: str) -> int | None:
    if not code:
        return None
    found: int | None = session.scalar(select(model.id).where(model.code == code))
    if found is None:
        unknown = FieldCode.UNKNOWN_UNIT if model is Unit else FieldCode.UNKNOWN_CATEGORY
        raise invalid(FieldError(name, unknown))
    return found
