"""Does `clocks verify` tell a sound database from one in which somebody touched a clock?"""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from hotline.cli.clocks import verify
from hotline.models.clocks import Clock
from tests.stories.tale import Tale
from tests.stories.town import found_wide_town


def dispatched(session: Session) -> str:
    return Tale(session, found_wide_town(session)).to_dispatch().dispatched().ticket.number


def test_a_sound_database_is_called_sound(app: Flask, session_factory: sessionmaker):
    with session_factory.begin() as session:
        number = dispatched(session)
    runner = app.test_cli_runner()
    done = runner.invoke(verify, [])
    assert (done.exit_code, done.output) == (0, "1 tickets rebuilt from their events, 0 differences\n")
    assert runner.invoke(verify, ["--ticket", number]).exit_code == 0


def test_a_touched_clock_is_named_and_the_command_fails(app: Flask, session_factory: sessionmaker):
    with session_factory.begin() as session:
        number = dispatched(session)
        handle = session.scalars(select(Clock).where(Clock.name == "handle")).one()
        moved = handle.due_at + timedelta(minutes=1)
        session.execute(update(Clock).where(Clock.id == handle.id).values(due_at=moved))
    done = app.test_cli_runner().invoke(verify, [])
    assert done.exit_code == 1
    assert f"{number}: clock {handle.id} (handle) due_at is {moved}" in done.output


def test_a_number_nobody_has_is_said(app: Flask):
    done = app.test_cli_runner().invoke(verify, ["--ticket", "YJ20261123-99999"])
    assert (done.exit_code, "there is no ticket" in done.output) == (1, True)
