"""What may a test ask for: both databases, a session, the application and a browser's place in front of it.

Most tests ask for `session` (rolled back) or for `app`/`client`/`session_factory` (real commits, emptied
afterwards). Do not mix the two: an open `session` holds SQLite's only write lock. Everything runs on both
databases; `@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)` asks for one.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as cases
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from database import db
from sealing import configure_sealing
from tests.databases import BACKENDS, Databases, close_idle_connections, empty_tables

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser

_ROOM = 2**30
_IN_MEMORY = "/dev/shm"
# One commit gets one verdict: `make test` tries the same cases each time, and `make search` others each time.
cases.register_profile("same", derandomize=True, deadline=None)
cases.register_profile("search", max_examples=1_000, deadline=None)
cases.load_profile("same")

# Without the last four a browser on a machine without the internet stalls on its own errands.
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TEST_ENVIRONMENT = {
    "HOTLINE_ENV": "demo",
    "SECRET_KEY": "a-secret-that-only-the-tests-know",
    "HOTLINE_FIELD_KEY": "dGhlIGZpZWxkIGtleSBvZiB0aGUgdGVzdHMgb25seSE=",
    "HOTLINE_BASE_URL": "http://localhost",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is not None and callspec.params.get("backend") == "postgresql":
            item.add_marker(pytest.mark.pg)
    # The longest group of tests that stay together goes first: begun last, one process would end alone.
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


def pytest_collection_finish() -> None:
    """Look for rubbish seldom, and never among what lives until the end: an eighth of the whole time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def sealing() -> None:
    configure_sealing(Settings.from_env(TEST_ENVIRONMENT).sealing_keys)


@pytest.fixture(autouse=True)
def few_connections() -> Iterator[None]:
    """Whatever a test opened at once, the next one finds the server with room."""
    yield
    close_idle_connections()


@pytest.fixture(scope="session")
def database_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the files of SQLite lie: in memory if there is such a place, since no test outlives the machine."""
    if not os.access(_IN_MEMORY, os.W_OK) or shutil.disk_usage(_IN_MEMORY).free < _ROOM:
        yield tmp_path_factory.mktemp("databases")
        return
    with tempfile.TemporaryDirectory(prefix="hotline-tests-", dir=_IN_MEMORY) as made:
        yield Path(made)


@pytest.fixture(scope="session")
def databases(database_folder: Path, testrun_uid: str, worker_id: str) -> Iterator[Databases]:
    opened = Databases(database_folder, worker_id, testrun_uid)
    yield opened
    opened.close()


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The word "sqlite" or "postgresql"."""
    return str(request.param)


@pytest.fixture(scope="session")
def database_url(databases: Databases, backend: str) -> str:
    """A database with every table in it, shared by the tests of this process."""
    return databases.url(backend)


@pytest.fixture(scope="session")
def engine(databases: Databases, backend: str) -> Engine:
    return databases.engine(backend)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose commits are savepoints: nothing of it outlives the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as opened:
            yield opened
        outer.rollback()


@pytest.fixture
def clean_db(engine: Engine) -> Iterator[Engine]:
    """Real commits are allowed: every table is emptied after the test."""
    yield engine
    empty_tables(engine)


@pytest.fixture
def session_factory(clean_db: Engine) -> sessionmaker[Session]:
    """Sessions that really commit, for races, workers and whatever opens its own transaction."""
    return sessionmaker(clean_db, expire_on_commit=False)


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    """The demo installation on the test database."""
    return Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": database_url})


@pytest.fixture(scope="session")
def make_app() -> Iterator["Callable[[Settings], Flask]"]:
    """Make further applications, for tests of other settings; their connections are closed at the end."""
    from hotline.app import create_app  # noqa: PLC0415 - pure tests must not pay for loading the web

    made: list[Flask] = []

    def make(settings: Settings) -> "Flask":
        app = create_app(settings)
        app.config.update(TESTING=True)
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def demo_app(make_app: "Callable[[Settings], Flask]", database_folder: Path) -> "Flask":
    """The demo city on a SQLite file of its own, as `make run` makes it; what is changed in it stays."""
    import flask_migrate  # noqa: PLC0415 - as in make_app

    path = database_folder / "city.db"
    app = make_app(Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": f"sqlite:///{path}"}))
    with app.app_context():
        flask_migrate.upgrade(directory=str(Path(__file__).resolve().parents[1] / "migrations"))
        loaded = app.test_cli_runner().invoke(args=["demo", "load"])
        assert loaded.exit_code == 0, loaded.output
    return app


@pytest.fixture(scope="session")
def shared_app(make_app: "Callable[[Settings], Flask]", settings: Settings) -> "Flask":
    """One application per database and process; tests ask for `app`."""
    return make_app(settings)


@pytest.fixture
def app(shared_app: "Flask", clean_db: Engine) -> "Flask":
    """The application; what a test changes in the tables is removed afterwards."""
    return shared_app


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    """A browser without JavaScript that has not signed in."""
    return app.test_client()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the installed browser; skips where `make install` could not get one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    pytest.skip("no Chromium found: see scripts/install_browser.sh")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator["Browser"]:
    """Headless Chromium, one for each process: Playwright's synchronous API runs only once in a thread."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - most tests need no browser

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        yield opened
        opened.close()
