import pytest

from tests.hotline.catalogue.book import Book


@pytest.fixture
def book(session) -> Book:
    return Book(session)
