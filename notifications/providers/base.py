"""What is a provider: one call that takes a message, and the watch that times, logs and rests each one."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog

from notifications.catalog import Channel
from notifications.retry import Breaker
from notifications.words import Approved

_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message ready to go. `id` is the same on every attempt, for providers that recognise a repeat.

    Holds the words and, for carriers that send approved templates only, the template's code and variables;
    `approved` are the city's own words as its carriers approved them, by provider.
    """

    id: str
    kind: str
    channel: Channel
    recipient: str
    address: str
    subject: str
    text: str
    title: str = ""
    html: str = ""
    template_code: str = ""
    approved: Mapping[str, Approved] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it; its receipts will name this reference."""

    reference: str


class DeliveryError(Exception):
    """A message was not taken. `code` is short and holds nothing personal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TemporaryFailure(DeliveryError):  # noqa: N818 - the glossary's word
    """Not taken, by no fault of the message; worth another try, not before `retry_after` when it is given."""

    def __init__(self, code: str, retry_after: timedelta | None = None) -> None:
        super().__init__(code)
        self.retry_after = retry_after


class NotCarried(TemporaryFailure):
    """Not by this provider, which is in good health; another may carry it."""


class UnclearOutcome(TemporaryFailure):
    """It went out and no answer came back: the provider may have it, and nobody else is asked at once."""


class PermanentFailure(DeliveryError):  # noqa: N818 - the glossary's word
    """Never, by nobody: the message itself is refused, or `is_unreachable` its address."""

    def __init__(self, code: str, *, is_unreachable: bool = False) -> None:
        super().__init__(code)
        self.is_unreachable = is_unreachable


class Provider(Protocol):
    """Carries messages of one or more channels."""

    @property
    def name(self) -> str: ...

    def send(self, outgoing: Outgoing) -> Accepted:
        """Hand the message over within a timeout, or raise a DeliveryError. Several threads call at once."""
        ...


class Watched:
    """A provider under watch: calls timed and logged, a rest when too many fail. Safe between threads."""

    def __init__(self, provider: Provider, clock: Callable[[], float] = time.monotonic) -> None:
        self._provider = provider
        self._clock = clock
        self._lock = threading.Lock()
        self._breaker = Breaker()

    @classmethod
    def over(cls, provider: "Provider | Watched") -> "Watched":
        return provider if isinstance(provider, cls) else cls(provider)

    @property
    def name(self) -> str:
        return self._provider.name

    def rest_left(self) -> timedelta:
        """Tell how long it still rests, without asking for leave."""
        with self._lock:
            return timedelta(seconds=self._breaker.rest_left(self._clock()))

    @property
    def is_on_probation(self) -> bool:
        """Whether it rested and has not taken a message since: one is tried before others follow."""
        with self._lock:
            return self._breaker.opens_again_at is not None

    def ask_leave(self) -> timedelta:
        """Ask before a call: zero means go ahead, and a resting provider is probed by one caller only."""
        with self._lock:
            at = self._clock()
            rest = self._breaker.rest_left(at)
            if rest == 0:
                self._breaker = self._breaker.asked(at)
            return timedelta(seconds=rest)

    def send(self, outgoing: Outgoing) -> Accepted:
        started = self._clock()
        try:
            accepted = self._provider.send(outgoing)
        except DeliveryError as error:
            self._note_failure(error)
            self._log("message_not_taken", outgoing, started, error.code)
            raise
        self._note(is_success=True)
        self._log("message_taken", outgoing, started, None)
        return accepted

    def _note_failure(self, error: DeliveryError) -> None:
        if isinstance(error, NotCarried):
            return
        # A refused message is not the provider's bad luck: the provider answered.
        self._note(is_success=not isinstance(error, TemporaryFailure))
        retry_after = getattr(error, "retry_after", None)
        if retry_after is not None:
            with self._lock:
                self._breaker = self._breaker.told_to_wait(self._clock(), retry_after.total_seconds())

    def _note(self, *, is_success: bool) -> None:
        with self._lock:
            was_open = self._breaker.opens_again_at is not None
            self._breaker = self._breaker.after(self._clock(), is_success=is_success)
            is_open = self._breaker.opens_again_at is not None
        if was_open is not is_open:
            _LOG.warning("provider_rests" if is_open else "provider_works_again", provider=self.name)

    def _log(self, event: str, outgoing: Outgoing, started: float, error: str | None) -> None:
        _LOG.info(
            event,
            message_id=outgoing.id,
            kind=outgoing.kind,
            channel=str(outgoing.channel),
            provider=self.name,
            seconds=round(self._clock() - started, 3),
            error=error,
        )
