"""Do the migrations build exactly what the models describe, on both databases."""

import re

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from database import Base
from hotline.models.search import is_modelled
from tests.architecture.conftest import Edition
from tests.architecture.source import ROOT

VERSIONS = ROOT / "migrations" / "versions"


def test_migrations_equal_the_models(edition: Edition) -> None:
    edition.up()
    with edition.engine.connect() as connection:
        options = {"compare_type": True, "include_name": is_modelled}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_are_numbered_in_one_unbroken_line() -> None:
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    numbers = [int(match[1]) for name in names if (match := re.fullmatch(r"(\d{4})_[a-z0-9_]+\.py", name))]
    assert numbers == list(range(1, len(names) + 1))


def test_a_migration_does_not_import_what_may_change_under_it() -> None:
    ours = re.compile(r"^\s*(from|import) (hotline|workflows|notifications|database|config)\b", re.MULTILINE)
    assert [
        path.name for path in VERSIONS.glob("*.py") if ours.search(path.read_text(encoding="utf-8"))
    ] == []


def test_a_migration_can_be_read_where_no_database_is_being_migrated() -> None:
    """Whoever asks whether the schema is current reads every file, and Alembic's operations are not there."""
    early = re.compile(r"^\S.*\bop\.\w+\(", re.MULTILINE)
    assert [
        path.name for path in VERSIONS.glob("*.py") if early.search(path.read_text(encoding="utf-8"))
    ] == []
