"""Who is in the tests of security: the city of the long tales."""

from tests.stories.conftest import stage

__all__ = ["stage"]
