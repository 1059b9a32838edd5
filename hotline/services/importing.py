"""How do the rows of somebody else's file become tickets: each by the door, in a transaction of its own?

A row is taken whole or refused whole, and a refused one is told of with what to mend. What was taken is
remembered for good, so that the same file, or its mended rest, may be imported again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hotline.services import intake
from hotline.services.idempotency import Answer, Asked, digest, find_answer, keep_answer
from hotline.services.import_columns import BadCellError, Mapped, record_of
from hotline.services.table_files import Row, Table
from workflows.definition import Actor, ActorKind
from workflows.errors import Code, FieldError, Refused
from workflows.vocabulary import Role

IMPORTER = Actor(ActorKind.SYSTEM, "数据导入", frozenset({Role.IMPORTER}))
_OWNER = "import"
_CREATED = 201
# Answers are kept for a day after their moment; an imported row must be known for ever.
_FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken; `errors` name our fields, empty for a fault of the row as a whole."""

    row: Row
    code: str
    errors: tuple[FieldError, ...] = ()


@dataclass(slots=True)
class ImportResult:
    """What became of a file."""

    taken: list[str] = field(default_factory=list)
    known: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One run over a file: in which zone its times are, at what moment, for real or as a trial."""

    session_factory: Callable[[], Session]
    columns: Mapping[str, str]
    zone: ZoneInfo
    now: datetime
    is_trial: bool = False


def import_table(run: ImportRun, table: Table) -> ImportResult:
    """Take every row that can be taken; commits row by row, or nothing at all in a trial."""
    result = ImportResult()
    seen: Counter[str] = Counter()
    for row in table.rows:
        try:
            _one(run, table, row, (seen, result))
        except Refused as refusal:
            result.refused.append(RefusedRow(row, str(refusal.code), refusal.errors))
    return result


def _one(run: ImportRun, table: Table, row: Row, books: tuple[Counter[str], ImportResult]) -> None:
    seen, result = books
    if row.fault is not None:
        raise Refused(row.fault.trouble, row.fault.column or None)
    try:
        mapped = record_of(table.values(row), run.columns, run.zone, run.now)
    except BadCellError as bad:
        raise Refused(Code.INVALID_INPUT, bad.error.field, (bad.error,)) from bad
    asked = _asked(mapped, seen)
    number = _take(run, mapped, asked)
    if number is None:
        result.known += 1
    else:
        result.taken.append(number)


def _take(run: ImportRun, mapped: Mapped, asked: Asked) -> str | None:
    """Register and submit one row; None when it was taken before."""
    with run.session_factory() as session, session.begin() as transaction:
        if find_answer(session, asked, run.now) is not None:
            return None
        at = mapped.created_at or run.now
        ticket = intake.register_and(session, mapped.record, ("submit", {}), IMPORTER, at)
        number = ticket.number
        keep_answer(session, asked, Answer(_CREATED, location=f"/tickets/{number}"), _FOR_GOOD)
        if run.is_trial:
            transaction.rollback()
    return number


def _asked(mapped: Mapped, seen: Counter[str]) -> Asked:
    """Name the row: by its own number where it has one, else by what it says and how often that came."""
    content = digest(*(f"{name}={value}" for name, value in sorted(_texts(mapped.record))))
    if mapped.source_id:
        return Asked(_OWNER, f"number:{digest(mapped.source_id)}", content)
    seen[content] += 1
    return Asked(_OWNER, f"row:{content}:{seen[content]}", content)


def _texts(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, str(value)) for name, value in record.items())


def counted(refused: Sequence[RefusedRow]) -> Counter[str]:
    """Count the refusals by their code, a field's own where one is to blame."""
    return Counter(each.errors[0].code if each.errors else each.code for each in refused)
