"""One account with every role that goes together, and browsers in which it is signed in: what it may not, nobody may."""

from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.people import User
from hotline.services import accounts
from hotline.services.accounts import Client, NewUser
from hotline.services.separation import APART
from workflows.vocabulary import Role


def browser_with_every_role(
    app: Flask, factory: sessionmaker[Session], among: Role = Role.ADMINISTRATOR
) -> FlaskClient:
    """Sign somebody in; `among` is the one they are of the administrators that nobody may be together."""
    now = datetime.now(UTC)
    with factory.begin() as session:
        known = session.scalars(select(User.id).where(User.username == f"everybody.{among}")).first()
        if known is None:
            new = NewUser(
                f"everybody.{among}", "王小明", "Ginkgo-avenue-7", frozenset(Role) - APART | {among}
            )
            known = accounts.create_user(session, new, now, accounts.CHEAP_HASHER).id
        token = accounts.open_session(session, known, Client(), now)
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["opened_tickets"] = {"numbers": ["YJ20261123-00001"], "at": now.isoformat()}
    return browser
