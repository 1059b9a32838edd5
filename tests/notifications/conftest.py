"""What the tests of the worker share: a clock they move, a provider that does as told, and rows that commit."""

import pytest
from sqlalchemy import select

from notifications import outbox
from notifications.catalog import Channel
from notifications.models import OutboxMessage
from notifications.worker import send_due
from tests.notifications.samples import Clock, ScriptedProvider, steady


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider():
    return ScriptedProvider()


@pytest.fixture
def put(session_factory):
    def put_messages(*messages):
        with session_factory() as session, session.begin():
            for one in messages:
                outbox.put(session, one)

    return put_messages


@pytest.fixture
def send(session_factory, provider, clock):
    def send_once(**options):
        return send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady(**options))

    return send_once


@pytest.fixture
def rows(session_factory):
    def read():
        with session_factory() as session:
            return session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()

    return read
