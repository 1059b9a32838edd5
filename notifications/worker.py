"""How does a due message reach its provider: claim, commit, judge, render, send, settle.

No database connection is held while a provider is asked. Sending is at least once: a worker that dies after
the provider's answer leaves a lease that runs out, and the message goes again under the same id.
"""

import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import SystemRandom
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from notifications import digest, outbox, policy, receipts, retry, spending
from notifications.catalog import KINDS, Channel, get_kind
from notifications.fallback import AddressBook, no_addresses, pass_on
from notifications.gate import Gate, open_gate
from notifications.models import State
from notifications.outbox import Claimed, Lease, Settlement
from notifications.providers.base import (
    Accepted,
    Outgoing,
    PermanentFailure,
    Provider,
    TemporaryFailure,
    Watched,
)
from notifications.providers.mailbox import MailboxProvider
from notifications.render import count_segments, render

_LOG = structlog.get_logger(__name__)
_RANDOM = SystemRandom()
# Someone must configure a provider first; until then the message is kept and looked at now and then.
_NO_PROVIDER_REST = timedelta(minutes=10)


def _new_owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _no_fault(_point: str) -> None:
    """Nothing breaks."""


@dataclass(frozen=True, slots=True)
class Options:
    """How this worker works. `book` tells where people are reached now.

    `fault` is called at named points, where a test may break it.
    """

    owner: str = field(default_factory=_new_owner)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    lease: timedelta = timedelta(seconds=30)
    parallel: int = 1
    book: AddressBook = no_addresses
    spread: Callable[[], float] = lambda: _RANDOM.uniform(-1, 1)
    fault: Callable[[str], None] = _no_fault


def send_due(
    session_factory: Callable[[], Session],
    providers: Mapping[Channel, Provider],
    now: Callable[[], datetime],
    limit: int = 50,
    options: Options | None = None,
) -> int:
    """Send one batch of due messages and tell how many were claimed; 0 means that nothing is due.

    Commits its own short transactions. A database error propagates: leases run out, the batch is due again.
    """
    worker = _Worker(session_factory, _watched(providers), now, options or Options())
    batch, gate = worker.claim(limit)
    if worker.options.parallel == 1:
        for claimed in batch:
            worker.carry(claimed, gate)
    else:
        with ThreadPoolExecutor(max_workers=worker.options.parallel) as pool:
            list(pool.map(lambda claimed: worker.carry(claimed, gate), batch))
    return len(batch)


def _watched(providers: Mapping[Channel, Provider]) -> Mapping[Channel, Watched]:
    return {channel: Watched.over(provider) for channel, provider in providers.items()}


@dataclass(frozen=True, slots=True)
class _Worker:
    session_factory: Callable[[], Session]
    providers: Mapping[Channel, Watched]
    now: Callable[[], datetime]
    options: Options

    def claim(self, limit: int) -> tuple[Sequence[Claimed], Gate]:
        """Take a batch, with what is needed to judge it."""
        with self.session_factory() as session, session.begin():
            lease = self._lease()
            receipts.apply_kept(session, lease.at)
            pass_on(session, self.options.book, lease.at)
            digest.fold(session, lease.at, self.options.fault)
            batch = outbox.claim(session, limit, lease)
            return open_gate(session, batch, self.options.book, (lease.at, self.options.zone))

    def carry(self, claimed: Claimed, gate: Gate) -> None:
        """Bring one claimed message to its next state."""
        now = self.now()
        settlement = self._stop_before_sending(claimed, now, gate)
        if settlement is None:
            provider = self.providers[Channel(claimed.channel)]
            rest = provider.ask_leave()
            if rest:
                settlement = _later(claimed, now, now + rest, "provider_resting")
            elif not self._begin(claimed, provider.name):
                return
            else:
                settlement = self._attempt(claimed, provider)
                self.options.fault("after_send")
        with self.session_factory() as session, session.begin():
            if outbox.settle(session, claimed, settlement) and settlement.segments:
                use = (claimed.address_hash, get_kind(claimed.kind).is_capped, settlement.segments)
                spending.note_use(session, claimed.id, use, settlement.at)

    def _stop_before_sending(self, claimed: Claimed, now: datetime, gate: Gate) -> Settlement | None:
        if claimed.crashes >= retry.POISON_LIMIT:
            return self._dead(claimed, "poison", crashes=claimed.crashes)
        if claimed.kind not in KINDS:
            return self._dead(claimed, "unknown_kind", crashes=claimed.crashes)
        if claimed.channel not in self.providers:
            return _later(claimed, now, now + _NO_PROVIDER_REST, "no_provider")
        match gate.judge(claimed, self.providers[Channel(claimed.channel)].name, now):
            case policy.Wait(until, reason):
                return _later(claimed, now, until, reason or None)
            case policy.Skip(reason):
                return Settlement(State.SKIPPED, now, claimed.failures, claimed.crashes, skip_reason=reason)
            case policy.Send():
                return None

    def _begin(self, claimed: Claimed, provider: str) -> bool:
        with self.session_factory() as session, session.begin():
            return outbox.begin_attempt(session, claimed, provider, self._lease())

    def _attempt(self, claimed: Claimed, provider: Watched) -> Settlement:
        try:
            outgoing = _compose(claimed)
            accepted = provider.send(outgoing)
        except PermanentFailure as failure:
            return self._dead(claimed, failure.code, crashes=claimed.crashes)
        except TemporaryFailure as failure:
            return self._again(claimed, failure)
        except Exception as error:  # noqa: BLE001 - one broken message must not stop the others
            return self._crashed(claimed, error)
        costs = outgoing.channel is Channel.SMS and provider.name != MailboxProvider.name
        return self._accepted(claimed, accepted, count_segments(outgoing.text) if costs else 0)

    def _accepted(self, claimed: Claimed, accepted: Accepted, segments: int) -> Settlement:
        return Settlement(
            State.ACCEPTED,
            self.now(),
            claimed.failures,
            claimed.crashes,
            provider_reference=accepted.reference,
            segments=segments,
        )

    def _again(self, claimed: Claimed, failure: TemporaryFailure) -> Settlement:
        now = self.now()
        failures = claimed.failures + 1
        trials = retry.Trials(failures, claimed.first_attempt_at or now)
        at = retry.next_attempt_at(trials, now, self.options.spread(), failure.retry_after)
        if at is None:
            return self._dead(claimed, failure.code, crashes=claimed.crashes)
        return Settlement(
            State.CREATED, now, failures, claimed.crashes, next_attempt_at=at, error=failure.code
        )

    def _crashed(self, claimed: Claimed, error: Exception) -> Settlement:
        """The type only is noted: an exception's text may quote the message."""
        now = self.now()
        crashes = claimed.crashes + 1
        code = f"raised_{type(error).__name__}"[:64]
        _LOG.error("message_raised", message_id=claimed.id, kind=claimed.kind, error=code, crashes=crashes)
        if crashes >= retry.POISON_LIMIT:
            return self._dead(claimed, code, crashes=crashes)
        trials = retry.Trials(crashes, claimed.first_attempt_at or now)
        at = retry.next_attempt_at(trials, now, self.options.spread())
        return Settlement(State.CREATED, now, claimed.failures, crashes, next_attempt_at=at, error=code)

    def _dead(self, claimed: Claimed, code: str, *, crashes: int) -> Settlement:
        _LOG.error(
            "message_dead", message_id=claimed.id, kind=claimed.kind, channel=claimed.channel, error=code
        )
        return Settlement(State.DEAD, self.now(), claimed.failures, crashes, error=code)

    def _lease(self) -> Lease:
        return Lease(self.options.owner, self.now(), self.options.lease)


def _later(claimed: Claimed, now: datetime, until: datetime, error: str | None) -> Settlement:
    return Settlement(
        State.CREATED, now, claimed.failures, claimed.crashes, next_attempt_at=until, error=error
    )


def _compose(claimed: Claimed) -> Outgoing:
    kind, channel = get_kind(claimed.kind), Channel(claimed.channel)
    words = render(kind, channel, claimed.language, claimed.facts)
    return Outgoing(
        id=claimed.id,
        kind=claimed.kind,
        channel=channel,
        recipient=claimed.recipient,
        address=claimed.address,
        subject=claimed.subject,
        text=words.text,
        title=words.title,
        html=words.html,
        template_code=kind.template_code,
        facts=claimed.facts,
    )
