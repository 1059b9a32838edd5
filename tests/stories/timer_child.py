"""Processes that fire timers: told what time it is, or for themselves until they are killed somewhere."""

import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from threading import Event
from typing import Any

from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import create_engine, event
from sqlalchemy.orm import sessionmaker

from database import engine_options
from hotline.scheduler import build_scheduler, fire_all_due, surviving
from hotline.services.due_tickets import is_any_due

_TICK = timedelta(milliseconds=100)
# Where a process may die, and the greatest number of times it gets there first.
POINTS = {"statement": 300, "before_commit": 12, "after_commit": 12}


@dataclass(frozen=True, slots=True)
class Worker:
    """One process: its database, the hour it lives in, and the serial that decides where it dies."""

    url: str
    now: datetime
    serial: int
    is_mortal: bool = True
    has_scheduler: bool = False


def tick_when_told(url: str, line: Connection) -> None:
    """Fire what is due at each moment that comes over the line, and answer how many that was; None ends it."""
    engine = create_engine(url, **engine_options(url))
    factory = sessionmaker(engine, expire_on_commit=False)
    while (now := line.recv()) is not None:
        line.send(fire_all_due(factory, lambda: now))
    engine.dispose()


def work(worker: Worker) -> None:
    """Fire timers, alone or on the ticks of a scheduler, until none is due or SIGKILL comes."""
    engine = create_engine(worker.url, **engine_options(worker.url))
    factory = sessionmaker(engine, expire_on_commit=False)
    if worker.is_mortal:
        _make_mortal(worker, engine, factory)
    if worker.has_scheduler:
        _work_by_scheduler(worker, factory)
    else:
        while _owes(factory, worker.now):
            with surviving("tick_failed"):
                fire_all_due(factory, lambda: worker.now)
    engine.dispose()


def _work_by_scheduler(worker: Worker, factory: Any) -> None:
    scheduler = build_scheduler(factory, {}, lambda: worker.now)
    for job in scheduler.get_jobs():
        if job.id != "tick":
            scheduler.remove_job(job.id)
    scheduler.modify_job("tick", next_run_time=datetime.now(UTC))
    scheduler.reschedule_job("tick", trigger=IntervalTrigger(seconds=_TICK.total_seconds(), timezone=UTC))
    scheduler.start()
    while _owes(factory, worker.now):
        Event().wait(_TICK.total_seconds())
    scheduler.shutdown(wait=True)


def _owes(factory: Any, now: datetime) -> bool:
    with factory() as session, session.begin():
        session.connection(execution_options={"reads_only": True})
        return is_any_due(session, now, ())


def _make_mortal(worker: Worker, engine: Any, factory: Any) -> None:
    chance = random.Random(worker.serial)  # noqa: S311 - repeatable on purpose
    mortal = sorted(POINTS)[worker.serial % len(POINTS)]
    left = chance.randint(1, POINTS[mortal])

    def at(point: str) -> Callable[..., None]:
        def look(*_said: object) -> None:
            nonlocal left
            left -= point == mortal
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        return look

    event.listen(engine, "before_cursor_execute", at("statement"))
    event.listen(factory, "before_commit", at("before_commit"))
    event.listen(factory, "after_commit", at("after_commit"))
