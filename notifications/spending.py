"""What has this day cost so far, and how much may it: counted for a batch before its messages are judged."""

import threading
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from notifications.models import SendingCaps, SmsUse
from notifications.once import insert_all_once, insert_once
from notifications.policy import Caps, Spent, day_start

_ROW = 1


@dataclass(frozen=True, slots=True)
class Use:
    """One SMS that a provider took: to whom, whether it counts against a person's cap, and its parts."""

    message_id: str
    address_hash: str
    is_capped: bool
    segments: int
    at: datetime


@dataclass(slots=True)
class Purse:
    """The caps of the day and what is spent of them; grows with each message let go. Safe between threads.

    Workers do not see each other's batches, so together they may send a batch more than the caps.
    """

    caps: Caps = field(default_factory=Caps)
    segments: int = 0
    to_person: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spent_on(self, address_hash: str) -> Spent:
        """Tell what is spent so far, on one address and in all."""
        with self._lock:
            return Spent(self.to_person[address_hash], self.segments)

    def note(self, address_hash: str, *, is_capped: bool) -> None:
        """Count a message that goes out now; its parts are known once it is written."""
        with self._lock:
            self.segments += 1
            self.to_person[address_hash] += is_capped


def open_purse(session: Session, hashes: Collection[str], now: datetime, zone: ZoneInfo) -> Purse:
    """Read the caps and what the city's day has spent, in all and on each of these addresses."""
    since = day_start(now, zone)
    total = session.scalar(select(func.coalesce(func.sum(SmsUse.segments), 0)).where(SmsUse.at >= since))
    of_each = (
        select(SmsUse.address_hash, func.count())
        .where(SmsUse.address_hash.in_(hashes), SmsUse.at >= since, SmsUse.is_capped)
        .group_by(SmsUse.address_hash)
    )
    counts: Counter[str] = Counter()
    counts.update({row[0]: row[1] for row in session.execute(of_each)})
    return Purse(read_caps(session), total or 0, counts)


def count_segments_of_day(session: Session, now: datetime, zone: ZoneInfo) -> int:
    """Count the parts of SMS paid for since midnight in the city."""
    return open_purse(session, (), now, zone).segments


def note_uses(session: Session, uses: Sequence[Use]) -> None:
    """Keep what accepted SMS are charged as; one that is kept already stays as it is."""
    insert_all_once(session, SmsUse, [asdict(use) for use in uses])


def read_caps(session: Session) -> Caps:
    """Read the caps the city has chosen."""
    row = session.get(SendingCaps, _ROW)
    return Caps() if row is None else Caps(row.per_person, row.segments_per_day)


def choose_caps(session: Session, caps: Caps) -> None:
    """Set the caps; they hold from the next batch on. Never commits."""
    values = {"per_person": caps.per_person, "segments_per_day": caps.segments_per_day}
    insert_once(session, SendingCaps, {"id": _ROW, **values})
    session.execute(update(SendingCaps).where(SendingCaps.id == _ROW).values(**values))
