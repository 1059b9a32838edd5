"""Which recurring work runs how often?

Only a metronome: the work itself is safe to run twice, late, or in several processes at once, so no leader is
needed. It belongs in a worker process, or behind a server with a single process; never where a server forks.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hotline.services.calendar_notices import tell_of_unannounced
from hotline.services.site import current_site
from hotline.services.timers import fire_due
from notifications.catalog import Channel
from notifications.providers.base import Provider
from notifications.worker import Options, send_due

SessionFactory = Callable[[], Session]
Now = Callable[[], datetime]

TICK_EVERY = timedelta(seconds=5)
SEND_EVERY = timedelta(seconds=2)
# A process that restarts every night must look too; the messages themselves go out once a week.
CHECK_CALENDARS_EVERY = timedelta(hours=6)
_TIMERS_AT_ONCE = 200
# A pass ends even after a long downtime, so that a worker that is told to stop can.
_BATCHES_PER_PASS = 50

_log = structlog.get_logger(__name__)


def build_scheduler(
    session_factory: SessionFactory, providers: Mapping[Channel, Provider], now: Now
) -> BackgroundScheduler:
    """Set up the recurring jobs; the caller starts the scheduler and shuts it down.

    `session_factory` must open sessions of its own, since jobs run on other threads.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )

    def tick() -> None:
        with surviving("tick_failed"):
            fire_all_due(session_factory, now())

    def send() -> None:
        with surviving("send_failed"):
            send_all_due(session_factory, providers, now)

    def check() -> None:
        with surviving("calendar_check_failed"):
            check_calendars(session_factory, now())

    scheduler.add_job(tick, IntervalTrigger(seconds=TICK_EVERY.seconds), id="tick")
    scheduler.add_job(send, IntervalTrigger(seconds=SEND_EVERY.seconds), id="outbox")
    scheduler.add_job(check, IntervalTrigger(seconds=CHECK_CALENDARS_EVERY.seconds), id="calendars")
    return scheduler


def check_calendars(session_factory: SessionFactory, now: datetime) -> bool:
    """Remind the administrators of a year that has to be imported, and tell whether one is missing."""
    with session_factory() as session, session.begin():
        return tell_of_unannounced(session, now)


def fire_all_due(session_factory: SessionFactory, now: datetime) -> int:
    """Fire every timer due at `now` and tell how many were settled; a bad one does not stop the others."""

    def one_timer() -> AbstractContextManager[None]:
        return surviving("timer_failed", but_not=(OperationalError,))

    total = 0
    for _ in range(_BATCHES_PER_PASS):
        settled = fire_due(session_factory, now, _TIMERS_AT_ONCE, one_timer)
        total += settled
        if settled == 0:
            break
    return total


def send_all_due(session_factory: SessionFactory, providers: Mapping[Channel, Provider], now: Now) -> int:
    """Send batch after batch until nothing more is due, and tell how many messages were claimed."""
    total = 0
    options = Options(zone=current_site().zone)
    for _ in range(_BATCHES_PER_PASS):
        claimed = send_due(session_factory, providers, now, options=options)
        total += claimed
        if claimed == 0:
            break
    return total


@contextmanager
def surviving(event: str, but_not: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Log a fault once under that name and go on; the faults in `but_not` go further up."""
    try:
        yield
    except but_not:
        raise
    except Exception:  # noqa: BLE001 - the loop must outlive whatever one round of it raises
        _log.exception(event)
