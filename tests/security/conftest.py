"""A demo city of its own for attacks: a copy, so that nobody else meets what is planted in it."""

import sqlite3
from dataclasses import replace

import pytest
from flask import Flask

from config import Settings
from database import db
from tests.hotline.api.conftest import api
from tests.stories.conftest import stage

__all__ = ["api", "stage"]


@pytest.fixture(scope="session")
def copy_city(demo_app, make_app, tmp_path_factory):
    """Makes an application on a copy of the demo city."""

    def make() -> Flask:
        settings: Settings = demo_app.config["SETTINGS"]
        path = tmp_path_factory.mktemp("copy") / "city.db"
        source = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))
        target = sqlite3.connect(path)
        source.backup(target)
        source.close()
        target.close()
        return make_app(replace(settings, database_url=f"sqlite:///{path}"))

    return make


@pytest.fixture
def copied_city(copy_city):
    """One such application for one test."""
    app = copy_city()
    yield app
    with app.app_context():
        db.session.remove()


@pytest.fixture
def quiet(app):
    """The application in production's manner: what breaks is answered and not raised."""
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    yield app
    app.config.pop("PROPAGATE_EXCEPTIONS")
