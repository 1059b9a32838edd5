"""Is a commit whose end nobody heard of repeated safely: one row for each key, one message on the wire?"""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker

from notifications import outbox
from notifications.catalog import Channel
from notifications.models import OutboxMessage, State
from notifications.worker import send_due
from tests.notifications.lossy import losing_engine
from tests.notifications.samples import Clock, ScriptedProvider, message, steady

MESSAGES = 50


@pytest.fixture
def losing(engine, clean_db):
    with losing_engine(engine, seed=7) as (factory_engine, lost):
        yield sessionmaker(factory_engine, expire_on_commit=False), lost


def put_again_until_it_is_said_to_be_there(factory, one):
    while True:
        try:
            with factory() as session, session.begin():
                outbox.put(session, one)
        except OperationalError:
            continue
        return


def test_what_is_put_again_after_a_lost_commit_is_there_once_and_goes_out_once(losing, session_factory):
    factory, lost = losing
    for number in range(MESSAGES):
        put_again_until_it_is_said_to_be_there(factory, message(key=str(number), order_key=str(number)))
    assert len(lost) >= MESSAGES // 10
    with session_factory() as session:
        keys = session.scalars(select(OutboxMessage.key)).all()
    assert Counter(keys) == {str(number): 1 for number in range(MESSAGES)}

    lost.clear()
    provider, clock = ScriptedProvider(), Clock()
    states = {State.CREATED}
    while states != {State.ACCEPTED}:
        try:
            send_due(factory, {Channel.SMS: provider}, clock, 10, steady())
        except OperationalError:
            # A claim of unknown end: its lease has to run out.
            clock.at += timedelta(seconds=30)
        with session_factory() as session:
            states = set(session.scalars(select(OutboxMessage.state)))
        clock.at += timedelta(seconds=30)
    assert len(lost) >= MESSAGES // 10
    assert Counter(sent.id for sent in provider.taken).most_common(1)[0][1] == 1
    assert len(provider.taken) == MESSAGES
