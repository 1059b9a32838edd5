"""Which reminders still hold after clocks stopped, stood still or moved? Each reminder is about one clock."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.services.clock_changes import Noted
from hotline.services.duty import opening_of
from notifications.reminders import Why, renew, restore, withdraw
from workflows.vocabulary import ChangeReason

_MOVED = frozenset({ChangeReason.EXTENDED, ChangeReason.RECLASSIFIED, ChangeReason.RECOUNTED})


def topic_of(clock_id: int) -> str:
    """Name a clock as the outbox knows it."""
    return f"clock:{clock_id}"


def follow_clocks(session: Session, silenced: Collection[int], noted: Sequence[Noted], now: datetime) -> None:
    """Withdraw what silenced clocks had to remind of, unless they only moved and are late all the same.

    What was withdrawn for a pause waits again: a pause moves every moment, so what had come stays past.
    So does what was withdrawn for a stop that was undone.
    """
    paused = {each.clock.id for each in noted if each.reason is ChangeReason.PAUSED and each.clock.paused_at}
    resumed = {
        each.clock.id
        for each in noted
        if each.reason is ChangeReason.RESUMED and each.clock.stopped_at is None
    }
    late = {
        each.clock.id
        for each in noted
        if each.reason in _MOVED and each.clock.stopped_at is None and each.clock.due_at <= now
    }
    withdraw(session, _topics(set(silenced) - paused - late), Why.MOOT)
    withdraw(session, _topics(paused), Why.PAUSED)
    restored = {each.clock.id for each in noted if each.reason is ChangeReason.RESTORED}
    for again, clock_ids in ((renew, resumed - paused), (restore, restored)):
        if clock_ids:
            again(session, _topics(clock_ids), lambda who: opening_of(session, who, now), now)


def _topics(clock_ids: Iterable[int]) -> list[str]:
    return [topic_of(clock_id) for clock_id in sorted(clock_ids)]
