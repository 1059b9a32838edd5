"""How does a due message reach its provider: claim, commit, judge, choose, send, settle.

No database connection is held while a provider is asked. Sending is at least once: a worker that dies after
the provider's answer leaves a lease that runs out, and the message goes again under the same id.
"""

import os
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import SystemRandom
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from notifications import attempt, claims, digest, receipts, spending, switch
from notifications.attempt import Surroundings, later
from notifications.catalog import Channel
from notifications.claims import Claimed, Lease
from notifications.fallback import AddressBook, no_addresses, pass_on
from notifications.gate import Gate, is_paid, open_gate
from notifications.lanes import Lanes, open_lanes
from notifications.providers.base import Provider, Watched
from notifications.providers.routing import Resting, Route, Tried
from notifications.settlements import Ended, settle_all

_LOG = structlog.get_logger(__name__)
_RANDOM = SystemRandom()
_NOTHING = timedelta(0)
# A database that was away for longer than this has other worries than one copy of a message.
_SETTLE_RESTS = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0)

_T = TypeVar("_T")
Carrier = Provider | Watched | Route
Carriers = Mapping[Channel, Carrier]
_Begun = tuple[frozenset[str] | None, frozenset[str]]


def _new_owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _no_fault(_point: str) -> None:
    """Nothing breaks."""


@dataclass(frozen=True, slots=True)
class Options:
    """How this worker works. `book` tells where people are reached now.

    `fault` is called at named points, where a test may break it.

    With one lane it sends in the caller's own thread and cannot give up a send that hangs for longer than
    `longest_send`; every provider has a time limit of its own below it. Once it `is_stopping`, what is under
    way ends and the rest of a batch goes back.
    """

    owner: str = field(default_factory=_new_owner)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    lease: timedelta = timedelta(seconds=30)
    longest_send: timedelta = timedelta(seconds=60)
    parallel: int = 1
    book: AddressBook = no_addresses
    spread: Callable[[], float] = lambda: _RANDOM.uniform(-1, 1)
    rest: Callable[[float], None] = time.sleep
    is_stopping: Callable[[], bool] = lambda: False
    fault: Callable[[str], None] = _no_fault


def send_due(
    session_factory: Callable[[], Session],
    providers: Carriers,
    now: Callable[[], datetime],
    limit: int = 50,
    options: Options | None = None,
) -> int:
    """Send one batch of due messages and tell how many were claimed; 0 means that nothing can be sent now.

    Commits its own short transactions. A database that stays away propagates: leases run out, the batch is
    due again.
    """
    routes = {channel: Route.over(carrier) for channel, carrier in providers.items()}
    worker = _Worker(session_factory, routes, now, options or Options())
    batch, gate = worker.claim(limit)
    worker.options.fault("after_claim")
    if batch:
        lanes: Lanes[Ended] = open_lanes(worker.options.parallel)
        try:
            _Batch(worker, gate, lanes, deque(_suspects_last(batch))).carry()
        finally:
            lanes.close()
    return len(batch)


def _suspects_last(batch: Sequence[Claimed]) -> Sequence[Claimed]:
    """What may have killed a worker goes alone, after the others, so that no innocent dies with it."""
    return sorted(batch, key=lambda claimed: claimed.crashes > 0)


def _survive(act: Callable[[], _T], instead: Callable[[Exception], _T]) -> _T:
    """Let no fault of one message stop the others; a database that is away is not one message's fault."""
    try:
        return act()
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        return instead(error)


@dataclass(frozen=True, slots=True)
class _Worker:
    session_factory: Callable[[], Session]
    routes: Mapping[Channel, Route]
    now: Callable[[], datetime]
    options: Options

    @property
    def around(self) -> Surroundings:
        return Surroundings(self.now, self.options.zone, self.options.spread)

    def claim(self, limit: int) -> tuple[Sequence[Claimed], Gate]:
        """Take a batch, with what is needed to judge it; nothing while sending is paused."""
        book, zone, fault = self.options.book, self.options.zone, self.options.fault
        self._aside("messages_not_passed_on", lambda session: pass_on(session, book, self.now()))
        self._aside("reminders_not_folded", lambda session: digest.fold(session, self.now(), fault))
        with self.session_factory() as session, session.begin():
            lease = self.lease()
            receipts.apply_kept(session, lease.at)
            is_paused = switch.is_paused(session)
            batch = () if is_paused else self._claim(session, limit, lease)
            return open_gate(session, batch, book, (lease.at, zone))

    def _aside(self, failed: str, act: Callable[[Session], object]) -> None:
        """In a transaction of its own: a message that cannot be read must not hold up everybody else."""

        def try_it() -> None:
            with self.session_factory() as session, session.begin():
                act(session)

        def tell(error: Exception) -> None:
            _LOG.error(failed, error=type(error).__name__)

        _survive(try_it, tell)

    def _claim(self, session: Session, limit: int, lease: Lease) -> Sequence[Claimed]:
        """Leave what a resting provider would get where it is; one message tries whether it works again."""
        closed = {channel: route for channel, route in self.routes.items() if route.is_on_probation}
        batch = [*claims.claim(session, limit, lease, without=closed)]
        for channel, route in closed.items():
            if route.rest_left() == _NOTHING:
                batch += claims.claim_one(session, channel, lease)
        return batch

    def find_route(self, claimed: Claimed) -> Route | None:
        """Look the channel up by its word: a newer release may know one that this one does not."""
        return next((route for channel, route in self.routes.items() if channel == claimed.channel), None)

    def lease(self) -> Lease:
        return Lease(self.options.owner, self.now(), self.options.lease)

    def persist(self, act: Callable[[Session], _T]) -> _T:
        """Write in a transaction of its own, again while its end is unknown: twice is the same as once."""
        for rest in _SETTLE_RESTS:
            try:
                with self.session_factory() as session, session.begin():
                    return act(session)
            except (OperationalError, InterfaceError):
                self.options.rest(rest)
        with self.session_factory() as session, session.begin():
            return act(session)


@dataclass(slots=True)
class _Batch:
    """One batch on its way: what waits, what is being sent, and what has ended and is not written yet.

    Each turn writes the ends of the turn before and the beginnings of the next in one transaction.
    """

    worker: _Worker
    gate: Gate
    lanes: Lanes[Ended]
    waiting: deque[Claimed]
    running: dict[str, Claimed] = field(default_factory=dict)
    ended: list[Ended] = field(default_factory=list)
    renewed_at: float = field(default_factory=time.monotonic)

    def carry(self) -> None:
        """Bring every message of the batch to its next state."""
        while self.waiting or self.running or self.ended:
            self._turn()
            if self.running:
                self.ended = [*self.ended, *self._hear()]

    def _turn(self) -> None:
        if self.waiting and self.worker.options.is_stopping():
            self._put_back(())
        begins = self._next()
        if not (self.ended or begins):
            return
        ours, refused = self.worker.persist(partial(self._write, begins=begins))
        self.ended = []
        self.waiting.extendleft(claimed for claimed, _ in reversed(begins) if claimed.id in refused)
        if ours is None:
            self._put_back([claimed for claimed, _ in begins])
            return
        self.worker.options.fault("before_send")
        for claimed, provider in begins:
            if claimed.id in ours:
                self.running[claimed.id] = claimed
                self.lanes.start(claimed.id, partial(self._send, claimed, provider))

    def _write(self, session: Session, begins: Sequence[tuple[Claimed, Watched]]) -> _Begun:
        """Settle and begin; tells which are ours, and which a full day refuses.

        None are ours when sending was paused meanwhile, and then nothing begins.
        """
        paid = [claimed for claimed, provider in begins if is_paid(claimed, provider.name)]
        if paid:
            self.gate.hold(session)
        settle_all(session, self.ended)
        if begins and switch.is_paused(session):
            return None, frozenset()
        lease = self.worker.lease()
        going = self.gate.reserve(session, paid, lease.at)
        refused = frozenset(claimed.id for claimed in paid) - going
        named = [(claimed, provider.name) for claimed, provider in begins if claimed.id not in refused]
        ours = claims.begin_all(session, named, lease)
        spending.take_back(session, going - ours)
        return ours, refused

    def _put_back(self, begins: Sequence[Claimed]) -> None:
        now = self.worker.now()
        self.ended += [Ended(each, later(each, now, now, None)) for each in (*begins, *self.waiting)]
        self.waiting.clear()

    def _next(self) -> list[tuple[Claimed, Watched]]:
        """Choose what the free lanes take; what is not to be sent ends at once."""
        begins: list[tuple[Claimed, Watched]] = []
        free = self.lanes.free
        while self.waiting and len(begins) < free and not self._must_be_alone(begins):
            claimed = self.waiting.popleft()
            chosen = self._choose(claimed)
            if isinstance(chosen, Ended):
                self.ended.append(chosen)
            else:
                begins.append((claimed, chosen))
        return begins

    def _must_be_alone(self, begins: Sequence[tuple[Claimed, Watched]]) -> bool:
        busy = [*self.running.values(), *(claimed for claimed, _ in begins)]
        return bool(busy) and any(each.crashes for each in (*busy, self.waiting[0]))

    def _choose(self, claimed: Claimed) -> Watched | Ended:
        route = self.worker.find_route(claimed)
        around = self.worker.around
        stop = _survive(
            lambda: attempt.stop_before_sending(claimed, route, around, self.gate),
            lambda error: attempt.broken(claimed, error, around),
        )
        if stop is not None or route is None:
            return Ended(claimed, stop)  # type: ignore[arg-type]  # without a route there is always a stop
        now = self.worker.now()
        tried = Tried(claimed.id, claimed.provider, claimed.unclear_since)
        chosen = route.choose(tried, now)
        if isinstance(chosen, Resting):
            return Ended(claimed, later(claimed, now, now + chosen.left, "provider_resting"))
        return chosen

    def _send(self, claimed: Claimed, provider: Watched) -> Ended:
        route = self.worker.find_route(claimed)
        ended = attempt.send(
            claimed, provider, self.worker.around, has_choice=route is not None and route.has_choice
        )
        self.worker.options.fault("after_send")
        return ended

    def _hear(self) -> list[Ended]:
        """Wait for ends, hold on to the leases meanwhile, and give up what hangs."""
        options = self.worker.options
        beat, longest = options.lease.total_seconds() / 3, options.longest_send.total_seconds()
        heard = self.lanes.ended(min(longest, max(0.0, self.renewed_at + beat - time.monotonic())))
        for name in self.lanes.give_up(longest):
            heard.append(attempt.hung(self.running[name], self.worker.around))
        for ended in heard:
            del self.running[ended.claimed.id]
        if time.monotonic() - self.renewed_at >= beat:
            held = [*self.waiting, *self.running.values(), *(each.claimed for each in (*self.ended, *heard))]
            self.worker.persist(lambda session: claims.renew_all(session, held, self.worker.lease()))
            self.renewed_at = time.monotonic()
        return heard
