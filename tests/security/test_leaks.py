"""When a view breaks, its answer tells neither what broke nor how the product is made."""

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from database import db
from hotline.app import create_app
from hotline.web.security import limiter
from tests.security.people import browser_with_every_role
from tests.security.routes import requests_of

# A look at every route there is takes a while, and no database has a part in it.
pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
SECRET = "SELECT token_hash FROM user_sessions WHERE phone = '13800000000' -- sk-9f8e7d"
LEAKS = ("Traceback", "SELECT", "13800000000", "sk-9f8e7d", "RuntimeError", "OperationalError", "KeyError", "sqlalchemy", "werkzeug", "jinja2",
         "flask", "Flask", "Python/", "gunicorn", "site-packages", "token_hash", 'File "')  # fmt: skip
FAULTS = {
    "statement": ProgrammingError(SECRET, {"phone": "13800000000"}, RuntimeError(SECRET)),
    "lost database": OperationalError(SECRET, {}, RuntimeError("could not connect to 10.9.8.7")),
}


@pytest.fixture
def broken(settings, clean_db):
    """Breaks every view of an application in production's manner."""
    made = create_app(settings)
    made.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)

    def break_with(fault: Exception):
        def raise_it(**_):
            raise fault

        for endpoint in made.view_functions:
            if endpoint != "static":
                made.view_functions[endpoint] = raise_it
        return made

    yield break_with
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("fault", FAULTS)
def test_no_broken_view_tells_what_broke(broken, session_factory, fault):
    app = broken(FAULTS[fault])
    with app.app_context():
        limiter.reset()
    browser = browser_with_every_role(app, session_factory)
    found, count = [], 0
    for asked in requests_of(app):
        answer = browser.open(asked.path, method=asked.method)
        said = answer.text + str(answer.headers)
        found.extend(f"{asked.method} {asked.path}: {leak}" for leak in LEAKS if leak in said)
        count += answer.status_code in {500, 503}
    assert found == []
    assert count > 250


@pytest.mark.parametrize(
    "path",
    ["/console", "/debug", "/.env", "/.git/config", "/config.py", "/wsgi.py", "/instance/hotline.db",
     "/static/../config.py", "/server-status", "/actuator/env", "/api/v1/debug", "/openapi.json",
     "/swagger", "/admin/logs", "/backup.sql", "/healthz", "/readyz", "/api/v1/openapi.json"],
)  # fmt: skip
def test_nothing_at_an_address_that_is_tried_first_tells_more_than_it_must(client, path):
    answer = client.get(path, headers={"X-Forwarded-For": "8.8.8.8"})
    assert [leak for leak in LEAKS if leak in answer.text + str(answer.headers)] == []
    assert answer.status_code in {404, 303} or path in {"/healthz", "/readyz", "/api/v1/openapi.json"}


def test_no_answer_names_the_server_or_its_version(client):
    for path in ("/", "/login", "/no-such-page", "/api/v1/tickets"):
        headers = {name.lower(): value for name, value in client.get(path).headers}
        assert not {"x-powered-by", "x-aspnet-version", "x-runtime", "x-debug-token"} & set(headers)
