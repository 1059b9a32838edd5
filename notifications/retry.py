"""When is a failed message tried again, when is it given up, and when does a provider get a rest. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

POISON_LIMIT = 5
GIVE_UP_AFTER = timedelta(hours=4)
_FIRST_DELAYS = (timedelta(0), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5))
_LATER_DELAY = timedelta(minutes=10)
_JITTER = 0.2
# A status message by a provider that gave no answer may be under way: its receipt tells within this time,
# most often. Longer than a lease, so that it counts after a crash as well.
UNCLEAR_DELAY = timedelta(seconds=30)
# After this its own provider's silence is not waited for any longer and another may send it.
UNCLEAR_PATIENCE = timedelta(seconds=45)
# A provider that asks for more than this is treated as down; the message must not die of one header.
_LONGEST_RETRY_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Trials:
    """How often a message was tried in vain (at least once) and when the first try began."""

    failures: int
    first_at: datetime


def next_attempt_at(
    trials: Trials, now: datetime, spread: float = 0.0, retry_after: timedelta | None = None
) -> datetime | None:
    """Give the instant of the next try, or None when four hours of trying are over.

    `spread` between -1 and 1 moves the delay by up to a fifth, so that a crowd does not return all at once.
    """
    delay = _delay_after(trials.failures) * (1 + _JITTER * spread)
    if retry_after is not None:
        delay = max(delay, min(retry_after, _LONGEST_RETRY_AFTER))
    at = now + delay
    return None if at > trials.first_at + GIVE_UP_AFTER else at


def _delay_after(failures: int) -> timedelta:
    index = failures - 1
    return _FIRST_DELAYS[index] if index < len(_FIRST_DELAYS) else _LATER_DELAY


_REMEMBERED = 20
_IN_A_ROW = 5
_WINDOW = 60.0
_REST = 30.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """A provider's recent luck. Times are seconds of a monotonic clock, which no clock jump disturbs."""

    outcomes: tuple[tuple[float, bool], ...] = ()
    opens_again_at: float | None = None

    def rest_left(self, at: float) -> float:
        """Give the seconds to wait before the provider may be asked again; 0 when it may be asked now."""
        return 0.0 if self.opens_again_at is None else max(0.0, self.opens_again_at - at)

    def told_to_wait(self, at: float, seconds: float) -> "Breaker":
        """Note that the provider itself asked to be left alone for so long."""
        until = at + min(seconds, _LONGEST_RETRY_AFTER.total_seconds())
        return replace(self, opens_again_at=max(until, self.opens_again_at or until))

    def asked(self, at: float) -> "Breaker":
        """Note a call that begins. While open this is the one probe, and the next must wait a full rest."""
        return self if self.opens_again_at is None else replace(self, opens_again_at=at + _REST)

    def after(self, at: float, *, is_success: bool) -> "Breaker":
        """Note how a call ended."""
        if self.opens_again_at is not None:
            return Breaker() if is_success else replace(self, opens_again_at=at + _REST)
        outcomes = (*self.outcomes, (at, is_success))[-_REMEMBERED:]
        recent = [good for when, good in outcomes if when > at - _WINDOW]
        if _is_tripped(recent):
            return Breaker(opens_again_at=at + _REST)
        return Breaker(outcomes=outcomes)


def _is_tripped(recent: list[bool]) -> bool:
    if len(recent) >= _IN_A_ROW and not any(recent[-_IN_A_ROW:]):
        return True
    return len(recent) >= _REMEMBERED and recent.count(False) * 2 >= len(recent)
