"""Can anybody change what happened unseen: the database refuses, and what is forced is found."""

from collections.abc import Callable, Iterator

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config import Settings
from database import engine_options
from hotline.models.ticket import TicketEvent
from hotline.services import trail
from tests.architecture.source import ROOT
from tests.conftest import TEST_ENVIRONMENT
from tests.databases import Databases
from tests.stories.tale import Tale
from tests.stories.town import found_town

FORGERIES = [
    {"action": "reject"},
    {"actor_name": "别人"},
    {"actor_id": None},
    {"data": {"reason": "改过的理由"}},
    {"at": None},
    {"round": 9},
    {"ip": "203.0.113.9"},
    {"hash": "f" * 64},
    {"previous_hash": "f" * 64},
]


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session)).to_dispatch().dispatched()


def test_each_event_seals_the_one_before_and_the_whole_is_whole(tale):
    events = tale.events()
    assert events[0].previous_hash == "0" * 64
    assert [event.previous_hash for event in events[1:]] == [event.hash for event in events[:-1]]
    assert trail.find_break(tale.session, tale.ticket.id) is None


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: next(iter(forgery)))
def test_any_change_of_an_event_is_found_at_its_number(tale, forgery):
    third = tale.events()[2]
    values = {**forgery, **({"at": tale.now} if "at" in forgery else {})}
    tale.session.execute(update(TicketEvent).where(TicketEvent.id == third.id).values(values))
    tale.session.expire_all()
    assert trail.find_break(tale.session, tale.ticket.id) == 3


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_removed_event_is_found_the_last_one_too(tale, number):
    tale.session.execute(delete(TicketEvent).where(TicketEvent.number == number))
    tale.session.expire_all()
    assert trail.find_break(tale.session, tale.ticket.id) == number


def test_two_events_that_changed_places_are_found(tale):
    second, third = tale.events()[1:3]
    for number, event_id in ((99, second.id), (2, third.id), (3, second.id)):
        tale.session.execute(update(TicketEvent).where(TicketEvent.id == event_id).values(number=number))
    tale.session.expire_all()
    assert trail.find_break(tale.session, tale.ticket.id) == 2


def test_a_trail_that_was_emptied_is_found(tale):
    tale.session.execute(delete(TicketEvent))
    tale.session.expire_all()
    assert trail.find_break(tale.session, tale.ticket.id) == 1


def test_a_moment_is_sealed_alike_whatever_zone_the_reader_sits_in(tale):
    """The chain was written in city time and is read back as UTC from either database."""
    tale.session.commit()
    tale.session.expire_all()
    assert trail.find_break(tale.session, tale.ticket.id) is None


@pytest.fixture
def migrated(databases: Databases, backend: str, make_app: Callable[[Settings], Flask]) -> Iterator[Engine]:
    """A database that only the migrations made, with their triggers."""
    url = databases.new_database(backend, "trail")
    app = make_app(Settings.from_env({**TEST_ENVIRONMENT, "DATABASE_URL": url}))
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    engine = create_engine(url, **engine_options(url))
    yield engine
    engine.dispose()


def test_a_migrated_database_takes_events_and_lets_nobody_change_or_remove_one(migrated: Engine):
    with Session(migrated) as session, session.begin():
        tale = Tale(session, found_town(session)).to_dispatch()
        ticket_id = tale.ticket.id
    for statement in (
        "UPDATE ticket_events SET action = 'reject'",
        "UPDATE ticket_events SET number = number + 100",
        "DELETE FROM ticket_events",
        "DELETE FROM ticket_events WHERE number = 3",
    ):
        with pytest.raises(DBAPIError, match="append-only"), migrated.begin() as connection:
            connection.execute(text(statement))
    with Session(migrated) as session:
        actions = session.scalars(select(TicketEvent.action).order_by(TicketEvent.number)).all()
        assert actions == ["register", "submit", "approve_intake"]
        assert trail.find_break(session, ticket_id) is None
