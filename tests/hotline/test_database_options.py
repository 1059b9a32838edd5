"""How does the product speak with PostgreSQL?"""

import pytest
from sqlalchemy import create_engine, make_url, text

from database import engine_options


def jit_of(url: str) -> str:
    engine = create_engine(url, **engine_options(url))
    try:
        with engine.connect() as connection:
            return str(connection.scalar(text("SHOW jit")))
    finally:
        engine.dispose()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_statements_are_not_compiled_unless_the_address_has_options_of_its_own(app):
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    assert jit_of(url.render_as_string(hide_password=False)) == "off"
    own = url.update_query_dict({"options": "-c jit=on"})
    assert jit_of(own.render_as_string(hide_password=False)) == "on"
