"""How is a row inserted once: the insert that a second try leaves alone, on both databases."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from database import Base


def insert_once(session: Session, model: type[Base], values: Mapping[str, Any]) -> bool:
    """Insert unless a unique value is there already; tells whether a row was written.

    Waits on PostgreSQL while another transaction holds the same key uncommitted.
    """
    table = model.__table__
    insert: Any = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
    return session.execute(statement).first() is not None
