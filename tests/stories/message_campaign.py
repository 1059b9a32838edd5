"""Workers die, providers fail, receipts come doubled and in any order: does each message arrive, once and in turn?

    python -m tests.stories.message_campaign --messages 1000 --lives 80

Runs on SQLite and on PostgreSQL (the server in TEST_DATABASE_URL, else one of its own): three workers and one
on SQLite, each killed by SIGKILL at a point of its own and replaced; two servers that speak Twilio's API and a
mail server, which fail in every listed way; the application itself, which hears the signed receipts. Time runs
twelve times as fast. A copy is a message that a provider took twice.
"""

import argparse
import logging
import multiprocessing
import random
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import wait
from pathlib import Path
from queue import PriorityQueue
from typing import Any

import requests
from sqlalchemy import Engine, select
from sqlalchemy.orm import sessionmaker
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no types

from config import Settings
from notifications import outbox
from notifications.catalog import KINDS, Channel
from notifications.models import OutboxMessage, State
from notifications.render import render
from sealing import configure_sealing
from tests.conftest import TEST_ENVIRONMENT
from tests.databases import BACKENDS, Databases, empty_tables
from tests.notifications.samples import FACTS, message
from tests.notifications.twilio_server import TOKEN, Mode, TwilioServer
from tests.stories.mail_server import MailInbox
from tests.stories.message_child import NOON, Places, hear, work

FORK = multiprocessing.get_context("fork")
_WORKERS = {"sqlite": 1, "postgresql": 3}
_IN_A_ROW = 5
_BAD_SHARE = 0.25
_TIMES_BAD = 2
_STATUSES = ("queued", "sent", "delivered", "sent", "delivered")


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of all messages of a channel."""

    owed: int
    sent: int
    copies: int
    copies_despite_receipts: int
    lost: int
    disordered: int

    def __str__(self) -> str:
        return (
            f"{self.owed} owed, {self.sent} sent, {self.copies} copies "
            f"({self.copies_despite_receipts} where receipts come), {self.lost} lost, "
            f"{self.disordered} out of order"
        )


@dataclass
class Receipts:
    """Sends receipts to the application as Twilio would: one soon, the others later, doubled and in any order."""

    web: str
    queue: PriorityQueue[tuple[int, int, str, str, str]] = field(default_factory=PriorityQueue)
    _serial: Iterator[int] = field(default_factory=count)
    _chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - repeatable on purpose

    def report(self, message_id: str, sid: str, _status: str) -> None:
        for place, status in enumerate(self._chance.sample(_STATUSES, len(_STATUSES))):
            self.queue.put((min(place, 1), next(self._serial), message_id, sid, status))

    def close(self) -> None:
        self.queue.put((2, 0, "", "", ""))

    def deliver(self) -> None:
        validator = RequestValidator(TOKEN)
        with requests.Session() as calls:
            while True:
                _, _, message_id, sid, status = self.queue.get()
                if not message_id:
                    return
                url = f"{self.web}/api/v1/webhooks/twilio/status?message={message_id}"
                form = {"MessageSid": sid, "MessageStatus": status}
                signature = validator.compute_signature(url, form)
                answer = calls.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=30)
                answer.raise_for_status()


def mode(message_id: str, nth: int) -> Mode:
    """How a call goes: a quarter of the first ones badly, in every way, always the same for a message."""
    chance = random.Random(f"{message_id}:{nth}")  # noqa: S311 - repeatable on purpose
    if nth >= _TIMES_BAD or chance.random() >= _BAD_SHARE:
        return Mode.FINE
    return chance.choice([each for each in Mode if each is not Mode.FINE])


def populate(engine: Engine, messages: int) -> None:
    """Owe each of many people five messages in a row by SMS and five by mail."""
    factory = sessionmaker(engine, expire_on_commit=False)
    with factory.begin() as session:
        for channel in (Channel.SMS, Channel.EMAIL):
            outbox.put_all(
                session,
                [
                    message(
                        key=f"{channel}:{each}",
                        kind="new_ticket",
                        channel=channel,
                        recipient="unit:3",
                        address=_address(channel, each // _IN_A_ROW),
                        order_key=f"ticket:{each // _IN_A_ROW}",
                        created_at=NOON,
                    )
                    for each in range(messages // 2)
                ],
            )


def _address(channel: Channel, person: int) -> str:
    return f"138{person:08}" if channel is Channel.SMS else f"liaison{person}@unit.example"


def run(engine: Engine, lives: int) -> tuple[int, dict[str, Figures]]:
    """Let workers send everything while they are killed; returns how many were, and the figures by channel."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        web = f"http://127.0.0.1:{free.getsockname()[1]}"
    receipts, inbox = Receipts(web), MailInbox()
    with ExitStack() as stack:
        twilio = [
            stack.enter_context(TwilioServer(mode=mode, report=report, name=name, slow=0.25))
            for name, report in (("twilio", receipts.report), ("twilio1", _no_report))
        ]
        twilio[1].ledger = twilio[0].ledger
        smtp_port = stack.enter_context(inbox.open())
        url = engine.url.render_as_string(hide_password=False)
        places = Places(url, tuple(server.base for server in twilio), smtp_port, web, time.time())
        engine.dispose()  # a child must not inherit a connection
        stack.enter_context(_web(places))
        mailman = threading.Thread(target=receipts.deliver, daemon=True)
        mailman.start()
        kills = _kill_and_replace(places, _WORKERS[engine.dialect.name], lives)
        receipts.close()
        mailman.join()
    taken = {
        Channel.SMS: [(each.message_id, each.by) for each in twilio[0].ledger],
        Channel.EMAIL: [(message_id, "smtp") for message_id in inbox.taken],
    }
    return kills, {channel: _figures(engine, channel, ids) for channel, ids in taken.items()}


def _no_report(_message_id: str, _sid: str, _status: str) -> None:
    """The second provider sends no receipts, as some do not."""


@contextmanager
def _web(places: Places) -> Iterator[None]:
    child = FORK.Process(target=hear, args=(places,))
    child.start()
    try:
        yield
    finally:
        child.terminate()
        child.join()


def _kill_and_replace(places: Places, workers: int, lives: int) -> int:
    kills, serial = 0, 0
    at_work: dict[int, Any] = {}
    while True:
        while len(at_work) < workers:
            child = FORK.Process(target=work, args=(places, serial if serial < lives else None))
            child.start()
            at_work[child.sentinel] = child
            serial += 1
        for sentinel in wait(list(at_work)):
            child = at_work.pop(int(str(sentinel)))
            child.join()
            if child.exitcode == 0:
                for other in at_work.values():
                    other.join()
                return kills + sum(other.exitcode == -signal.SIGKILL for other in at_work.values())
            if child.exitcode != -signal.SIGKILL:
                problem = f"a worker ended with {child.exitcode}"
                raise RuntimeError(problem)
            kills += 1


def _figures(engine: Engine, channel: Channel, taken: Sequence[tuple[str, str]]) -> Figures:
    """Hold what the providers took against what was owed, person by person."""
    with sessionmaker(engine)() as session:
        query = select(OutboxMessage.id, OutboxMessage.order_key, OutboxMessage.state)
        rows = session.execute(query.where(OutboxMessage.channel == channel).order_by(OutboxMessage.id)).all()
    sent = Counter(message_id for message_id, _ in taken)
    first = {message_id: place for place, (message_id, _) in reversed(list(enumerate(taken)))}
    in_turn: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        in_turn[row.order_key].append(first.get(row.id, len(taken)))
    good = {State.ACCEPTED, State.DELIVERED}
    return Figures(
        owed=len(rows),
        sent=len(sent),
        copies=sent.total() - len(sent),
        copies_despite_receipts=sum(sent[each] - 1 for each, at in first.items() if taken[at][1] == "twilio"),
        lost=sum(row.id not in sent or row.state not in good for row in rows),
        disordered=sum(places != sorted(places) for places in in_turn.values()),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--lives", type=int, default=80, help="how many processes are to be killed")
    parser.add_argument("--only", choices=BACKENDS, help="one of the two databases alone")
    given = parser.parse_args(arguments)
    logging.disable(logging.ERROR)
    configure_sealing(Settings.from_env(TEST_ENVIRONMENT).sealing_keys)
    render(KINDS["new_ticket"], Channel.EMAIL, "zh", FACTS)  # so that no child has to read the texts anew
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(Path(folder), "campaign", "messages")
        for backend in (given.only,) if given.only else BACKENDS:
            engine = databases.engine(backend)
            populate(engine, given.messages)
            began = time.monotonic()
            kills, figures = run(engine, given.lives)
            sys.stdout.write(f"{backend}: {kills} processes killed, {time.monotonic() - began:.0f} s\n")
            for channel, found in figures.items():
                sys.stdout.write(f"  {channel}: {found}\n")
            empty_tables(engine)
        databases.close()


if __name__ == "__main__":
    main()
