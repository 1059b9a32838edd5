"""What does the audit trail cost: a ticket that is opened and a note that is written, with it and without?

Both applications serve the same ticket of the same database in turns, each request as a browser sends it.
Each opening is a new look, as by somebody who has not opened the ticket before: the dearest case.
"""

import logging
import os
import re
import statistics
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete
from sqlalchemy.orm import sessionmaker

# The root in place of this folder, as in transitions.py.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, timed  # noqa: E402 - needs the path
from config import Settings  # noqa: E402 - needs the path
from hotline.app import create_app  # noqa: E402 - needs the path
from hotline.models.audit import AuditRecord  # noqa: E402 - needs the path
from hotline.web import audit  # noqa: E402 - needs the path
from tests.conftest import TEST_ENVIRONMENT  # noqa: E402 - needs the path
from tests.hotline.department.office import Office, csrf, open_office, sign_in  # noqa: E402 - needs the path

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "150"))


def measure(name: str, engine: Engine) -> None:
    logging.disable()  # a line for every request
    apps = {"without": application(engine, is_watched=False), "with": application(engine, is_watched=True)}
    office = open_office(sessionmaker(engine, expire_on_commit=False))
    number = office.dispatched()
    browsers = {each: sign_in(app.test_client(), "dispatcher") for each, app in apps.items()}
    for title, act in (("opening a ticket", opens), ("writing a note", notes)):
        spent = {each: list[float]() for each in browsers}
        for each, client in [*browsers.items()] * ROUNDS:
            with engine.begin() as connection:  # nobody has looked yet
                connection.execute(delete(AuditRecord))
            spent[each].append(timed(act(client, office, number)))
        medians = {each: statistics.median(times) for each, times in spent.items()}
        share = medians["with"] / medians["without"] - 1
        print(
            f"{name}: {title}: {medians['without']:.1f} ms without, {medians['with']:.1f} ms with the trail"
            f" ({share:+.0%})"
        )


def application(engine: Engine, *, is_watched: bool) -> Flask:
    """One that records who sees and does what, or one that does not."""
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": url})
    app = create_app(settings)
    app.config.update(TESTING=True)
    if not is_watched:
        app.extensions.pop("hotline_watchers", None)
        kept = [each for each in app.after_request_funcs[None] if each.__module__ != audit.__name__]
        app.after_request_funcs[None] = kept
    return app


def opens(client: FlaskClient, _office: Office, number: str) -> Callable[[], Any]:
    def ask() -> None:
        assert client.get(f"/tickets/{number}").status_code == HTTPStatus.OK

    return ask


def notes(client: FlaskClient, office: Office, number: str) -> Callable[[], Any]:
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


if __name__ == "__main__":
    run_on_each(measure)
