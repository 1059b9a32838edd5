"""A small city and a browser that has opened a ticket."""

import pytest

from hotline.web.security import limiter
from tests.hotline.citizen.journeys import City


@pytest.fixture(autouse=True)
def fresh_limits(app):
    with app.app_context():
        limiter.reset()


@pytest.fixture
def city(session_factory) -> City:
    return City(session_factory).found()
