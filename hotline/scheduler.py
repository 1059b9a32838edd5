"""Which recurring work runs how often?

Only a metronome: the work itself is safe to run twice, late, or in several processes at once, so no leader is
needed. It belongs in a worker process, or behind a server with a single process; never where a server forks.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import STATE_STOPPED
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hotline.services.address_book import addresses_now
from hotline.services.attachments import Shelf
from hotline.services.audit_chain import LINKS_AT_ONCE, link_new
from hotline.services.barring import after_changes, bar_some, has_changed_units
from hotline.services.calendar_notices import tell_of_unannounced
from hotline.services.data_request_terms import remind_deciders
from hotline.services.digests import send_due_digest
from hotline.services.dormant_accounts import close_dormant, list_dormant, tell_of_closed
from hotline.services.incoming_calls import forget_old_calls
from hotline.services.jottings import forget_old
from hotline.services.knowledge_use import end_what_is_over
from hotline.services.retention import ERASED, erase_loose, erase_some, note_erasing
from hotline.services.site import current_site
from hotline.services.spending_notices import tell_of_spending
from hotline.services.substitutions import end_broken
from hotline.services.timers import Tick
from hotline.services.unit_endings import keep_date, list_due
from notifications.bounces import BounceBox, collect
from notifications.provenance import note_sent, pause_if_copied
from notifications.providers.routing import Route
from notifications.worker import Carriers, Options, send_due

SessionFactory = Callable[[], Session]
Now = Callable[[], datetime]

_JOB_DEFAULTS: Mapping[str, object] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
TICK_EVERY = timedelta(seconds=5)
SEND_EVERY = timedelta(seconds=2)
# A process that restarts every night must look too; the messages themselves go out once a week.
CHECK_CALENDARS_EVERY = timedelta(hours=6)
# The dates alone keep from agents what ran out at midnight; the lists of what to look after may follow.
END_KNOWLEDGE_EVERY = timedelta(minutes=15)
LINK_AUDIT_EVERY = timedelta(seconds=30)
# A unit that ends at midnight is out of every list of choices a little later.
KEEP_UNIT_DATES_EVERY = timedelta(minutes=5)
EACH_MINUTE = timedelta(minutes=1)
FORGET_EVERY = timedelta(minutes=10)
REMIND_EVERY = ERASE_EVERY = timedelta(hours=1)
_ERASED_PER_PASS = 100
CLOSE_DORMANT_EVERY = timedelta(hours=1)
# A unit gets another name or another one over it; whom a new ticket accuses is barred at once.
BAR_UNITS_EVERY = timedelta(minutes=15)
_MESSAGE_BATCHES_PER_PASS = 50
_MESSAGES_PER_BATCH = 100
# How many messages are on the wire at once, and how many may go twice when a worker is killed at that moment.
_LANES = 8
# A pass ends even after a long downtime, so that a worker that is told to stop can.
_TICKET_BATCHES_PER_PASS = 500
# Whoever waits for SQLite's only write lock looks for it ten times a second, and must find it free at times.
_BREATH = 0.05

_log = structlog.get_logger(__name__)


def build_scheduler(
    session_factory: SessionFactory,
    providers: Carriers,
    now: Now,
    bounces: BounceBox | None = None,
    shelf: Shelf | None = None,
) -> BackgroundScheduler:
    """Set up the recurring jobs; the caller starts the scheduler and shuts it down.

    `session_factory` must open sessions of its own, since jobs run on other threads. Once told to shut down,
    it begins no message more. Bounces are read, and unsent requests forgotten, where they are known to lie.
    """
    scheduler = BackgroundScheduler(timezone=UTC, job_defaults=_JOB_DEFAULTS)

    def is_stopping() -> bool:
        return bool(scheduler.state == STATE_STOPPED)

    def send() -> object:
        return send_all_due(session_factory, providers, now, is_stopping)

    jobs = {"outbox": (SEND_EVERY, send), **_simple_jobs(session_factory, now)}
    if bounces is not None:
        jobs["bounces"] = (EACH_MINUTE, lambda: collect(bounces, session_factory, now()))
    if shelf is not None:
        jobs["jottings"] = (FORGET_EVERY, lambda: forget_jottings(session_factory, shelf, now()))
        jobs["retention"] = (ERASE_EVERY, lambda: erase_what_is_over(session_factory, shelf, now()))
    _add_jobs(scheduler, jobs)
    return scheduler


def _add_jobs(
    scheduler: BackgroundScheduler, jobs: Mapping[str, tuple[timedelta, Callable[[], object]]]
) -> None:
    for name, (every, act) in jobs.items():
        trigger = IntervalTrigger(seconds=int(every.total_seconds()))
        scheduler.add_job(_outlive, trigger, args=(f"{name}_failed", act), id=name)


def _simple_jobs(
    session_factory: SessionFactory, now: Now
) -> dict[str, tuple[timedelta, Callable[[], object]]]:
    """What needs nothing but the database and the time."""
    return {
        "tick": (TICK_EVERY, lambda: fire_all_due(session_factory, now)),
        "calendars": (CHECK_CALENDARS_EVERY, lambda: check_calendars(session_factory, now())),
        "spending": (EACH_MINUTE, lambda: check_spending(session_factory, now())),
        "substitutions": (EACH_MINUTE, lambda: end_substitutions(session_factory, now())),
        "knowledge": (END_KNOWLEDGE_EVERY, lambda: end_knowledge(session_factory, now())),
        "dormant": (CLOSE_DORMANT_EVERY, lambda: close_dormant_accounts(session_factory, now())),
        "units": (KEEP_UNIT_DATES_EVERY, lambda: keep_unit_dates(session_factory, now())),
        "calls": (FORGET_EVERY, lambda: forget_calls(session_factory, now())),
        "wishes": (REMIND_EVERY, lambda: _in_one(session_factory, remind_deciders, now())),
        "audit": (LINK_AUDIT_EVERY, lambda: link_audit(session_factory, now())),
        "bars": (BAR_UNITS_EVERY, after_changes(lambda since: bar_units(session_factory, since), now)),
        "digest": (EACH_MINUTE, lambda: send_due_digest(session_factory, now())),
    }


def check_calendars(session_factory: SessionFactory, now: datetime) -> bool:
    """Remind the administrators of a year that has to be imported, and tell whether one is missing."""
    return bool(_in_one(session_factory, tell_of_unannounced, now))


def forget_jottings(session_factory: SessionFactory, shelf: Shelf, now: datetime) -> int:
    """Forget what citizens typed on the web and did not send within a day; tells how many there were."""
    return _in_one(session_factory, lambda session, at: forget_old(session, shelf, at), now)


def erase_what_is_over(session_factory: SessionFactory, shelf: Shelf, now: datetime) -> dict[str, int]:
    """Erase what was kept long enough, batch by batch; gives how many tickets by kind.

    A pass that is cut short leaves whole batches behind, and the next one goes on from there.
    """
    batch, told = secrets.token_hex(8), {}
    for kind in ERASED:
        told[kind.value] = 0
        for _ in range(_ERASED_PER_PASS):
            with session_factory() as session, session.begin():
                erased = erase_some(session, shelf, kind, batch, now)
                note_erasing(session, kind, batch, erased, now)
            told[kind.value] += len(erased)
            if not erased:
                break
            _give_way(session_factory)
    _in_one(session_factory, lambda session, at: erase_loose(session, batch, at), now)
    return told


def link_audit(session_factory: SessionFactory, now: datetime) -> int:
    """Link what came into the audit trail since, some thousands a transaction; gives how many."""
    linked = 0
    while True:
        found = _in_one(session_factory, link_new, now)
        linked += found
        if found < LINKS_AT_ONCE:
            return linked


def forget_calls(session_factory: SessionFactory, now: datetime) -> int:
    """Forget the calls at the agents' desks whose time is over; tells how many there were."""
    return _in_one(session_factory, forget_old_calls, now)


def _in_one(session_factory: SessionFactory, act: Callable[[Session, datetime], int], now: datetime) -> int:
    with session_factory() as session, session.begin():
        return act(session, now)


def bar_units(session_factory: SessionFactory, since: datetime | None = None) -> None:
    """Work out anew which units each ticket is kept from; nothing, where no unit has changed since."""
    with session_factory() as session:
        if since is not None and not has_changed_units(session, since):
            return
    last: int | None = 0
    while last is not None:
        with session_factory() as session, session.begin():
            last = bar_some(session, last)


def check_spending(session_factory: SessionFactory, now: datetime) -> int | None:
    """Tell supervisors and administrators when a day's SMS run out; gives the mark that is reached."""
    with session_factory() as session, session.begin():
        return tell_of_spending(session, now)


def end_substitutions(session_factory: SessionFactory, now: datetime) -> int:
    """Mark the substitutions that are over or void, and tell how many there were."""
    return _in_one(session_factory, end_broken, now)


def end_knowledge(session_factory: SessionFactory, now: datetime) -> int:
    """Mark what ran out of the knowledge base and what is to be looked at again; gives how many changed."""
    return _in_one(session_factory, end_what_is_over, now)


def close_dormant_accounts(session_factory: SessionFactory, now: datetime) -> int:
    """Close the accounts nobody used for 90 days, each for itself, and write to the administrators."""
    with session_factory() as session:
        dormant = list_dormant(session, now)
    closed = list[int]()
    for user_id in dormant:
        with surviving("dormant_account_failed"), session_factory() as session, session.begin():
            closed += [user_id] if close_dormant(session, user_id, now) else []
    with session_factory() as session, session.begin():
        tell_of_closed(session, closed, now)
    return len(closed)


def keep_unit_dates(session_factory: SessionFactory, now: datetime) -> int:
    """Let units begin and end whose day has come, each for itself; tells how many did."""
    with session_factory() as session:
        due = list_due(session, now)
    kept = 0
    for unit_id in due:
        with surviving("unit_date_failed"), session_factory() as session, session.begin():
            kept += keep_date(session, unit_id, now)
    return kept


def fire_all_due(session_factory: SessionFactory, now: Now) -> int:
    """Fire every due timer and tell how many were settled; a bad one does not stop the others.

    The time is asked for again at each batch, so that a long backlog writes no event with a time gone by.
    """

    def one_timer() -> AbstractContextManager[None]:
        return surviving("timer_failed", but_not=(OperationalError,))

    total = 0
    tick = Tick(session_factory, now(), one_timer)
    for _ in range(_TICKET_BATCHES_PER_PASS):
        tick.now = now()
        tickets, timers = tick.settle_some()
        total += timers
        if tickets == 0:
            break
        _give_way(session_factory)
    return total


def send_all_due(
    session_factory: SessionFactory,
    providers: Carriers,
    now: Now,
    is_stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Send batch after batch until nothing more is due, and tell how many messages were claimed.

    On a database that was restored or copied it sends nothing and pauses the sending, unless everything stays
    in the house.
    """
    leaves_the_house = any(not Route.over(carrier).is_silent for carrier in providers.values())
    if leaves_the_house:
        with session_factory() as session, session.begin():
            pause_if_copied(session, now())
    total = 0
    options = Options(zone=current_site().zone, book=addresses_now, parallel=_LANES, is_stopping=is_stopping)
    for _ in range(_MESSAGE_BATCHES_PER_PASS):
        claimed = send_due(session_factory, providers, now, _MESSAGES_PER_BATCH, options)
        total += claimed
        if claimed == 0 or is_stopping():
            break
    if total and leaves_the_house:
        note_sent(session_factory, now())
    return total


def _outlive(event: str, act: Callable[[], object]) -> None:
    with surviving(event):
        act()


def _give_way(session_factory: SessionFactory) -> None:
    with session_factory() as session:
        if session.get_bind().dialect.name == "sqlite":
            time.sleep(_BREATH)


@contextmanager
def surviving(event: str, but_not: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Log a fault once under that name and go on; the faults in `but_not` go further up."""
    try:
        yield
    except but_not:
        raise
    except Exception:  # noqa: BLE001 - the loop must outlive whatever one round of it raises
        _log.exception(event)
