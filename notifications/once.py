"""How is a row inserted once: the insert that a second try leaves alone, on both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from database import Base


def insert_once(session: Session, model: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert unless a unique value is there already; tells whether a row was written.

    Waits on PostgreSQL while another transaction holds the same key uncommitted.
    """
    statement = _insert(session, model).values(**values).returning(*model.__table__.primary_key)
    return session.execute(statement).first() is not None


def insert_all_once(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows with the same columns, leaving out those of which a unique value is there already."""
    if rows:
        session.connection().execute(_insert(session, model), rows)


def insert_or_replace_all(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows with the same columns; one whose primary key is there already takes its place."""
    if rows:
        table, keys = model.__table__, {column.name for column in model.__table__.primary_key}
        insert: Any = _dialect(session).insert(table)
        new = {name: insert.excluded[name] for name in rows[0] if name not in keys}
        replacing = insert.on_conflict_do_update(index_elements=[*keys], set_=new)
        session.connection().execute(replacing, rows)


def _insert(session: Session, model: type[Base]) -> Any:
    return _dialect(session).insert(model.__table__).on_conflict_do_nothing()


def _dialect(session: Session) -> Any:
    return postgresql if session.connection().dialect.name == "postgresql" else sqlite
