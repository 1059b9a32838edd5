"""Does an older database get the new steps and timer kinds, and keep what its people changed?"""

from collections.abc import Callable
from datetime import UTC, datetime

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, text

from config import Settings
from database import engine_options
from tests.architecture.source import ROOT
from tests.conftest import TEST_ENVIRONMENT
from tests.databases import Databases

_SHIPPED = {("any", 3, 1, "working_days"), ("any", 4, 5, "working_days")}
_NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def upgraded(databases: Databases, backend: str, make_app: Callable[[Settings], Flask]):
    """Give a function that upgrades a database of the edition before, after something was changed in it."""

    def upgrade(change: str) -> Connection:
        url = databases.new_database(backend, "ladder")
        app = make_app(Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": url}))
        engine = create_engine(url, **engine_options(url))
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"), revision="0017")
            with engine.begin() as connection:
                connection.execute(text(change))
            flask_migrate.upgrade(directory=str(ROOT / "migrations"), revision="0018")
        opened.append(engine)
        return engine.connect()

    opened: list = []
    yield upgrade
    for engine in opened:
        engine.dispose()


def steps(connection: Connection) -> set[tuple[str, int, int, str]]:
    with connection:
        rows = connection.execute(text("SELECT limit_class, level, amount, unit FROM policy_steps"))
        return {tuple(row) for row in rows}


def test_an_untouched_ladder_gets_the_steps_that_are_shipped_now(upgraded):
    found = steps(upgraded("UPDATE policy_versions SET note = note"))
    assert found > _SHIPPED
    assert ("critical", 2, 15, "minutes") in found
    assert len(found) == 9


def test_a_ladder_that_somebody_changed_stays_as_it_is(upgraded):
    found = steps(upgraded("UPDATE policy_steps SET amount = 2 WHERE level = 3"))
    assert found == {("any", 3, 2, "working_days"), ("any", 4, 5, "working_days")}
