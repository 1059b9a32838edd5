"""What do browser tests work on: the demo city behind a real server, and headless Chromium in front of it."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import axe_playwright_python
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, StorageState
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from database import db
from hotline.cli.composition import providers
from hotline.scheduler import fire_all_due, send_all_due
from tests.conftest import TEST_ENVIRONMENT
from workflows.grace import GRACE

ROOT = Path(__file__).resolve().parents[2]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class City:
    """The demo city, served."""

    app: Flask
    address: str
    password: str
    signed_in: dict[str, StorageState] = field(default_factory=dict)

    def sessions(self) -> sessionmaker[Session]:
        with self.app.app_context():
            return sessionmaker(db.engine, expire_on_commit=False)

    def deliver(self) -> None:
        """Do what the worker does, once nothing can be undone any more: fire what is due, send what waits."""
        with self.app.app_context():
            fire_all_due(self.sessions(), lambda: datetime.now(UTC))
            send_all_due(self.sessions(), providers(), lambda: datetime.now(UTC) + GRACE)


@pytest.fixture(scope="session")
def city(demo_app: Flask) -> Iterator[City]:
    """The demo city behind a server."""
    settings: Settings = demo_app.config["SETTINGS"]
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
        cwd=ROOT,
        env={**os.environ, **TEST_ENVIRONMENT, "DATABASE_URL": settings.database_url, "PORT": str(port)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert server.stderr is not None
    listening = any("Booting worker" in line for line in server.stderr)
    assert listening
    drain = threading.Thread(target=server.stderr.read, daemon=True)
    drain.start()
    yield City(demo_app, f"http://127.0.0.1:{port}", settings.demo_password)
    server.terminate()
    server.wait(timeout=20)
    drain.join()
    server.stderr.close()


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Visitors:
    """Everybody's own browser window: cookies kept apart, consoles and failed requests watched."""

    def __init__(self, city: City, browser: Browser, *, has_scripts: bool = True) -> None:
        self.city = city
        self.has_scripts = has_scripts
        self._browser = browser
        self._contexts: dict[str, BrowserContext] = {}
        self.complaints: list[str] = []

    def page(self, username: str, size: dict[str, int] | None = None) -> Page:
        """Open a page as a user of the demo city; an empty name is a citizen."""
        if username not in self._contexts:
            self._contexts[username] = self._enter(username)
        page = self._contexts[username].new_page()
        page.set_viewport_size(size or DESKTOP)
        page.set_default_timeout(10_000)
        page.on("console", lambda message: self._listen(username, message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"{username}: {error}"))
        return page

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()

    def _enter(self, username: str) -> BrowserContext:
        kept = self.city.signed_in.get(username)
        context = self._browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            storage_state=kept,
            java_script_enabled=self.has_scripts,
        )
        if username and kept is None:
            page = context.new_page()
            page.goto(f"{self.city.address}/login")
            page.fill("[name=username]", username)
            page.fill("[name=password]", self.city.password)
            page.click("main button[type=submit]")
            page.wait_for_load_state()
            page.close()
            self.city.signed_in[username] = context.storage_state()
        return context

    def _listen(self, username: str, kind: str, text: str) -> None:
        # A refused form answers 4xx on purpose, and a hint is given up when its page is left.
        is_expected = text.startswith(("htmx:", "Failed to load resource"))
        if kind == "error" and not is_expected:
            self.complaints.append(f"{username}: {text}")


@pytest.fixture
def visitors(city: City, browser: Browser) -> Iterator[Visitors]:
    opened = Visitors(city, browser)
    yield opened
    opened.close()


@pytest.fixture
def visitors_without_scripts(city: City, browser: Browser) -> Iterator[Visitors]:
    """Visitors whose browsers run no JavaScript."""
    opened = Visitors(city, browser, has_scripts=False)
    yield opened
    opened.close()


def accessibility_faults(page: Page) -> list[str]:
    """Run axe over the page as it is now; what it found in order is not even written out."""
    run = "axe.run({resultTypes: ['violations']}).then(results => results.violations)"
    found = page.evaluate(f"{AXE};{run}")
    return [f"{fault['id']}: {node['target']}" for fault in found for node in fault["nodes"]]


def keep_picture(page: Page, name: str, *, is_whole: bool = True) -> None:
    """Keep the page as it looks now, to its end or what is in sight, where WALK_PICTURES names a folder."""
    folder = os.environ.get("WALK_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name.replace('/', '_')}.png", full_page=is_whole)
