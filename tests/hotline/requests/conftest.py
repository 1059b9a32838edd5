import pytest

from tests.hotline.requests.wide_city import WideCity


@pytest.fixture
def city(app, session_factory) -> WideCity:
    return WideCity(session_factory)


@pytest.fixture
def visit(app, city):
    """A browser in which somebody of the city is signed in."""
    return lambda username: city.sign_in(app, username)
