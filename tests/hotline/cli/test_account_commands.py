"""What do the account commands make, and what do they refuse."""

from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from hotline.cli.accounts import token_group, user_group
from hotline.queries.directory import find_user_by_username, roles_of
from hotline.services.accounts import CHEAP_HASHER, NewUser, create_user
from hotline.services.api_tokens import find_user_by_token
from workflows.vocabulary import Role

GOOD = "A-long-enough-word"
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def somebody(session_factory: sessionmaker[Session]) -> str:
    with session_factory.begin() as session:
        create_user(
            session,
            NewUser(username="lin", display_name="林晓", password="Ten-letters-long"),
            NOW,
            CHEAP_HASHER,
        )
    return "lin"


def create(app: Flask, *arguments: str, password: str = GOOD) -> Result:
    runner = app.test_cli_runner()
    return runner.invoke(user_group, ["create", *arguments, "--password", password])


def test_an_account_gets_the_roles_it_was_made_with(
    app: Flask, session_factory: sessionmaker[Session]
) -> None:
    done = create(app, "wang", "--name", "王芳", "--role", "dispatcher", "--role", "reviewer")
    assert done.exit_code == 0, done.output
    with session_factory() as session:
        user = find_user_by_username(session, "wang")
        assert user is not None
        assert roles_of(session, user.id) == {Role.DISPATCHER, Role.REVIEWER}


def test_a_weak_password_makes_no_account(app: Flask, session_factory: sessionmaker[Session]) -> None:
    done = create(app, "wang", "--name", "王芳", password="short")
    assert done.exit_code == 1
    assert "at least 12 characters" in done.output
    with session_factory() as session:
        assert find_user_by_username(session, "wang") is None


def test_a_user_name_is_given_once(app: Flask, somebody: str) -> None:
    assert "exists already" in create(app, somebody, "--name", "林晓").output


def test_an_unknown_unit_makes_no_account(app: Flask) -> None:
    done = create(app, "wang", "--name", "王芳", "--unit", "no-such-unit")
    assert (done.exit_code, "no unit" in done.output) == (1, True)


def test_nobody_can_be_made_the_system(app: Flask) -> None:
    assert create(app, "wang", "--name", "王芳", "--role", "system").exit_code == 2


def test_a_printed_token_belongs_to_its_user(
    app: Flask, somebody: str, session_factory: sessionmaker[Session]
) -> None:
    done = app.test_cli_runner().invoke(token_group, ["create", somebody, "--name", "wall"])
    with session_factory() as session:
        found = find_user_by_token(session, done.output.strip(), NOW)
        assert found is not None
        assert (found[0].name, found[1].username) == ("wall", somebody)


def test_tokens_are_told_apart_and_stopped_by_number(
    app: Flask, somebody: str, session_factory: sessionmaker[Session]
) -> None:
    runner = app.test_cli_runner()
    token = runner.invoke(token_group, ["create", somebody, "--scope", "read"]).output.strip()
    assert "may not do this" in runner.invoke(token_group, ["create", somebody, "--scope", "write"]).output
    (line,) = runner.invoke(token_group, ["list"]).output.splitlines()
    number, standing, username, _, scopes, _, used = line.split("\t")
    assert (standing, username, scopes, used) == ("works", somebody, "read", "never used")
    assert token not in line
    assert runner.invoke(token_group, ["revoke", number]).exit_code == 0
    assert runner.invoke(token_group, ["revoke", number]).exit_code == 1
    assert "\trevoked\t" in runner.invoke(token_group, ["list"]).output
    with session_factory() as session:
        assert find_user_by_token(session, token, NOW) is None


def test_an_account_without_a_password_is_a_systems(
    app: Flask, session_factory: sessionmaker[Session]
) -> None:
    assert create(app, "gateway", "--name", "政务平台", password="").exit_code == 0
    with session_factory() as session:
        gateway = find_user_by_username(session, "gateway")
        assert gateway is not None
        assert (gateway.kind, gateway.password_hash) == ("system", "")


def test_a_stranger_gets_no_token(app: Flask) -> None:
    done = app.test_cli_runner().invoke(token_group, ["create", "nobody"])
    assert (done.exit_code, "no active user" in done.output) == (1, True)
