"""Which of a channel's providers takes a message: by weight, by health, and by what was tried before."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.providers.base import Provider, Watched
from notifications.providers.console import ConsoleProvider
from notifications.providers.demo_carrier import DEMO_CARRIERS
from notifications.providers.mailbox import MailboxProvider
from notifications.retry import UNCLEAR_PATIENCE

_AT_ONCE = timedelta(0)
SILENT = frozenset({MailboxProvider.name, ConsoleProvider.name, *DEMO_CARRIERS})
_HASH_RANGE = 2.0**64


@dataclass(frozen=True, slots=True)
class Tried:
    """What is known of a message's last attempt: by whom, and since when it may have succeeded."""

    message_id: str
    provider: str | None = None
    unclear_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resting:
    """No provider may be asked now; one of them perhaps after this time."""

    left: timedelta


class Route:
    """The providers of one channel, each with the share of messages it gets. Safe between threads."""

    def __init__(self, weighted: Sequence[tuple[Provider | Watched, float]]) -> None:
        self._weighted = tuple((Watched.over(provider), weight) for provider, weight in weighted)

    @classmethod
    def over(cls, carrier: "Provider | Watched | Route") -> "Route":
        return carrier if isinstance(carrier, cls) else cls([(carrier, 1.0)])  # type: ignore[list-item]  # no Route

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(watched.name for watched, _ in self._weighted)

    @property
    def name(self) -> str:
        """The providers' names, the first one first."""
        return "+".join(self.names)

    @property
    def is_silent(self) -> bool:
        """Whether nobody's phone rings and no mail leaves."""
        return SILENT.issuperset(self.names)

    @property
    def has_choice(self) -> bool:
        return len(self._weighted) > 1

    def rest_left(self) -> timedelta:
        """Tell how long all of them still rest."""
        return min(watched.rest_left() for watched, _ in self._weighted)

    @property
    def is_on_probation(self) -> bool:
        """Whether none of them has taken a message since it rested."""
        return all(watched.is_on_probation for watched, _ in self._weighted)

    def choose(self, tried: Tried, now: datetime) -> Watched | Resting:
        """Choose who takes the message, or tell how long to wait.

        Whoever failed last comes last. A message that its provider may have stays with that one for a while,
        since another would send it a second time.
        """
        own = [watched for watched, _ in self._weighted if watched.name == tried.provider]
        if own and tried.unclear_since is not None:
            patience = tried.unclear_since + UNCLEAR_PATIENCE - now
            if patience > _AT_ONCE:
                return _first(own, at_most=patience)
        others = [watched for watched in self._ranked(tried.message_id) if watched not in own]
        return _first([*others, *own])

    def _ranked(self, message_id: str) -> list[Watched]:
        """Order by weighted rendezvous: one message meets the same order again, all of them the weights."""
        scored = [
            (weight / -math.log(_chance(message_id, each.name)), each) for each, weight in self._weighted
        ]
        return [each for _, each in sorted(scored, key=lambda pair: -pair[0])]


def _first(candidates: Sequence[Watched], at_most: timedelta | None = None) -> Watched | Resting:
    rests = []
    for candidate in candidates:
        rest = candidate.ask_leave()
        if rest == _AT_ONCE:
            return candidate
        rests.append(rest)
    left = min(rests)
    return Resting(left if at_most is None else min(left, at_most))


def _chance(message_id: str, name: str) -> float:
    """Draw between 0 and 1, both excluded, always the same for the same two."""
    digest = hashlib.blake2b(f"{message_id}:{name}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest) + 0.5) / _HASH_RANGE
