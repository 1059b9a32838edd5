"""How does every stored text of the demo city come to hold an attack: past all doors, straight into the tables."""

import zlib
from typing import Any

from sqlalchemy import JSON, Connection, String, Table, Text, select, text, update
from sqlalchemy.types import TypeDecorator

from database import Base
from sealing import SealedJson, SealedText
from tests.security.markup import PAYLOADS, TEMPLATES

# What decides which way the program goes, and not what people read.
_LEFT_ALONE = {
    "alembic_version",
    "search_terms",
    "calendars",
    "calendar_days",
    "areas",
    "policy_versions",
}


def plant(connection: Connection) -> int:
    """Add an attack to every text of people; gives the number of texts. The last doors are taken off first."""
    for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return sum(
        _plant_in(connection, table) for table in Base.metadata.sorted_tables if table.name not in _LEFT_ALONE
    )


def _plant_in(connection: Connection, table: Table) -> int:
    columns = [column for column in table.c if isinstance(column.type, _READABLE)]
    keys = list(table.primary_key)
    if not columns or any(key in columns for key in keys):
        return 0
    count = 0
    for row in connection.execute(select(*keys, *columns)).mappings().all():
        new = {column.name: attacked(row[column.name]) for column in columns}
        changed = {name: value for name, value in new.items() if value != row[name]}
        if changed:
            where = [key == row[key.name] for key in keys]
            connection.execute(update(table).where(*where).values(changed))
            count += len(changed)
    return count


_READABLE = (String, Text, JSON, SealedText, SealedJson, TypeDecorator)


def attacked(value: Any) -> Any:
    """The same value with an attack behind every text a person wrote; equal texts stay equal."""
    if isinstance(value, str):
        return _attacked(value) if _is_prose(value) else value
    if isinstance(value, dict):
        return {key: attacked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [attacked(inner) for inner in value]
    return value


def _attacked(value: str) -> str:
    number = zlib.crc32(value.encode())
    return f"{value}{PAYLOADS[number % len(PAYLOADS)]}{TEMPLATES[number % len(TEMPLATES)]}"


def _is_prose(value: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in value)
