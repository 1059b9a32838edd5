"""Processes die by SIGKILL at any point: what was acknowledged is there, nothing is half there, all is sent.

KILL_LIVES sets how many processes live and die; a release asks for hundreds.
"""

import multiprocessing
import os
import signal
from collections import Counter
from datetime import timedelta

from sqlalchemy import or_, select

from hotline.services.timers import fire_due
from notifications.catalog import Channel
from notifications.models import OutboxMessage, State
from notifications.reminders import Why
from notifications.worker import send_due
from tests.stories.checker import find_faults, find_lost, find_owed
from tests.stories.journey_child import Ledger, Life, live, read_done, read_sent
from tests.stories.town import MONDAY, found_town

LIVES = int(os.environ.get("KILL_LIVES", "6"))
FORK = multiprocessing.get_context("fork")
LONG_AFTER = MONDAY + timedelta(days=60)


def test_no_kill_loses_an_acknowledged_step_leaves_half_a_one_or_a_message_unsent(
    session_factory, engine, database_url, tmp_path
):
    with session_factory.begin() as session:
        found_town(session)
    kills = 0
    for serial in range(LIVES):
        engine.dispose()  # a child must not inherit a connection
        child = FORK.Process(target=live, args=(Life(database_url, tmp_path, serial),))
        child.start()
        child.join()
        assert child.exitcode in {0, -signal.SIGKILL}
        kills += child.exitcode != 0
        with session_factory() as session:
            assert find_lost(session, read_done(tmp_path)) == []
            assert find_faults(session) == []
    assert kills >= LIVES // 2

    carriers = dict.fromkeys(Channel, Ledger(tmp_path))
    while fire_due(session_factory, LONG_AFTER) + send_due(session_factory, carriers, lambda: LONG_AFTER):
        pass
    with session_factory() as session:
        assert find_owed(session, LONG_AFTER) == []
        assert find_faults(session) == []
        # A reminder that a kill held up until its clock had stopped is owed to nobody any more.
        owed = or_(OutboxMessage.skip_reason.is_(None), OutboxMessage.skip_reason != Why.MOOT)
        rows = session.execute(select(OutboxMessage.id, OutboxMessage.state).where(owed)).all()
        sent = Counter(read_sent(tmp_path))
        assert {row.state for row in rows} == {State.ACCEPTED}
        assert set(sent) == {row.id for row in rows}
        assert sum(sent.values()) - len(sent) <= kills
