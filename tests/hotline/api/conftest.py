"""Who calls the API in its tests."""

import pytest

from tests.hotline.api.city import make_api


@pytest.fixture
def api(app, session_factory):
    return make_api(app, session_factory)
