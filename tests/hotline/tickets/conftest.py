"""The small city of a ticket's pages: one ticket in the dispatch pool, one that the housing bureau handles."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import sessionmaker

from hotline.web.security import limiter
from tests.hotline.ticket_story import City, dispatched, found_city, registered, share_step


@pytest.fixture(autouse=True)
def fresh_limits(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def city(session_factory: sessionmaker, now: datetime) -> City:
    with session_factory.begin() as session:
        return found_city(session)


@pytest.fixture
def waiting(session_factory: sessionmaker, city: City, now: datetime) -> str:
    """A ticket in the dispatch pool."""
    with session_factory.begin() as session:
        return registered(session, city, now - timedelta(minutes=9)).number


@pytest.fixture
def number(session_factory: sessionmaker, city: City, now: datetime) -> str:
    """A ticket that the housing bureau handles."""
    with session_factory.begin() as session:
        ticket = dispatched(session, city, now)
        share_step(session, city, ticket.number, "wang", "sign", now)
        return ticket.number
