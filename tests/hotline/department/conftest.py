import pytest
from sqlalchemy.orm import sessionmaker

from hotline.web.security import limiter
from tests.hotline.department.office import Office, open_office


@pytest.fixture
def office(app, session_factory: sessionmaker) -> Office:
    with app.app_context():
        limiter.reset()
    return open_office(session_factory)
