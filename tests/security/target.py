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
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.services import accounts, api_tokens
from hotline.services.accounts import Client
from tests.browser.conftest import free_port
from tests.conftest import TEST_ENVIRONMENT

ROOT = Path(__file__).resolve().parents[2]
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Target:
    """The product as it is served, and the keys of the people who attack it."""

    url: str
    folder: Path
    tokens: Mapping[str, str]
    cookies: Mapping[str, str]
    number: str


@contextmanager
def served() -> Iterator[Target]:
    """Serve the demo city from a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        url = f"http://127.0.0.1:{port}"
        own = {
            **TEST_ENVIRONMENT,
            "DATABASE_URL": f"sqlite:///{folder}/city.db",
            "HOTLINE_BASE_URL": url,
            "PORT": str(port),
        }
        app = create_app(Settings.from_env(own))
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            loaded = app.test_cli_runner().invoke(args=["demo", "load"])
            assert loaded.exit_code == 0, loaded.output
        target = keys_of(app, url, folder)
        with (folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
                cwd=ROOT,
                env={**os.environ, **own},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                wait_for(folder / "server.log")
                yield target
            finally:
                server.terminate()
                server.wait(timeout=30)


def wait_for(log: Path) -> None:
    """Wait until the server says that it works."""
    for _ in range(300):
        if "Booting worker" in log.read_text(encoding="utf-8", errors="replace"):
            return
        time.sleep(0.2)
    message = "the server did not start"
    raise RuntimeError(message)


def keys_of(app: Flask, url: str, folder: Path) -> Target:
    """Give several people a token for the API and a cookie for the pages."""
    now, tokens, cookies = datetime.now(UTC), {}, {}
    with app.app_context():
        session = db.session()
        for name in ("agent", "handler", "supervisor", "admin"):
            user_id = session.scalars(select(User.id).where(User.username == name)).one()
            tokens[name] = api_tokens.issue_token(session, user_id, api_tokens.Grant("attack"), now)
            cookies[name] = cookie_of(app, accounts.open_session(session, user_id, Client(), now))
        number = session.scalars(select(Ticket.number).where(Ticket.state == "in_process")).first()
        session.commit()
    return Target(url, folder, tokens, cookies, str(number))


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
