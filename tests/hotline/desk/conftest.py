"""A desk with its people; tests ask for the browser of one of them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.incoming_calls import CallState
from hotline.models.organisation import Area
from hotline.services.incoming_calls import Announcement, announce
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
def agent(browser_of: SignIn):
    return browser_of("agent")


@pytest.fixture
def trusted_agent(browser_of: SignIn):
    return browser_of("second_agent")


@pytest.fixture
def ring(session_factory, town):
    """A call rings at an agent; its row's id."""

    def ringing(phone="+8613800138001", who="agent", reference="c-1", state=CallState.RINGING):
        now = datetime.now(UTC)
        told = Announcement(town["reviewer"].user_id, reference, town[who].user_id, phone, state, now)
        with session_factory.begin() as session:
            return announce(session, told, now).id

    return ringing
