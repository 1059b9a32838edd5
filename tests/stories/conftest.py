"""Who plays in the long tales."""

from collections.abc import Iterator

import pytest

from hotline.web.security import limiter
from tests.stories.stage import Stage, set_stage


@pytest.fixture
def stage(app, session_factory) -> Iterator[Stage]:
    with app.app_context():
        limiter.reset()
    with set_stage(app, session_factory) as made:
        yield made
