"""What an operator types about messages: stop, go on, see, and send the dead ones again."""

import pytest
from sqlalchemy import select, update

from notifications import outbox
from notifications.models import OutboxMessage, State
from tests.notifications.samples import message


@pytest.fixture
def run(app):
    def invoke(*words):
        return app.test_cli_runner().invoke(args=["messages", *words])

    return invoke


@pytest.fixture
def dead(session_factory):
    """Three messages that died, two of the same."""
    with session_factory.begin() as session:
        for number, error in enumerate(("twilio_21606", "twilio_21606", "poison")):
            outbox.put(session, message(key=str(number), order_key=str(number)))
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.key == str(number))
                .values(state=State.DEAD, last_error=error)
            )


def states(session_factory):
    with session_factory() as session:
        return dict(session.execute(select(OutboxMessage.key, OutboxMessage.state)).all())


def test_sending_is_stopped_shown_and_released(run):
    assert run("status").output == "sending goes on\nno messages\n"
    assert run("pause").output == "sending is paused\n"
    assert "sending is paused since" in run("status").output
    assert "an operator said so" in run("status").output
    assert run("resume").output == "sending goes on\n"
    assert run("status").output.startswith("sending goes on\n")


def test_who_stops_the_sending_may_say_why(run):
    run("pause", "--why", "the provider moves house")
    assert "an operator said so: the provider moves house" in run("status").output
    run("resume")
    run("pause")
    assert "moves house" not in run("status").output


def test_what_is_due_is_counted(run, session_factory):
    with session_factory.begin() as session:
        outbox.put(session, message(key="old"))
    assert "1 created\n1 are due, the oldest for " in run("status").output


def test_dead_messages_wait_again_when_they_are_named(run, dead, session_factory):
    shown = run("redrive", "--error", "twilio_21606", "--dry-run").output
    assert shown == "     2  accepted  twilio_21606\nnothing was changed\n"
    assert run("redrive", "--error", "twilio_21606").output.endswith("2 messages wait to be sent again\n")
    assert states(session_factory) == {"0": "created", "1": "created", "2": "dead"}


def test_all_of_them_must_be_asked_for(run, dead, session_factory):
    refused = run("redrive")
    assert (refused.exit_code, "--all" in refused.output) == (2, True)
    assert set(states(session_factory).values()) == {"dead"}
    assert run("redrive", "--all").output.endswith("3 messages wait to be sent again\n")


def test_bounces_want_a_mailbox(run):
    refused = run("bounces")
    assert (refused.exit_code, "BOUNCE_HOST" in refused.output) == (1, True)
