"""Browsers of the people of the story town, without JavaScript, and forms as a browser would send them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from hotline.services import accounts, intake
from hotline.services.accounts import Client
from tests.stories.town import COMPLAINT, Town

SignIn = Callable[[str], FlaskClient]


def sign_in_as(app, factory: sessionmaker[Session], town: Town, username: str) -> FlaskClient:
    with factory.begin() as session:
        user_id = town[username].user_id
        assert user_id is not None
        token = accounts.open_session(session, user_id, Client(), datetime.now(UTC))
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
    return browser


def hidden_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that is sent to `action`."""
    forms = re.findall(r"<form([^>]*)>(.*?)</form>", page, re.DOTALL)
    inside = [body for tag, body in forms if f'action="{action}"' in tag and 'method="post"' in tag]
    assert inside, f"no form to {action}"
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside[0]))


def submitted(factory: sessionmaker[Session], town: Town, **changes: object) -> str:
    """A complaint the agent has submitted; its number."""
    with factory.begin() as session:
        data = {**COMPLAINT, **changes}
        ticket = intake.register_and(session, data, ("submit", {}), town["agent"], datetime.now(UTC))
        return ticket.number
