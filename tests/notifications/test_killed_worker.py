"""Does a campaign of killed workers lose a message? Real processes, real SIGKILL, a ledger of what was sent."""

import multiprocessing
import os
import random
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.orm import sessionmaker

from database import engine_options
from notifications import outbox
from notifications.catalog import Channel
from notifications.models import OutboxMessage, State
from notifications.providers.base import Accepted, Outgoing
from notifications.worker import send_due
from tests.notifications.samples import MORNING, message, steady

MESSAGES = 100
LEASE = timedelta(seconds=30)
FORK = multiprocessing.get_context("fork")


class LedgerProvider:
    """Writes each message it takes to a file that outlives the worker."""

    name = "ledger"

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, outgoing: Outgoing) -> Accepted:
        with self._path.open("a") as ledger:
            ledger.write(f"{outgoing.id}\n")
        return Accepted(reference=outgoing.id)


def work(url: str, ledger: Path, life: int) -> None:
    """Send until nothing is due, or die by SIGKILL between a provider's answer and our commit."""
    left = random.Random(life).randint(2, 9)  # noqa: S311 - repeatable on purpose

    def fault(point: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    engine = create_engine(url, **engine_options(url))
    at = MORNING + life * LEASE
    providers = {Channel.SMS: LedgerProvider(ledger)}
    while send_due(sessionmaker(engine), providers, lambda: at, 50, steady(fault=fault)):
        pass
    engine.dispose()


def test_killing_the_worker_again_and_again_loses_nothing(session_factory, engine, database_url, tmp_path):
    with session_factory() as session, session.begin():
        for number in range(MESSAGES):
            outbox.put(session, message(key=str(number), order_key=str(number)))
    engine.dispose()
    ledger, kills, ended = tmp_path / "ledger", 0, False
    while not ended:
        worker = FORK.Process(target=work, args=(database_url, ledger, kills))
        worker.start()
        worker.join()
        ended = worker.exitcode == 0
        assert ended or worker.exitcode == -signal.SIGKILL
        kills += not ended
    sent = Counter(ledger.read_text().split())
    with session_factory() as session:
        rows = session.execute(select(OutboxMessage.id, OutboxMessage.state)).all()
    assert {row.state for row in rows} == {State.ACCEPTED}
    assert set(sent) == {row.id for row in rows}
    assert kills >= MESSAGES // 10
    assert sum(sent.values()) - MESSAGES <= kills
