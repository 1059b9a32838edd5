"""Does a message that breaks whoever sends it die after five attempts, while all others go out? Real processes."""

import multiprocessing
import os
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import sessionmaker

from database import engine_options
from notifications import outbox, upkeep
from notifications.catalog import KINDS, Channel
from notifications.models import OutboxMessage, State
from notifications.providers.base import Accepted, Outgoing
from notifications.render import render
from notifications.upkeep import Dead
from notifications.worker import send_due
from tests.notifications.samples import FACTS, MORNING, message, steady

MESSAGES = 500
LEASE = timedelta(seconds=30)
FORK = multiprocessing.get_context("fork")
RAISES, HANGS, KILLS, EATS = "13900000001", "13900000002", "13900000003", "13900000004"
POISON = {RAISES: 3, HANGS: 2, KILLS: 3, EATS: 2}


class Breakable:
    """Writes each try and each message taken to files that outlive the worker; breaks at some addresses."""

    name = "breakable"

    def __init__(self, folder: Path, *, is_mended: bool = False) -> None:
        self._folder = folder
        self._is_mended = is_mended

    def send(self, outgoing: Outgoing) -> Accepted:
        _append(self._folder / "tried", outgoing.id)
        if not self._is_mended:
            _break(outgoing.address)
        _append(self._folder / "taken", outgoing.id)
        return Accepted(outgoing.id)


def _break(address: str) -> None:
    if address == RAISES:
        raise ZeroDivisionError
    if address == EATS:
        raise MemoryError
    if address == HANGS:
        Event().wait()
    if address == KILLS:
        os.kill(os.getpid(), signal.SIGKILL)


def _append(path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(f"{line}\n")


def work(url: str, folder: Path, at, *, is_mended: bool) -> None:
    engine = create_engine(url, **engine_options(url))
    carriers = {Channel.SMS: Breakable(folder, is_mended=is_mended)}
    options = steady(parallel=4, longest_send=timedelta(seconds=0.2))
    while send_due(sessionmaker(engine), carriers, lambda: at, 50, options):
        pass
    engine.dispose()


def work_until_over(factory, engine, folder, at, *, is_mended=False):
    """Let one process after another work, each at the moment when something is due next; returns the last one."""
    url = engine.url.render_as_string(hide_password=False)
    waiting = select(func.min(OutboxMessage.next_attempt_at)).where(
        OutboxMessage.state.in_((State.CREATED, State.SENDING))
    )
    while True:
        with factory() as session:
            due_at = session.scalar(waiting)
        if due_at is None:
            return at
        at = max(at, due_at)
        engine.dispose()  # a child must not inherit a connection
        child = FORK.Process(target=work, args=(url, folder, at), kwargs={"is_mended": is_mended})
        child.start()
        child.join()
        assert child.exitcode in {0, -signal.SIGKILL}


def test_each_poison_dies_after_five_attempts_and_all_others_are_sent_once(session_factory, engine, tmp_path):
    addresses = [address for address, count in POISON.items() for _ in range(count)]
    good = [f"138{number:08}" for number in range(MESSAGES - len(addresses))]
    with session_factory() as session, session.begin():
        # One poison after every fifty others.
        mixed = sorted([*enumerate(good), *((50 * place, bad) for place, bad in enumerate(addresses))])
        outbox.put_all(
            session,
            [
                message(key=str(place), order_key=str(place), address=address)
                for place, (_, address) in enumerate(mixed)
            ],
        )
    render(KINDS["accepted"], Channel.SMS, "zh", FACTS)  # so that no child has to read the texts anew
    at = work_until_over(session_factory, engine, tmp_path, MORNING)
    tried = Counter((tmp_path / "tried").read_text().split())
    with session_factory() as session:
        rows = session.scalars(select(OutboxMessage)).all()
        dead = upkeep.list_dead(session, Dead())
    poison = {row.id for row in rows if row.state == State.DEAD}
    assert {row.address for row in rows if row.id in poison} == set(POISON)
    assert Counter(row.state for row in rows) == {State.ACCEPTED: MESSAGES - 10, State.DEAD: 10}
    assert {tried[each] for each in poison} == {5}
    assert dead == [
        ("accepted", "poison", 3),
        ("accepted", "raised_ZeroDivisionError", 3),
        ("accepted", "hung", 2),
        ("accepted", "raised_MemoryError", 2),
    ]
    taken = Counter((tmp_path / "taken").read_text().split())
    # What was under way beside a killer may have gone twice; nothing else.
    assert taken.total() - len(taken) <= 3 * 3

    with session_factory() as session, session.begin():
        assert upkeep.redrive(session, Dead(), at) == 10
    work_until_over(session_factory, engine, tmp_path, at, is_mended=True)
    with session_factory() as session:
        assert set(session.scalars(select(OutboxMessage.state))) == {State.ACCEPTED}
    assert len(set((tmp_path / "taken").read_text().split())) == MESSAGES
