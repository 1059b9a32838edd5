"""How long after its ticket's commit is a message with the provider, at ten tickets a second?

Tickets are registered and submitted in real time by one thread while the worker's own scheduler sends, to a
server that speaks Twilio's API and takes a tenth of a second for each answer. The goal: 95 % within 10
seconds, 99 % within 30. The floor is one call of that provider with nothing around it. Runs for
BENCH_SECONDS; the claim is for 600.
"""

import logging
import multiprocessing
import os
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

# The root in place of this folder, where our own name would hide the library of that name.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, timed  # noqa: E402 - needs the path
from hotline.scheduler import build_scheduler  # noqa: E402 - needs the path
from hotline.services.intake import register  # noqa: E402 - needs the path
from hotline.services.lifecycle import Command, advance  # noqa: E402 - needs the path
from hotline.services.site import configure_site  # noqa: E402 - needs the path
from notifications.catalog import Channel  # noqa: E402 - needs the path
from notifications.models import OPEN_STATES, OutboxMessage, State  # noqa: E402 - needs the path
from notifications.providers.base import Outgoing  # noqa: E402 - needs the path
from notifications.providers.mailbox import MailboxProvider  # noqa: E402 - needs the path
from notifications.providers.routing import Route  # noqa: E402 - needs the path
from notifications.providers.twilio_sms import TwilioAccount, TwilioSms  # noqa: E402 - needs the path
from tests.databases import empty_tables  # noqa: E402 - needs the path
from tests.notifications.twilio_server import SENDER, SID, TOKEN, TwilioServer  # noqa: E402 - needs the path
from tests.stories.town import COMPLAINT, Town, found_town  # noqa: E402 - needs the path

SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
TICKETS_A_SECOND = 10
ANSWER_AFTER = 0.1
FLOOR_CALLS = 20
FORK = multiprocessing.get_context("fork")
Factory = sessionmaker[Session]


def measure(name: str, engine: Engine) -> None:
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # Wherever it is now, it is day in this city, so that nothing waits for the morning.
    hour = datetime.now(UTC).hour
    configure_site("https://hotline.example", f"Etc/GMT{hour - 12:+d}")
    factory = sessionmaker(engine, expire_on_commit=False)
    with factory.begin() as session:
        town = found_town(session)
    engine.dispose()  # the server's process must not inherit a connection
    with _slow_twilio() as base:
        provider = TwilioSms(TwilioAccount(SID, TOKEN, SENDER, base, "https://hotline.example"))
        floor = statistics.median(timed(lambda: provider.send(_bare())) for _ in range(FLOOR_CALLS))
        mailbox = Route.over(MailboxProvider(factory))
        carriers = {Channel.SMS: Route.over(provider), Channel.EMAIL: mailbox, Channel.MAILBOX: mailbox}
        scheduler = build_scheduler(factory, carriers, lambda: datetime.now(UTC))
        scheduler.start()
        late = _file_tickets(factory, town)
        _wait_until_sent(factory)
        scheduler.shutdown(wait=True)
    _tell(name, factory, floor, late)
    empty_tables(engine)


def _bare() -> Outgoing:
    return Outgoing("floor", "accepted", Channel.SMS, "citizen:1", "13800001234", "1", "12345")


def _file_tickets(factory: Factory, town: Town) -> float:
    """File tickets at an even pace; returns how far behind it the last one was, in seconds."""
    started = time.perf_counter()
    behind = 0.0
    for number in range(SECONDS * TICKETS_A_SECOND):
        behind = time.perf_counter() - started - number / TICKETS_A_SECOND
        if behind < 0:
            threading.Event().wait(-behind)
        with factory.begin() as session:
            data = {**COMPLAINT, "phone": f"138{number:08}"}
            now = datetime.now(UTC)
            ticket = register(session, data, town["agent"], now)
            advance(session, Command(ticket.number, "submit", {}), town["agent"], now)
    return max(0.0, behind)


def _wait_until_sent(factory: Factory) -> None:
    """Give it the half minute that the goal gives the last one."""
    until = time.monotonic() + 30
    open_ones = select(func.count()).where(OutboxMessage.state.in_(OPEN_STATES))
    while time.monotonic() < until:
        with factory() as session:
            if not session.scalar(open_ones):
                return
        threading.Event().wait(0.2)


def _tell(name: str, factory: Factory, floor: float, late: float) -> None:
    with factory() as session:
        rows = session.execute(
            select(
                OutboxMessage.channel,
                OutboxMessage.state,
                OutboxMessage.created_at,
                OutboxMessage.accepted_at,
            )
        ).all()
    states = Counter(row.state for row in rows)
    delays = [
        (row.accepted_at - row.created_at).total_seconds() for row in rows if row.accepted_at is not None
    ]
    within = _share(delays, 10.0), _share(delays, 30.0)
    print(
        f"{name}: {len(rows)} messages of {SECONDS * TICKETS_A_SECOND} tickets in {SECONDS} s "
        f"(the last filed {late:.1f} s late); handed over within 10 s {within[0]:.2%}, "
        f"within 30 s {within[1]:.2%}; "
        f"median {statistics.median(delays):.2f} s, 95 % {statistics.quantiles(delays, n=20)[-1]:.2f} s, "
        f"longest {max(delays):.2f} s; floor {floor / 1000:.2f} s; {dict(states)}"
    )
    assert states == {State.ACCEPTED: len(rows)}


def _share(delays: Sequence[float], seconds: float) -> float:
    return sum(delay <= seconds for delay in delays) / len(delays)


@contextmanager
def _slow_twilio() -> Iterator[str]:
    near, far = FORK.Pipe()
    child = FORK.Process(target=_serve, args=(far,))
    child.start()
    yield near.recv()
    near.send(None)
    child.join()


def _serve(line: Connection) -> None:
    with TwilioServer(during=lambda: time.sleep(ANSWER_AFTER)) as server:
        line.send(server.base)
        line.recv()


if __name__ == "__main__":
    run_on_each(measure)
