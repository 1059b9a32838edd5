"""The desk's town, whose people look for tickets."""

from tests.hotline.desk.conftest import agent, browser_of, town

__all__ = ["agent", "browser_of", "town"]
