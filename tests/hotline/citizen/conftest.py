"""A small city and a browser that has opened a ticket."""

import pytest

from hotline.web.security import limiter
from tests.hotline.citizen.journeys import City, open_with_code
from tests.hotline.citizen.wishes import OWN, signed_in
from workflows.vocabulary import Role


@pytest.fixture(autouse=True)
def fresh_limits(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def city(session_factory) -> City:
    return City(session_factory).found()


@pytest.fixture
def number(client, city) -> str:
    """A dispatched ticket, opened by its citizen."""
    number = city.dispatched(**OWN)
    open_with_code(client, city, number)
    return number


@pytest.fixture
def supervisor(app, session_factory):
    """The browser of whoever decides what citizens ask about their own data."""
    return signed_in(app, session_factory, Role.SUPERVISOR)
