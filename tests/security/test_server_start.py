"""The server refuses what is unsafe however it is started: `gunicorn` by hand is no way round `serve`."""

import base64
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import sessionmaker

from hotline.models.people import UserRole
from hotline.services import accounts
from hotline.services.accounts import NewUser
from tests.conftest import TEST_ENVIRONMENT
from tests.stories.tale import Tale
from tests.stories.town import found_town
from workflows.vocabulary import Role

ROOT = Path(__file__).parents[2]
_SECONDS = 60

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def start(**own: str) -> tuple[int, str]:
    """Start the server by hand, as nobody is told to; gives its exit code and what it said before it gave up."""
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"]
    inherited = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited, **own},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_unsafe_setting_of_production_is_named(backend):
    code, said = start(HOTLINE_ENV="production", HOTLINE_BASE_URL="http://12345.example")
    assert (code, "Traceback" in said, "Booting worker" in said) == (1, False, False)
    for name in ("SECRET_KEY", "HOTLINE_FIELD_KEY", "DATABASE_URL", "HOTLINE_BASE_URL: must be https"):
        assert name in said


def test_administrators_in_one_hand_and_a_wrong_key_are_refused(
    session_factory: sessionmaker, database_url: str
):
    with session_factory.begin() as session:
        tale = Tale(session, found_town(session))
        tale.register(phone="13765432109", citizen_name="欧阳霜降")
        user = accounts.create_user(
            session, NewUser("wu", "吴", roles=frozenset({Role.ADMINISTRATOR})), datetime.now(UTC)
        )
        session.add(UserRole(user_id=user.id, role=Role.AUDIT_ADMINISTRATOR.value))
    other = base64.b64encode(b"o" * 32).decode()
    code, said = start(**{**TEST_ENVIRONMENT, "DATABASE_URL": database_url, "HOTLINE_FIELD_KEY": other})
    assert (code, "Traceback" in said, "Booting worker" in said) == (1, False, False)
    assert "wu: system, security and audit administrator must be three accounts" in said
    assert "citizens.phone was sealed with a key that is not among those given" in said


def test_a_database_that_cannot_be_read_is_said_in_a_line(backend, tmp_path: Path):
    code, said = start(**TEST_ENVIRONMENT, DATABASE_URL=f"sqlite:///{tmp_path}/empty.db")
    assert (code, "Traceback" in said, "Booting worker" in said) == (1, False, False)
    assert "DATABASE_URL: no such table" in said
