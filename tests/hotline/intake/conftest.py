"""The review of new tickets and its people; tests ask for the browser of one of them."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.organisation import Area
from tests.hotline.clerks import SignIn, sign_in_as
from tests.stories.town import Town, found_town


@pytest.fixture
def town(app, session_factory: sessionmaker[Session]) -> Town:
    with session_factory.begin() as session:
        session.add(Area(code="WT", name="梧桐区", level="district"))
        return found_town(session)


@pytest.fixture
def browser_of(app, session_factory: sessionmaker[Session], town: Town) -> SignIn:
    return lambda username: sign_in_as(app, session_factory, town, username)


@pytest.fixture
def reviewer(browser_of: SignIn):
    return browser_of("reviewer")
