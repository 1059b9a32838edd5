"""How do migrations reach the database: the application's engine, whole or not at all, never waiting long."""

import re
from collections.abc import Iterable
from logging.config import fileConfig
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection, TypeDecorator

from hotline.models.search import is_modelled
from sealing import keyed_hash, seal, unseal

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

_VERSIONS = Path(__file__).parent / "versions"
_migrate = current_app.extensions["migrate"]
# The key is the program's; what is sealed stays readable to it whatever else changes.
config.attributes.update(seal=seal, unseal=unseal, keyed_hash=keyed_hash)


def number_the_revision(
    _context: MigrationContext, _revision: Any, directives: Iterable[MigrationScript]
) -> None:
    """Name the next revision by the next number, so that a listing of the folder is their order."""
    taken = [int(match[1]) for path in _VERSIONS.glob("*.py") if (match := re.match(r"(\d{4})_", path.name))]
    for directive in directives:
        directive.rev_id = f"{max(taken, default=0) + 1:04d}"


def spell_plainly(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what the database stores: a migration must outlive our code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def prepare(connection: Connection) -> None:
    """Make migrations safe beside a running program; must run before the transaction begins."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - a checked-out connection has its driver's
    if connection.dialect.name == "sqlite":
        # Batch mode drops and re-creates tables: with foreign keys on, that would delete what points at them.
        driver.execute("PRAGMA foreign_keys=OFF")
    else:
        # A migration that waits for a lock makes every query behind it wait too.
        driver.execute("SET lock_timeout = '5s'")
        driver.execute("SET statement_timeout = '10min'")
        driver.commit()


def restore(connection: Connection) -> None:
    """Give the connection back to the pool as the program expects it."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - a checked-out connection has its driver's
    if connection.dialect.name == "sqlite":
        driver.execute("PRAGMA foreign_keys=ON")
    else:
        driver.execute("RESET lock_timeout")
        driver.execute("RESET statement_timeout")
        driver.commit()


def run() -> None:
    """Run the migrations asked for in one transaction."""
    arguments = dict(_migrate.configure_args)
    arguments["process_revision_directives"] = number_the_revision
    arguments["render_item"] = spell_plainly
    arguments["render_as_batch"] = True
    arguments["include_name"] = is_modelled
    with _migrate.db.engine.connect() as connection:
        prepare(connection)
        context.configure(
            connection=connection, target_metadata=_migrate.db.metadata, transactional_ddl=True, **arguments
        )
        with context.begin_transaction():
            context.run_migrations()
        restore(connection)


run()
