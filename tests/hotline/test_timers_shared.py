"""Workers share the due tickets out among them, wait for nobody, and lose nothing to a fault."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.clocks import Clock, Timer
from hotline.models.orders import SupervisionOrder
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Ticket
from hotline.services.due_tickets import is_any_due, lock_due
from hotline.services.lifecycle import lock_ticket
from hotline.services.remembered import once, parts_of, remember
from hotline.services.timers import fire_due
from tests.plans import explained
from tests.stories.checker import find_faults
from tests.stories.crowd import multiply
from tests.stories.tale import Tale
from tests.stories.town import MONDAY, Town, found_wide_town

Factory = sessionmaker[Session]
FAR = MONDAY + timedelta(days=40)
ON_POSTGRESQL = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@pytest.fixture
def town(session_factory: Factory) -> Town:
    with session_factory.begin() as session:
        return found_wide_town(session)


def tickets(factory: Factory, town: Town, count: int) -> list[str]:
    with factory.begin() as session:
        number = Tale(session, town).to_dispatch().dispatched().number
        return [number, *multiply(session, number, count - 1)]


def waiting(factory: Factory, moment: Any = FAR) -> set[str]:
    with factory() as session:
        late = (Timer.state == "pending", Timer.due_at <= moment)
        return set(session.scalars(select(Ticket.number).join(Timer).where(*late)))


@ON_POSTGRESQL
def test_a_ticket_in_somebodys_hands_waits_for_the_next_tick_and_the_others_do_not(session_factory, town):
    first, *others = tickets(session_factory, town, 3)
    with session_factory.begin() as session:
        lock_ticket(session, first)
        assert fire_due(session_factory, FAR) == 9 * len(others)
        assert waiting(session_factory) == {first}
    assert fire_due(session_factory, FAR) == 9
    with session_factory() as session:
        assert find_faults(session) == []


@ON_POSTGRESQL
def test_two_workers_claim_different_tickets_and_both_begin_with_what_waits_longest(session_factory, town):
    numbers = tickets(session_factory, town, 6)
    with session_factory.begin() as one, session_factory.begin() as other:
        first = [each.ticket.number for each in lock_due(one, FAR, 2, ((), ())).values()]
        second = [each.ticket.number for each in lock_due(other, FAR, 2, ((), ())).values()]
    assert (first, second) == (numbers[:2], numbers[2:4])


@ON_POSTGRESQL
def test_a_closed_master_waits_while_one_of_those_it_takes_to_the_archive_is_in_somebodys_hands(
    session_factory, town
):
    with session_factory.begin() as session:
        follower, tale = (Tale(session, town).to_dispatch() for _ in range(2))
        follower.act("dispatcher", "merge", {"master": tale.number})
        tale.dispatched().replied()
        tale.act("auditor", "approve_reply", {"public_answer": "电梯已修复。"}).closed()
    with session_factory.begin() as session:
        session.scalars(select(Ticket).where(Ticket.number == follower.number).with_for_update()).one()
        assert fire_due(session_factory, FAR) == 0
        assert waiting(session_factory) == {tale.number}
    assert fire_due(session_factory, FAR) == 1
    with session_factory() as session:
        assert set(session.scalars(select(Ticket.state))) == {"archived"}


@contextmanager
def failing(engine: Engine, fault: Exception, times: int = 1) -> Iterator[None]:
    """Let the last statement of so many batches fail."""
    left = [fault] * times

    def fail(*said: Any) -> None:
        if left and said[2].startswith("INSERT INTO outbox_messages"):
            raise left.pop()

    event.listen(engine, "before_cursor_execute", fail)
    yield
    event.remove(engine, "before_cursor_execute", fail)
    assert left == []


def test_a_fault_takes_a_batch_back_and_each_ticket_is_settled_by_itself_then(session_factory, town, engine):
    tickets(session_factory, town, 3)
    with failing(engine, ValueError()):
        assert fire_due(session_factory, FAR, shield=lambda: suppress(ValueError)) == 27
    with session_factory() as session:
        assert find_faults(session) == []


def test_a_database_that_is_gone_ends_the_tick(session_factory, town, engine):
    tickets(session_factory, town, 2)
    with (
        failing(engine, OperationalError(None, None, ValueError())),
        pytest.raises(OperationalError),
    ):
        fire_due(session_factory, FAR)
    assert fire_due(session_factory, FAR) == 18


def test_a_step_of_the_ladder_that_cannot_be_carried_through_is_cancelled_and_the_rest_stands(
    session_factory, town
):
    """The order that an overdue ticket brings is refused when its unit was closed down meanwhile."""
    tickets(session_factory, town, 1)
    with session_factory.begin() as session:
        session.execute(update(Unit).where(Unit.id == town.units["HOUSING"]).values(is_active=False))
    assert fire_due(session_factory, FAR) == 9
    with session_factory() as session:
        ladder = select(Timer.kind, Timer.state, Timer.refusal_code).where(Timer.kind.like("level_%"))
        states = {row.kind: row.state for row in session.execute(ladder)}
        assert states == {"level_2": "fired", "level_3": "cancelled", "level_4": "cancelled"}
        assert session.scalars(select(SupervisionOrder)).all() == []
        assert find_faults(session) == []


def test_what_a_transaction_holds_is_read_once_and_shows_what_it_adds_itself(session_factory, town, engine):
    (number,) = tickets(session_factory, town, 1)
    said: list[str] = []

    def note(*words: Any) -> None:
        said.append(words[2])

    with session_factory.begin() as session:
        ticket = lock_ticket(session, number)
        ticket_id = ticket.id
        remember(session, [ticket_id])
        event.listen(engine, "before_cursor_execute", note)
        assert len(parts_of(session, Assignment, ticket_id)) == 1
        assert len(parts_of(session, Clock, ticket_id)) == 4
        assert once(session, "answer", lambda: 1) == once(session, "answer", lambda: 2) == 1
        event.remove(engine, "before_cursor_execute", note)
        assert said == []
        share = parts_of(session, Assignment, ticket_id)[0]
        session.add(
            Assignment(
                ticket_id=ticket_id,
                unit_id=town.units["ROADS"],
                is_main=False,
                round=1,
                state=share.state,
                created_at=MONDAY,
            )
        )
        assert len(parts_of(session, Assignment, ticket_id)) == 2
        session.rollback()
    with session_factory.begin() as session:
        assert once(session, "answer", lambda: 3) == 3
        assert len(parts_of(session, Assignment, ticket_id)) == 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_look_for_due_timers_reads_only_those_still_to_come(session_factory, engine, town):
    with explained(engine, "SELECT timers.id") as plans, session_factory.begin() as session:
        assert not is_any_due(session, MONDAY, ())
    assert len(plans) == 1
    assert "ix_timers_pending_due_at" in plans[0]
