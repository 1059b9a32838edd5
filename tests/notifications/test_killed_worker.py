"""Does a campaign of killed workers lose a message? Real processes, real SIGKILL, Twilio's API over HTTP."""

import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from queue import SimpleQueue

from sqlalchemy import create_engine, select
from sqlalchemy.orm import sessionmaker

from database import engine_options
from notifications import outbox, receipts, retry
from notifications.catalog import KINDS, Channel
from notifications.models import OutboxMessage, State
from notifications.providers.twilio_sms import TwilioAccount, TwilioSms
from notifications.receipts import Receipt
from notifications.render import render
from notifications.worker import send_due
from tests.notifications.samples import FACTS, MORNING, message, steady
from tests.notifications.twilio_server import SENDER, SID, TOKEN, TwilioServer

MESSAGES = 200
CHANCE = 0.25
LEASE = timedelta(seconds=30)
FORK = multiprocessing.get_context("fork")


class LastSent:
    """Remembers what was sent last, so that the point behind it knows whom it kills with."""

    name = "twilio"

    def __init__(self, base: str) -> None:
        self._twilio = TwilioSms(TwilioAccount(SID, TOKEN, SENDER, base, "https://hotline.example"))
        self.message_id = ""

    def send(self, outgoing):
        self.message_id = outgoing.id
        return self._twilio.send(outgoing)


def work(url: str, base: str, life: int) -> None:
    """Send until nothing is due; at each message die by SIGKILL between its answer and our commit, by chance.

    Nobody dies of one message five times: that would make it a poison, which is another tale.
    """
    chance = random.Random(life)  # noqa: S311 - repeatable on purpose
    engine = create_engine(url, **engine_options(url))
    factory = sessionmaker(engine)
    provider = LastSent(base)

    def fault(point: str) -> None:
        if point != "after_send" or chance.random() >= CHANCE:
            return
        with factory() as session:
            crashes = session.scalar(
                select(OutboxMessage.crashes).where(OutboxMessage.id == provider.message_id)
            )
        if (crashes or 0) < retry.POISON_LIMIT - 1:
            os.kill(os.getpid(), signal.SIGKILL)

    at = MORNING + life * LEASE
    while send_due(factory, {Channel.SMS: provider}, lambda: at, 10, steady(fault=fault)):
        pass
    engine.dispose()


def kill_until_sent(url: str, base: str, between: Callable[[], None]) -> int:
    """Replace each killed worker after its lease; returns how many died."""
    kills, ended = 0, False
    while not ended:
        between()
        worker = FORK.Process(target=work, args=(url, base, kills))
        worker.start()
        worker.join()
        ended = worker.exitcode == 0
        assert ended or worker.exitcode == -signal.SIGKILL
        kills += not ended
    return kills


def test_killing_the_worker_again_and_again_loses_nothing(session_factory, engine, database_url):
    with session_factory() as session, session.begin():
        for number in range(MESSAGES):
            outbox.put(session, message(key=str(number), order_key=str(number), address=f"138{number:08}"))
    # Once here, so that no child has to read the texts and load Twilio's package anew.
    render(KINDS["accepted"], Channel.SMS, "zh", FACTS)
    assert LastSent("http://127.0.0.1")._twilio._client.messages
    told: SimpleQueue[Receipt] = SimpleQueue()

    def report(message_id, sid, status):
        """Of every second message no receipt comes, as with carriers that send none."""
        if is_reported(message_id):
            told.put(Receipt("twilio", sid, status, MORNING, message_id=message_id))

    def hear():
        with session_factory() as session, session.begin():
            while not told.empty():
                receipts.apply(session, told.get())
        engine.dispose()  # a child must not inherit a connection

    with TwilioServer(report=report) as server:
        kills = kill_until_sent(database_url, server.base, hear)
    with session_factory() as session:
        rows = session.execute(select(OutboxMessage.id, OutboxMessage.state)).all()
    sent = Counter(taken.message_id for taken in server.ledger)
    assert {row.state for row in rows} == {State.ACCEPTED}
    assert set(sent) == {row.id for row in rows}
    assert kills >= MESSAGES // 10
    assert server.copies <= kills
    assert [message_id for message_id, times in sent.items() if times > 1 and is_reported(message_id)] == []


def is_reported(message_id: str) -> bool:
    return int(message_id[-1], 16) % 2 == 0
