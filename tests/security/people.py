"""One account with every role that goes together, and browsers in which it is signed in: what it may not, nobody may."""

from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.people import User
from hotline.services import accounts
from hotline.services.accounts import Client, NewUser
from hotline.services.separation import BY_OPERATOR
from workflows.vocabulary import Role


def browser_with_every_role(app: Flask, factory: sessionmaker[Session]) -> FlaskClient:
    now = datetime.now(UTC)
    with factory.begin() as session:
        known = session.scalars(select(User.id).where(User.username == "everybody")).first()
        if known is None:
            new = NewUser("everybody", "王小明", "Ginkgo-avenue-7", frozenset(Role) - BY_OPERATOR)
            known = accounts.create_user(session, new, now, accounts.CHEAP_HASHER).id
        token = accounts.open_session(session, known, Client(), now)
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["opened_tickets"] = {"numbers": ["YJ20261123-00001"], "at": now.isoformat()}
    return browser
