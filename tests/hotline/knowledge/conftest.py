"""A town whose people write down what they know."""

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.hotline.clerks import SignIn, sign_in_as
from tests.hotline.knowledge.book import Book
from tests.stories.town import Town, found_wide_town


@pytest.fixture
def town(session: Session) -> Town:
    return found_wide_town(session)


@pytest.fixture
def book(session: Session, town: Town) -> Book:
    return Book(session, town)


@pytest.fixture
def open_town(app, session_factory: sessionmaker[Session]) -> Town:
    """The same town behind the application."""
    with session_factory.begin() as session:
        return found_wide_town(session)


@pytest.fixture
def browser_of(app, session_factory: sessionmaker[Session], open_town: Town) -> SignIn:
    return lambda username: sign_in_as(app, session_factory, open_town, username)
