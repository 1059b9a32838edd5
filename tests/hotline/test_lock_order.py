"""What if a ticket is merged or let go in the moment between reading and locking it?

SQLite knows no such moment, since its write transactions follow one another.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.clocks import Timer
from hotline.models.ticket import Ticket
from hotline.services.lifecycle import Command, advance
from hotline.services.timers import fire_due
from tests.stories.checker import find_faults
from tests.stories.tale import Tale
from tests.stories.town import MONDAY, Town, city, found_wide_town
from workflows.errors import Refused

pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
Factory = sessionmaker[Session]
FAR = city("2026-12-01 10:00")


@pytest.fixture
def town(session_factory: Factory) -> Town:
    with session_factory.begin() as session:
        return found_wide_town(session)


def two_tickets(factory: Factory, town: Town) -> tuple[str, str]:
    with factory.begin() as session:
        return tuple(Tale(session, town).to_dispatch().number for _ in range(2))


def act(factory: Factory, town: Town, who: str, command: Command) -> None:
    with factory.begin() as session:
        advance(session, command, town[who], MONDAY)


@contextmanager
def just_before_the_lock(engine: Engine, meanwhile: Callable[[], None]) -> Iterator[None]:
    """Let something happen when the next transaction is about to lock its first ticket."""
    waiting = [meanwhile]

    def look(*said: Any) -> None:
        if "FOR UPDATE" in said[2] and "tickets" in said[2] and waiting:
            waiting.pop()()

    event.listen(engine, "before_cursor_execute", look)
    yield
    event.remove(engine, "before_cursor_execute", look)
    assert not waiting


def test_a_ticket_merged_in_that_moment_is_refused_as_changed_and_not_locked_in_the_wrong_order(
    engine, session_factory, town
):
    follower, master = two_tickets(session_factory, town)
    merge = Command(follower, "merge", {"master": master})
    note = Command(follower, "note", {"text": "记录", "visibility": "internal"})
    with (
        just_before_the_lock(engine, lambda: act(session_factory, town, "dispatcher", merge)),
        pytest.raises(Refused, match="stale_version"),
    ):
        act(session_factory, town, "agent", note)
    act(session_factory, town, "agent", note)
    with session_factory() as session:
        assert find_faults(session) == []


def test_a_timer_of_a_ticket_merged_in_that_moment_waits_for_the_next_tick(engine, session_factory, town):
    follower, master = two_tickets(session_factory, town)
    merge = Command(follower, "merge", {"master": master})
    with session_factory.begin() as session:
        # Only the follower's red light is looked at.
        for timer in session.scalars(select(Timer).join(Ticket, Ticket.id == Timer.ticket_id)):
            timer.due_at = MONDAY if timer.kind == "red" else FAR
        for timer in session.scalars(select(Timer).join(Ticket).where(Ticket.number == master)):
            timer.due_at = FAR
    with just_before_the_lock(engine, lambda: act(session_factory, town, "dispatcher", merge)):
        assert fire_due(session_factory, MONDAY) == 0
    with session_factory() as session:
        assert find_faults(session) == []
