"""What a monitor may ask."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from database import db
from hotline.app import create_app
from hotline.services import accounts
from hotline.services.accounts import Client, NewUser
from workflows.vocabulary import Role

ELSEWHERE = {"REMOTE_ADDR": "10.1.2.3"}
MIGRATIONS = Path(__file__).parents[3] / "migrations"


@pytest.fixture
def broken(settings, tmp_path):
    """An application whose database cannot be opened."""
    made = create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/absent/hotline.db"))
    yield made
    with made.app_context():
        db.engine.dispose()


def test_a_process_lives_without_its_database(broken):
    assert broken.test_client().get("/healthz").status_code == 200


def test_a_process_without_its_database_is_not_ready(broken):
    response = broken.test_client().get("/readyz")
    assert response.status_code == 503
    assert "absent" not in response.text


def test_a_process_is_ready_when_the_schema_is_current_and_not_before(app, engine):
    script = ScriptDirectory(str(MIGRATIONS))
    with engine.begin() as connection:
        MigrationContext.configure(connection).stamp(script, "heads")
    assert app.test_client().get("/readyz").status_code == 200
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    assert app.test_client().get("/readyz").status_code == (503 if script.get_heads() else 200)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")


def test_a_monitor_on_this_machine_reads_the_numbers(client):
    client.get("/healthz")
    text = client.get("/metrics").text
    assert 'hotline_requests_total{endpoint="health.healthz",status="200"}' in text
    assert "hotline_timers_overdue 0.0" in text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_the_numbers_do_not_leave_through_a_proxy(client, header):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_the_numbers_are_hidden_from_elsewhere_and_shown_to_an_administrator(app, session_factory):
    client = app.test_client()
    assert client.get("/metrics", environ_base=ELSEWHERE).status_code == 404
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        new = NewUser("root", "管理员", "Ginkgo-avenue-7", frozenset({Role.ADMINISTRATOR}))
        user = accounts.create_user(session, new, now, accounts.CHEAP_HASHER)
        token = accounts.open_session(session, user.id, Client(), now)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert client.get("/metrics", environ_base=ELSEWHERE).status_code == 200
