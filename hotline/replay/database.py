"""Where is the past rehearsed: in a database of its own, made new each time, never in one that is in use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import Engine, create_engine, event, exists, make_url, select
from sqlalchemy.orm import Session

from config import Settings
from database import db, engine_options
from hotline.models.ticket import Ticket

_ROOT = Path(__file__).resolve().parents[2]
REPORTS = _ROOT / "instance"
_OWN_FILE = REPORTS / "replay.db"


class NotEmptyError(ValueError):
    """The database that was named has tickets; a simulated past would mix with them."""


@contextmanager
def replay_engine(settings: Settings, named: str, *, is_fast: bool) -> Iterator[Engine]:
    """Open the database to use, at the newest migration and without tickets. Raises NotEmptyError.

    It is the one named, else the one in DATABASE_URL, else a file of its own that is made new.
    """
    url = _url(settings, named)
    migrate(url)
    engine = create_engine(url, **engine_options(url))
    if is_fast and engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _let_the_disk_be_late)
    try:
        with Session(engine) as session, session.begin():
            session.connection(execution_options={"reads_only": True})
            if session.scalar(select(exists(select(Ticket.id)))):
                message = f"{make_url(url).database} holds tickets; a replay needs an empty database"
                raise NotEmptyError(message)
        yield engine
    finally:
        engine.dispose()


def migrate(url: str) -> None:
    """Bring a database to the newest migration, through an application of nothing but the database.

    The running application's own engine looks elsewhere, and its settings must not be touched.
    """
    app = Flask("replay")
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=engine_options(url))
    db.init_app(app)
    Migrate(app, db, directory=str(_ROOT / "migrations"))
    with app.app_context():
        config = Config()
        config.set_main_option("script_location", str(_ROOT / "migrations"))
        command.upgrade(config, "head")
        db.engine.dispose()


def _url(settings: Settings, named: str) -> str:
    if named:
        # The same reading as DATABASE_URL has: people paste the short form of PostgreSQL addresses.
        return Settings.from_env({"DATABASE_URL": named}).database_url
    if os.environ.get("DATABASE_URL", "").strip():
        return settings.database_url
    REPORTS.mkdir(exist_ok=True)
    for suffix in ("", "-wal", "-shm"):
        _OWN_FILE.with_name(_OWN_FILE.name + suffix).unlink(missing_ok=True)
    return f"sqlite:///{_OWN_FILE}"


def _let_the_disk_be_late(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]  # SQLAlchemy hands out plain objects
