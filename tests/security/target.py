"""The demo city behind a real server in a folder that is thrown away, and the keys of the people who attack it."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy import select

from config import Settings
from database import db
from hotline.app import create_app
from hotline.demo.people import PEOPLE as DEMO_PEOPLE
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.services import accounts, api_tokens
from hotline.services.accounts import Client
from tests.browser.conftest import free_port
from tests.conftest import TEST_ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = tuple(person.username for person in DEMO_PEOPLE)
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Target:
    """The product as it is served, and the keys of the people who attack it."""

    url: str
    folder: Path
    database: str
    tokens: Mapping[str, str]
    cookies: Mapping[str, str]
    number: str


@contextmanager
def served(database: str = "", *, has_limits: bool = True) -> Iterator[Target]:
    """Serve the demo city from a folder of its own, on an empty database; without one on SQLite in that folder."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        url, database = f"http://127.0.0.1:{port}", database or f"sqlite:///{folder}/city.db"
        own = {**TEST_ENVIRONMENT, "DATABASE_URL": database, "HOTLINE_BASE_URL": url, "PORT": str(port)}
        app = create_app(Settings.from_env(own))
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            loaded = app.test_cli_runner().invoke(args=["demo", "load"])
            assert loaded.exit_code == 0, loaded.output
        tokens, cookies, number = keys_of(app)
        entry = "wsgi:app" if has_limits else "tests.security.unlimited:app"
        with (folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", entry],
                cwd=ROOT,
                env={**os.environ, **own},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                wait_for(folder / "server.log")
                yield Target(url, folder, database, tokens, cookies, number)
            finally:
                server.terminate()
                server.wait(timeout=30)
        with app.app_context():
            db.engine.dispose()


def wait_for(log: Path) -> None:
    """Wait until the server says that it works."""
    for _ in range(300):
        if "Booting worker" in log.read_text(encoding="utf-8", errors="replace"):
            return
        time.sleep(0.2)
    message = "the server did not start"
    raise RuntimeError(message)


def keys_of(app: Flask) -> tuple[dict[str, str], dict[str, str], str]:
    """Give several people a token for the API and a cookie for the pages; and the number of a ticket at work."""
    now, tokens, cookies = datetime.now(UTC), {}, {}
    with app.app_context():
        session = db.session()
        for name in PEOPLE:
            user_id = session.scalars(select(User.id).where(User.username == name)).one()
            tokens[name] = api_tokens.issue_token(session, user_id, api_tokens.Grant("attack"), now)
            cookies[name] = cookie_of(app, accounts.open_session(session, user_id, Client(), now))
        at_work = select(Ticket.number).where(Ticket.state == "in_process").order_by(Ticket.id)
        number = session.scalars(at_work).first()
        session.commit()
    return tokens, cookies, str(number)


def cookie_of(app: Flask, token: str) -> str:
    """Sign the cookie of a session."""
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    held = browser.get_cookie("hotline")
    assert held is not None
    return f"hotline={held.value}"


def errors_in(log: Path) -> list[str]:
    """List the different faults the server logged."""
    text = log.read_text(encoding="utf-8", errors="replace")
    return sorted(set(re.findall(r"^(?:[\w.]+(?:Error|Exception)\b.*)$", text, re.MULTILINE)))[:_SHOWN]
