"""What benchmarks of the staff's pages share: the application, watched or not, and what is asked of it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from config import Settings
from hotline.app import create_app
from hotline.web import audit
from tests.conftest import TEST_ENVIRONMENT
from tests.hotline.department.office import Office, csrf


def application(engine: Engine, *, is_watched: bool = True) -> Flask:
    """Serve the database, and record who sees and does what or not."""
    url = engine.url.render_as_string(hide_password=False)
    app = create_app(Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": url}))
    app.config.update(TESTING=True)
    if not is_watched:
        app.extensions.pop("hotline_watchers", None)
        kept = [each for each in app.after_request_funcs[None] if each.__module__ != audit.__name__]
        app.after_request_funcs[None] = kept
    return app


def opens(client: FlaskClient, address: str) -> Callable[[], Any]:
    """Ask for a page."""

    def ask() -> None:
        assert client.get(address).status_code == HTTPStatus.OK

    return ask


def notes(client: FlaskClient, office: Office, number: str) -> Callable[[], Any]:
    """Write a note on a ticket, its form opened beforehand."""
    address = f"/tickets/{number}/actions/note"
    page = client.get(address).text
    key = re.search(r'name="request_key" value="([^"]+)"', page)
    assert key is not None
    typed = {
        "csrf_token": csrf(client),
        "request_key": key[1],
        "version": office.ticket(number).version,
        "text": f"备注 {datetime.now(UTC).isoformat()}",
        "visibility": "internal",
    }

    def send() -> None:
        assert client.post(address, data=typed).status_code == HTTPStatus.SEE_OTHER

    return send
