"""What may a test of the migrations ask for: an empty database that it moves up and down the line."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from database import engine_options
from tests.architecture.source import ROOT
from tests.conftest import TEST_ENVIRONMENT
from tests.databases import Databases

_FOLDER = str(ROOT / "migrations")
_FILLERS = (
    (sa.Boolean, False),
    (sa.Integer, 1),
    (sa.DateTime, datetime(2026, 11, 23, 1, tzinfo=UTC)),
    (sa.Date, date(2026, 11, 23)),
)


class Edition:
    """A database that only the migrations, and a test's own SQL, have touched."""

    def __init__(self, app: Flask, url: str) -> None:
        self._app = app
        self._numbers = count(1)
        self.url = url
        self.engine = sa.create_engine(url, **engine_options(url))

    def up(self, revision: str = "head") -> None:
        with self._app.app_context():
            flask_migrate.upgrade(directory=_FOLDER, revision=revision)

    def down(self, revision: str) -> None:
        with self._app.app_context():
            flask_migrate.downgrade(directory=_FOLDER, revision=revision)

    def put(self, table: str, **values: Any) -> int:
        """Insert a row as the table stands now, and give its id; what it needs beyond `values` is filled in."""
        into = sa.Table(table, sa.MetaData(), autoload_with=self.engine)
        needed = {
            column.name: self._filler(column)
            for column in into.columns
            if not column.nullable and not column.server_default and column.name not in {"id", *values}
        }
        with self.engine.begin() as connection:
            made = connection.execute(into.insert().values(**needed, **values)).inserted_primary_key
        assert made is not None
        return int(made[0])

    def put_clock(self, **values: Any) -> int:
        """Insert a clock, with a ticket and a citizen of its own, and give its id."""
        ticket_id = self.put("tickets", state="in_process", citizen_id=self.put("citizens", language="zh"))
        return self.put("clocks", ticket_id=ticket_id, **values)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement))]

    def change(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement))

    def _filler(self, column: sa.Column[Any]) -> object:
        fitting = (value for kind, value in _FILLERS if isinstance(column.type, kind))
        return next(fitting, f"-{next(self._numbers)}")  # texts may have to be unique


@pytest.fixture
def edition(databases: Databases, backend: str, make_app: Callable[[Settings], Flask]) -> Iterator[Edition]:
    """An empty database, before the first migration."""
    url = databases.new_database(backend, "migrated")
    made = Edition(make_app(Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": url})), url)
    yield made
    made.engine.dispose()
