"""How many messages a second does one worker hand over, to a provider that answers at once?

The goal is 300 on either database. To a provider in the worker's own process, which takes no time, by one
lane and by all of them; and by Twilio's package and HTTP to a server in another process. The floor is a bare
UPDATE and commit, which a worker that wrote each message down by itself would need twice for each.
"""

import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

# The root in place of this folder, where our own name would hide the library of that name.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, timed  # noqa: E402 - needs the path
from notifications import outbox  # noqa: E402 - needs the path
from notifications.catalog import Channel  # noqa: E402 - needs the path
from notifications.models import OutboxMessage, State  # noqa: E402 - needs the path
from notifications.policy import Caps  # noqa: E402 - needs the path
from notifications.providers.base import Accepted, Outgoing, Provider  # noqa: E402 - needs the path
from notifications.providers.routing import Route  # noqa: E402 - needs the path
from notifications.providers.twilio_sms import TwilioAccount, TwilioSms  # noqa: E402 - needs the path
from notifications.spending import choose_caps  # noqa: E402 - needs the path
from notifications.worker import Options, send_due  # noqa: E402 - needs the path
from tests.databases import empty_tables  # noqa: E402 - needs the path
from tests.notifications.samples import message  # noqa: E402 - needs the path
from tests.notifications.twilio_server import SENDER, SID, TOKEN, TwilioServer  # noqa: E402 - needs the path

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "1500"))
FLOOR_ROUNDS = 200
LANES = 8
BATCH = 100
# As an installation begins, so that the day is counted before each send.
CAPS = Caps(per_person=10, segments_per_day=20_000)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FORK = multiprocessing.get_context("fork")
Factory = sessionmaker[Session]


class Instant:
    """Takes everything and no time."""

    name = "instant"

    def send(self, outgoing: Outgoing) -> Accepted:
        return Accepted(outgoing.id)


def measure(name: str, engine: Engine) -> None:
    factory = sessionmaker(engine, expire_on_commit=False)
    floor = statistics.median(_floor(factory))
    engine.dispose()  # the server's process must not inherit a connection
    with _twilio() as base:
        twilio = TwilioSms(TwilioAccount(SID, TOKEN, SENDER, base, "https://hotline.example"))
        for what, provider, lanes in (
            ("at once, one lane", Instant(), 1),
            (f"at once, {LANES} lanes", Instant(), LANES),
            (f"by HTTP, {LANES} lanes", twilio, LANES),
        ):
            seconds, processor = _send_all(factory, provider, lanes)
            each = 1000 * seconds / MESSAGES
            print(
                f"{name}: {MESSAGES} messages {what} in {seconds:.1f} s ({MESSAGES / seconds:.0f} a second; "
                f"processor {1000 * processor / MESSAGES:.1f} ms each); floor {floor:.2f} ms, "
                f"a message {each:.2f} ms ({each / floor:.1f} floors)"
            )
            empty_tables(engine)


def _floor(factory: Factory) -> Iterator[float]:
    with factory.begin() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS bench_floor (line VARCHAR(200))"))
        session.execute(text("INSERT INTO bench_floor VALUES ('0')"))

    def update() -> None:
        with factory.begin() as session:
            session.execute(text("UPDATE bench_floor SET line = 'x'"))

    for _ in range(FLOOR_ROUNDS):
        yield timed(update)


def _send_all(factory: Factory, provider: Provider, lanes: int) -> tuple[float, float]:
    with factory.begin() as session:
        choose_caps(session, CAPS)
        outbox.put_all(
            session,
            [
                message(key=str(each), order_key=str(each), address=f"138{each:08}", created_at=NOON)
                for each in range(MESSAGES)
            ],
        )
    with factory() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ANALYZE outbox_messages"))
            session.commit()
    carriers = {Channel.SMS: Route.over(provider)}
    started, processor = time.perf_counter(), time.process_time()
    while send_due(factory, carriers, lambda: NOON, BATCH, Options(parallel=lanes)):
        continue
    spent = time.perf_counter() - started, time.process_time() - processor
    with factory() as session:
        taken = select(func.count()).where(OutboxMessage.state == State.ACCEPTED)
        assert session.scalar(taken) == MESSAGES
    return spent


@contextmanager
def _twilio() -> Iterator[str]:
    """A server in a process of its own, so that it shares no interpreter with the worker."""
    near, far = FORK.Pipe()
    child = FORK.Process(target=_serve, args=(far,))
    child.start()
    yield near.recv()
    near.send(None)
    child.join()


def _serve(line: "multiprocessing.connection.Connection") -> None:
    with TwilioServer() as server:
        line.send(server.base)
        line.recv()


if __name__ == "__main__":
    run_on_each(measure)
