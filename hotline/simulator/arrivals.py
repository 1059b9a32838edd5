"""Which tickets does a file tell of: when each came, when it was due and when it ended?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hotline.services.table_files import Row, Table, UnreadableFileError, read_table
from workflows.simulation import Arrival

NEEDED = ("created", "closed", "class")
KNOWN = (*NEEDED, "unit", "due")
# What such columns are called where nobody says otherwise.
_USUAL: Mapping[str, tuple[str, ...]] = {
    "created": ("created", "created_at"),
    "closed": ("closed", "closed_at"),
    "class": ("class", "type"),
    "unit": ("unit", "agency"),
    "due": ("due", "due_at"),
}


class _UnfitError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Recorded:
    """A ticket of the file, and when it was due by the file's own account."""

    arrival: Arrival
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stream:
    """The tickets of a file, and the lines that could not be read, each with its reason."""

    tickets: Sequence[Recorded]
    refused: Sequence[tuple[int, str]]


def read_stream(path: Path, mapping: Mapping[str, str], zone: ZoneInfo) -> Stream:
    """Read a CSV or XLSX file; moments without an offset are the zone's.

    `mapping` is {"our column": "their column"} for those that are called unusually. Raises
    UnreadableFileError for a file that is no table, lacks a column, or a mapping to none of its columns.
    """
    table = read_table(path)
    columns = _columns(table, mapping)
    tickets: list[Recorded] = []
    refused: list[tuple[int, str]] = []
    for row in table.rows:
        try:
            tickets.append(_recorded(table, row, columns, zone))
        except _UnfitError as unfit:
            refused.append((row.line, str(unfit)))
    return Stream(tickets, refused)


def _columns(table: Table, mapping: Mapping[str, str]) -> dict[str, str]:
    unknown = [name for name in mapping if name not in KNOWN]
    if unknown:
        message = f"the mapping names {', '.join(unknown)}; it may name {', '.join(KNOWN)}"
        raise UnreadableFileError(message)
    wanted = {name: (mapping[name],) if name in mapping else _USUAL[name] for name in KNOWN}
    found = {
        name: next((column for column in names if column in table.header), None)
        for name, names in wanted.items()
    }
    missing = [name for name in KNOWN if found[name] is None and (name in NEEDED or name in mapping)]
    if missing:
        message = f"the file has no column for {', '.join(missing)}; name it in a mapping"
        raise UnreadableFileError(message)
    return {name: column for name, column in found.items() if column is not None}


def _recorded(table: Table, row: Row, columns: Mapping[str, str], zone: ZoneInfo) -> Recorded:
    if row.fault is not None:
        text = f"{row.fault.trouble} {row.fault.column}".strip()
        raise _UnfitError(text)
    cells = table.values(row)
    said = {name: cells[column].strip() for name, column in columns.items()}
    created = _instant(said["created"], columns["created"], zone)
    closed = _instant(said["closed"], columns["closed"], zone) if said["closed"] else None
    if closed is not None and closed < created:
        text = f"{columns['closed']}: closed before it came"
        raise _UnfitError(text)
    due = _instant(said["due"], columns["due"], zone) if said.get("due") else None
    return Recorded(Arrival(row.line, said["class"], said.get("unit", ""), created, closed), due)


def _instant(text: str, column: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        reason = f"{column}: {text!r} is no moment such as 2026-11-23 09:00:00"
        raise _UnfitError(reason) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
