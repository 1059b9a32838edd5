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

_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message ready to go. `id` is the same on every attempt, for providers that recognise a repeat.

    Holds the words and, for carriers that send approved templates only, the template's code and variables.
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
    """Not now; worth another try, not before `retry_after` when the provider says so."""

    def __init__(self, code: str, retry_after: timedelta | None = None) -> None:
        super().__init__(code)
        self.retry_after = retry_after


class PermanentFailure(DeliveryError):  # noqa: N818 - the glossary's word
    """Never: the message itself is refused."""


class Provider(Protocol):
    """Carries messages of one or more channels."""

    @property
    def name(self) -> str: ...

    def send(self, outgoing: Outgoing) -> Accepted:
        """Hand the message over within a timeout, or raise TemporaryFailure or PermanentFailure."""
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
            # A refused message is not the provider's bad luck: the provider answered.
            self._note(is_success=not isinstance(error, TemporaryFailure))
            self._log("message_not_taken", outgoing, started, error.code)
            raise
        self._note(is_success=True)
        self._log("message_taken", outgoing, started, None)
        return accepted

    def _note(self, *, is_success: bool) -> None:
        with self._lock:
            self._breaker = self._breaker.after(self._clock(), is_success=is_success)

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
