"""A process that lives a few tickets' lives step by step and is killed somewhere: what it said was done, was done."""

import json
import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from database import engine_options
from hotline.services.timers import fire_due
from notifications.catalog import Channel
from notifications.providers.base import Accepted, Outgoing
from notifications.worker import Options, send_due
from tests.stories.checker import Acknowledged
from tests.stories.tale import Tale
from tests.stories.town import MONDAY, POOR_RATING, find_town

POINTS = ("before_commit", "after_commit", "after_send")
_TICKETS = 3
_MOST_HITS = {"before_commit": 150, "after_commit": 150, "after_send": 40}

JOURNEY: tuple[Callable[[Tale], object], ...] = (
    lambda tale: tale.register(),
    lambda tale: tale.act("agent", "submit"),
    lambda tale: tale.act("reviewer", "approve_intake"),
    lambda tale: tale.dispatched("HOUSING", "ROADS"),
    lambda tale: tale.ask_return("handler_roads", "ROADS"),
    lambda tale: tale.on_request("dispatcher", "approve"),
    lambda tale: tale.replied("HOUSING"),
    lambda tale: tale.act("auditor", "approve_reply"),
    lambda tale: tale.act("callback", "rework", {**POOR_RATING, "reason": "又坏了"}),
    lambda tale: tale.ask_return("handler_housing", "HOUSING"),
    lambda tale: tale.on_request("dispatcher", "approve"),
    lambda tale: tale.dispatched("STREET", "WATER"),
    lambda tale: tale.ask_return("handler_street", "STREET"),
    lambda tale: tale.on_request("second_dispatcher", "refuse", {"reason": "职责明确"}),
    lambda tale: tale.replied("WATER"),
    lambda tale: tale.replied("STREET"),
    lambda tale: tale.act("auditor", "approve_reply"),
    lambda tale: tale.closed(),
)


@dataclass(frozen=True, slots=True)
class Life:
    """One process: its database, the files that outlive it, and the serial that decides where it dies."""

    url: str
    folder: Path
    serial: int

    @property
    def start(self) -> datetime:
        return MONDAY + self.serial * timedelta(hours=5)


class Ledger:
    """A carrier that writes down what it took."""

    name = "ledger"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "sent"

    def send(self, outgoing: Outgoing) -> Accepted:
        _append(self._path, outgoing.id)
        return Accepted(outgoing.id)


def live(life: Life) -> None:
    """Take steps until the journey is over or SIGKILL comes at the named point."""
    chance = random.Random(life.serial)  # noqa: S311 - repeatable on purpose
    mortal = POINTS[life.serial % len(POINTS)]
    left = chance.randint(1, _MOST_HITS[mortal])

    def fault(point: str) -> None:
        nonlocal left
        left -= point == mortal
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    engine = create_engine(life.url, **engine_options(life.url))
    factory = sessionmaker(engine, expire_on_commit=False)
    event.listen(factory, "before_commit", lambda _session: fault("before_commit"))
    event.listen(factory, "after_commit", lambda _session: fault("after_commit"))
    options = Options(owner=str(life.serial), fault=fault)
    for done, now in _steps(factory, life.start):
        _append(life.folder / "done", json.dumps([done.number, done.version, done.action]))
        fire_due(factory, now)
        send_due(factory, dict.fromkeys(Channel, Ledger(life.folder)), lambda now=now: now, 10, options)  # type: ignore[misc]  # bound now
    engine.dispose()


def _steps(factory: sessionmaker[Session], start: datetime) -> Iterator[tuple[Acknowledged, datetime]]:
    now = start
    for _ in range(_TICKETS):
        number = ""
        for step in JOURNEY:
            with factory.begin() as session:
                tale = Tale(session, find_town(session), now, number)
                step(tale)
                last = tale.events()[-1]
                done = Acknowledged(tale.number, last.number, last.action)
            number, now = tale.number, tale.now
            yield done, now


def read_done(folder: Path) -> list[Acknowledged]:
    """Read what the processes had acknowledged before they died."""
    return [Acknowledged(*json.loads(line)) for line in _lines(folder / "done")]


def read_sent(folder: Path) -> list[str]:
    """Read which messages the carrier took, repeats included."""
    return _lines(folder / "sent")


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _append(path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(f"{line}\n")
