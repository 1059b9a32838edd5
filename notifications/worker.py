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
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import digest, outbox, policy, receipts, retry
from notifications.catalog import KINDS, Channel, get_kind
from notifications.models import OptOut, State
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
from notifications.render import render

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
    """How this worker works. `fault` is called at named points, where a test may break it."""

    owner: str = field(default_factory=_new_owner)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    lease: timedelta = timedelta(seconds=30)
    parallel: int = 1
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
    batch, opted_out = worker.claim(limit)
    carry = _carrier(worker, opted_out)
    if worker.options.parallel == 1:
        for claimed in batch:
            carry(claimed)
    else:
        with ThreadPoolExecutor(max_workers=worker.options.parallel) as pool:
            list(pool.map(carry, batch))
    return len(batch)


def _watched(providers: Mapping[Channel, Provider]) -> Mapping[Channel, Watched]:
    return {channel: Watched.over(provider) for channel, provider in providers.items()}


def _carrier(worker: "_Worker", opted_out: frozenset[tuple[str, str]]) -> Callable[[Claimed], None]:
    return lambda claimed: worker.carry(
        claimed, has_opted_out=(claimed.address_hash, claimed.channel) in opted_out
    )


@dataclass(frozen=True, slots=True)
class _Worker:
    session_factory: Callable[[], Session]
    providers: Mapping[Channel, Watched]
    now: Callable[[], datetime]
    options: Options

    def claim(self, limit: int) -> tuple[Sequence[Claimed], frozenset[tuple[str, str]]]:
        """Take a batch, with the opt-outs that touch it."""
        with self.session_factory() as session, session.begin():
            lease = self._lease()
            receipts.apply_kept(session, lease.at)
            digest.fold(session, lease.at, self.options.fault)
            batch = outbox.claim(session, limit, lease)
            hashes = {claimed.address_hash for claimed in batch}
            rows = session.execute(
                select(OptOut.address_hash, OptOut.channel).where(OptOut.address_hash.in_(hashes))
            ).all()
        return batch, frozenset((hashed, channel) for hashed, channel in rows)

    def carry(self, claimed: Claimed, *, has_opted_out: bool) -> None:
        """Bring one claimed message to its next state."""
        now = self.now()
        settlement = self._stop_before_sending(claimed, now, has_opted_out=has_opted_out)
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
            outbox.settle(session, claimed, settlement)

    def _stop_before_sending(
        self, claimed: Claimed, now: datetime, *, has_opted_out: bool
    ) -> Settlement | None:
        if claimed.crashes >= retry.POISON_LIMIT:
            return self._dead(claimed, "poison", crashes=claimed.crashes)
        if claimed.kind not in KINDS:
            return self._dead(claimed, "unknown_kind", crashes=claimed.crashes)
        if claimed.channel not in self.providers:
            return _later(claimed, now, now + _NO_PROVIDER_REST, "no_provider")
        case = policy.Case(
            kind=get_kind(claimed.kind),
            channel=Channel(claimed.channel),
            address=claimed.address,
            is_urgent=claimed.is_urgent,
            has_opted_out=has_opted_out,
            rings_nowhere=self.providers[Channel(claimed.channel)].name == MailboxProvider.name,
        )
        match policy.judge(case, now, self.options.zone):
            case policy.Wait(until):
                return _later(claimed, now, until, None)
            case policy.Skip(reason):
                return Settlement(State.SKIPPED, now, claimed.failures, claimed.crashes, skip_reason=reason)
            case policy.Send():
                return None

    def _begin(self, claimed: Claimed, provider: str) -> bool:
        with self.session_factory() as session, session.begin():
            return outbox.begin_attempt(session, claimed, provider, self._lease())

    def _attempt(self, claimed: Claimed, provider: Watched) -> Settlement:
        try:
            accepted = provider.send(_compose(claimed))
        except PermanentFailure as failure:
            return self._dead(claimed, failure.code, crashes=claimed.crashes)
        except TemporaryFailure as failure:
            return self._again(claimed, failure)
        except Exception as error:  # noqa: BLE001 - one broken message must not stop the others
            return self._crashed(claimed, error)
        return self._accepted(claimed, accepted)

    def _accepted(self, claimed: Claimed, accepted: Accepted) -> Settlement:
        return Settlement(
            State.ACCEPTED,
            self.now(),
            claimed.failures,
            claimed.crashes,
            provider_reference=accepted.reference,
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
