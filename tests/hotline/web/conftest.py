"""The components in an application of their own, without a database."""

from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from hotline.web import styleguide
from hotline.web.filters import register_filters
from hotline.web.ui import register_ui

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def kit():
    app = Flask("kit", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(SECRET_KEY="test", BABEL_DEFAULT_LOCALE="zh")
    app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined, "autoescape": True}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    Babel(app)
    register_ui(app)
    register_filters(app)
    app.register_blueprint(styleguide.blueprint)
    with app.test_request_context():
        yield app
