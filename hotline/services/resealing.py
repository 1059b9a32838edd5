"""How does another key come to seal what is stored: table by table, in small steps, while everything runs.

Which columns are sealed is read from the tables themselves, so that none can be forgotten. Nothing is kept of
how far it came: a text that bears the name of the newest key is done.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import ColumnElement, Table, Text, and_, case, func, literal, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from database import Base
from hotline.models.hashes import link_hash
from hotline.models.ticket import Ticket
from sealing import SealedJson, SealedText, every_hash, newest_prefix, seal, unseal

_DAMAGED = (ValueError, InvalidTag)


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did. `last` is the key of its last row, None when the table is through."""

    last: Any
    done: int = 0
    unreadable: int = 0


def sealed_tables() -> Mapping[Table, tuple[str, ...]]:
    """List the tables with sealed columns, and those columns."""
    found: dict[Table, tuple[str, ...]] = {}
    for table in Base.metadata.sorted_tables:
        names = tuple(each.name for each in table.columns if isinstance(each.type, SealedText | SealedJson))
        if names:
            found[table] = names
    return found


def reseal_some(session: Session, table: Table, after: Any, most: int) -> Step:
    """Seal the next rows with the newest key, in the caller's transaction; a text that does not open stays.

    Rows that somebody else holds are passed over: two that wait for each other would end in a deadlock.
    """
    key, names = key_of_table(table), sealed_tables()[table]
    stale = or_(*(_is_stale(table, name) for name in names))
    query = select(key, *(raw_text(table, name).label(name) for name in names)).where(stale)
    if after is not None:
        query = query.where(key > after)
    rows = session.execute(query.order_by(key).limit(most).with_for_update(skip_locked=True)).all()
    resealed = unreadable = 0
    for row in rows:
        fresh = {name: _resealed(table, name, row._mapping[name]) for name in names}  # noqa: SLF001 - documented
        unreadable += sum(text is None for text in fresh.values())
        written = {name: literal(text, Text) for name, text in fresh.items() if text}
        if written:
            session.execute(update(table).where(key == row[0]).values(written))
            resealed += len(written)
    return Step(rows[-1][0] if rows else None, resealed, unreadable)


def count_stale(session: Session) -> int:
    """Count the texts that the newest key has not sealed."""
    return sum(
        session.scalar(select(func.count()).select_from(table).where(_is_stale(table, name))) or 0
        for table, names in sealed_tables().items()
        for name in names
    )


def count_by_key(session: Session) -> Mapping[str, int]:
    """Count the texts of each key by its name; those from before keys had names are under the empty one."""
    found: dict[str, int] = {}
    for table, names in sealed_tables().items():
        for name in names:
            text = raw_text(table, name)
            prefix = case((text.startswith("2:"), func.substr(text, 1, len(newest_prefix()))), else_="")
            named = prefix.label("named")
            query = select(named, func.count()).where(text.is_not(None)).group_by(named)
            for key, count in session.execute(query):
                label = key.removeprefix("2:").removesuffix(":")
                found[label] = found.get(label, 0) + count
    return found


def find_key_faults(session: Session) -> Iterator[str]:
    """Tell which columns the given keys do not open, and whether the hashes were made with another key.

    The first and the last row of each are tried: rows are sealed anew in their order.
    """
    for table, names in sealed_tables().items():
        for name in names:
            texts = {session.scalar(_end_of(table, name, order)) for order in ("asc", "desc")} - {None}
            if any(open_text(table, name, text) is None for text in texts):
                yield f"{table.name}.{name} was sealed with a key that is not among those given"
    newest = select(Ticket.link_hash, Ticket.link_token).order_by(Ticket.id.desc()).limit(1)
    try:
        row = session.execute(newest).first()
    except _DAMAGED:
        return
    if row is not None and row.link_hash not in every_hash(link_hash(row.link_token)):
        yield "tickets.link_hash was made with another key for hashes: name it as hash:KEY"


def _end_of(table: Table, name: str, order: str) -> Any:
    text, key = raw_text(table, name), key_of_table(table)
    return select(text).where(text.is_not(None)).order_by(getattr(key, order)()).limit(1)


def _resealed(table: Table, name: str, text: str | None) -> str | None:
    """Seal one text anew; empty when it need not be, None when it does not open."""
    if text is None or text.startswith(newest_prefix()):
        return ""
    opened = open_text(table, name, text)
    return None if opened is None else seal(opened, f"{table.name}.{name}")


def open_text(table: Table, name: str, text: str) -> str | None:
    """Open what a column holds sealed; None when it does not open."""
    try:
        return unseal(text, f"{table.name}.{name}")
    except _DAMAGED:
        return None


def _is_stale(table: Table, name: str) -> ColumnElement[bool]:
    text, prefix = raw_text(table, name), newest_prefix()
    return and_(text.is_not(None), func.substr(text, 1, len(prefix)) != prefix)


def raw_text(table: Table, name: str) -> ColumnElement[Any]:
    """Select a sealed column as it is stored."""
    return type_coerce(table.c[name], Text)


def key_of_table(table: Table) -> ColumnElement[Any]:
    """Give the one column of a table's primary key."""
    (key,) = table.primary_key
    return key
