"""Which column holds what kind of data, what for and how long: the table behind docs/security/fields.md.

`python -m tests.architecture.field_register` writes the page anew. Numbers, moments, yes or no and references
are internal; every column that can hold words must be named in field_classes with its class.
"""

from pathlib import Path

from sqlalchemy import JSON, Column, String, Table, Text

import tests.databases  # noqa: F401 - loaded for every model
from database import Base
from sealing import KeyedHash, SealedJson, SealedText
from tests.architecture.field_classes import FIELDS

PAGE = Path(__file__).parents[2] / "docs" / "security" / "fields.md"
CLASSES = ("public", "internal", "personal", "sensitive")
_WORDS = (String, Text, JSON, KeyedHash, SealedText, SealedJson)


def list_unknown() -> list[str]:
    """Columns that can hold words and have no class, tables without a row, and names that are no column."""
    tables = {table.name: table for table in Base.metadata.sorted_tables}
    wrong = [name for name in tables if name not in FIELDS] + [name for name in FIELDS if name not in tables]
    for name in tables.keys() & FIELDS.keys():
        listed = [column for columns in FIELDS[name][2].values() for column in columns.split()]
        wrong += [
            f"{name}.{each}" for each in listed if each not in tables[name].columns or listed.count(each) > 1
        ]
        wrong += [
            f"{name}.{each.name}"
            for each in tables[name].columns
            if holds_words(each) and each.name not in listed
        ]
    return wrong


def holds_words(column: Column) -> bool:
    return isinstance(column.type, _WORDS) and not column.foreign_keys


def is_sealed(column: Column) -> bool:
    return isinstance(column.type, (SealedText, SealedJson))


def class_of(table: Table, column: Column) -> str:
    kinds = FIELDS[table.name][2]
    return next((kind for kind, names in kinds.items() if column.name in names.split()), "internal")


def render() -> str:
    """The page: one row per column."""
    tables = sorted(Base.metadata.sorted_tables, key=lambda table: table.name)
    rows = [
        f"| `{table.name}.{column.name}` | {class_of(table, column)} | {FIELDS[table.name][0]} | "
        f"{FIELDS[table.name][1]} | {'sealed' if is_sealed(column) else ''} |"
        for table in tables
        for column in table.columns
    ]
    counts = {kind: sum(f" | {kind} | " in row for row in rows) for kind in CLASSES}
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return "\n".join([_HEAD.format(columns=len(rows), tables=len(tables), told=told), *rows, ""])


_HEAD = """# Field register

Every column of the database: {columns} in {tables} tables ({told}). Written by
`python -m tests.architecture.field_register` from `field_classes.py` beside it; a test holds it to the models.

- **public** may be read by anybody once the answer is public. **internal** is staff's. **personal** tells or helps to
  tell who somebody is: masked on screens, never logged, shown by right only. **sensitive** is personal data of article
  28 of the Personal Information Protection Law, of whoever is accused, or a secret: more so.
- **Purpose** is the only thing the data may be used for. **Kept**: see Retention in [operations](../operations.md).
- **Sealed** columns are encrypted with AES-256-GCM; what has to be found again has a keyed hash beside it. Columns
  that end in `_hash` hold hashes, never the value. Staff and units are never looked up by telephone or mail, so theirs
  have none. No telephone here is a public one: a unit's is the mobile its messages go to. Changes of them are kept masked.
- Free text (`content`, `comment`, event `data`) is what people write and may name anybody; it stays with the ticket.

| column | class | purpose | kept | sealed |
|---|---|---|---|---|"""

if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
