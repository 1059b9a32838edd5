"""The small city in which most of these tests play, and the browser of its administrator."""

import pytest

from tests.hotline.supervisor.small_city import SmallCity


@pytest.fixture
def city(session_factory):
    return SmallCity(session_factory)


@pytest.fixture
def administrator(app, city):
    return city.sign_in(app, "administrator")
