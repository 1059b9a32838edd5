"""Do the migrations build exactly what the models describe, on both databases."""

import re
from collections.abc import Callable

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import create_engine

from config import Settings
from database import Base, engine_options
from tests.architecture.source import ROOT
from tests.conftest import TEST_ENVIRONMENT
from tests.databases import Databases

VERSIONS = ROOT / "migrations" / "versions"


@pytest.fixture
def migrated_url(databases: Databases, backend: str, make_app: Callable[[Settings], Flask]) -> str:
    """A new database that only the migrations have touched."""
    url = databases.new_database(backend, "migrated")
    app = make_app(Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": url}))
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    return url


def test_migrations_equal_the_models(migrated_url: str) -> None:
    engine = create_engine(migrated_url, **engine_options(migrated_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_migrations_are_numbered_in_one_unbroken_line() -> None:
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    numbers = [int(match[1]) for name in names if (match := re.fullmatch(r"(\d{4})_[a-z0-9_]+\.py", name))]
    assert numbers == list(range(1, len(names) + 1))


def test_a_migration_does_not_import_what_may_change_under_it() -> None:
    ours = re.compile(r"^\s*(from|import) (hotline|workflows|notifications|database|config)\b", re.MULTILINE)
    assert [
        path.name for path in VERSIONS.glob("*.py") if ours.search(path.read_text(encoding="utf-8"))
    ] == []
