"""What has this day cost so far, and how much may it?

A use is written in the transaction that lets an SMS go out, before it is sent, so that every worker counts
what the others have on its way. It is taken back when the SMS surely was not taken. The caps' own row is
locked from the counting to that commit, so no two workers count the same room; nothing is locked while a
provider is asked.

What a killed worker had let go stays counted, since it may have gone out: the next attempt of the same
message is the same use, moved to its own day, and never a second one. So the copies of one message count
once. An attempt of unclear end keeps its use for the same reason, whatever becomes of the message later.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from notifications.models import Delivery, SendingCaps, SmsUse, State
from notifications.once import insert_once, insert_or_replace_all
from notifications.policy import Caps, Spent, day_start
from sealing import every_hash

_ROW = 1
# How an attempt ends of which it is known that the provider has nothing.
_NOT_TAKEN = (State.CREATED, State.DEAD, State.SKIPPED)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Use:
    """One SMS that goes out: to whom, whether it counts against a person's cap, and its parts."""

    message_id: str
    address_hash: str
    is_capped: bool
    segments: int
    at: datetime


@dataclass(slots=True)
class Purse:
    """The caps of the day and what is spent of them; `own` are the uses of the messages in question."""

    caps: Caps = field(default_factory=Caps)
    segments: int = 0
    to_person: dict[str, int] = field(default_factory=dict)
    own: dict[str, Use] = field(default_factory=dict)
    since: datetime = _LONG_AGO

    def spent_on(self, message_id: str, address_hash: str) -> Spent:
        """Tell what the others have spent: a message is not in its own way when it is tried again."""
        to_person, own = self.to_person.get(address_hash, 0), self.own.get(message_id)
        if own is None or own.at < self.since:
            return Spent(to_person, self.segments)
        is_counted = own.is_capped and own.address_hash in every_hash(address_hash)
        return Spent(to_person - is_counted, self.segments - own.segments)

    def note(self, use: Use) -> None:
        """Count one that goes out now."""
        spent = self.spent_on(use.message_id, use.address_hash)
        self.segments = spent.segments + use.segments
        self.to_person[use.address_hash] = spent.to_person + use.is_capped
        self.own[use.message_id] = use


def open_purse(session: Session, going: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Purse:
    """Read the caps and what the day has spent; see recount()."""
    purse = Purse(read_caps(session))
    recount(session, purse, going, day_start(now, zone))
    return purse


def recount(session: Session, purse: Purse, going: Mapping[str, str], since: datetime) -> None:
    """Read what was spent `since`, for messages with the hashes of their numbers.

    Nothing is taken for granted of an earlier count: its transaction may have been lost. What no cap looks
    at is not counted.
    """
    if purse.caps == Caps():
        return
    purse.since, hashes = since, set(going.values())
    if purse.caps.segments_per_day is not None:
        purse.segments = _count_segments(session, since)
    if purse.caps.per_person is not None:
        purse.to_person.update({**dict.fromkeys(hashes, 0), **_count_of_each(session, hashes, since)})
    own = session.scalars(select(SmsUse).where(SmsUse.message_id.in_(going)))
    found = {row.message_id: _use(row) for row in own}
    purse.own = {name: use for name, use in purse.own.items() if name not in going} | found


def count_segments_of_day(session: Session, now: datetime, zone: ZoneInfo) -> int:
    """Count the parts of SMS since midnight in the city, with those on their way."""
    return _count_segments(session, day_start(now, zone))


def hold_caps(session: Session) -> None:
    """Let nobody else count uses until this transaction ends. Before any message is locked: see gate."""
    session.execute(select(SendingCaps.id).where(SendingCaps.id == _ROW).with_for_update())


def note_uses(session: Session, uses: Sequence[Use]) -> None:
    """Count SMS as used from now on; one that is counted already moves to this moment. Never commits."""
    insert_or_replace_all(session, SmsUse, [asdict(use) for use in uses])


def take_back(session: Session, message_ids: Collection[str]) -> None:
    """Count these no longer, but for those of which some attempt may have been taken. Never commits."""
    if not message_ids:
        return
    perhaps = select(Delivery.id).where(
        Delivery.message_id == SmsUse.message_id,
        or_(Delivery.outcome.is_(None), Delivery.outcome.not_in(_NOT_TAKEN)),
    )
    session.execute(delete(SmsUse).where(SmsUse.message_id.in_(message_ids), ~perhaps.exists()))


def _count_segments(session: Session, since: datetime) -> int:
    return session.scalar(select(func.coalesce(func.sum(SmsUse.segments), 0)).where(SmsUse.at >= since)) or 0


def _count_of_each(session: Session, hashes: Collection[str], since: datetime) -> Mapping[str, int]:
    of_each = (
        select(SmsUse.address_hash, func.count())
        .where(SmsUse.address_hash.in_(hashes), SmsUse.at >= since, SmsUse.is_capped)
        .group_by(SmsUse.address_hash)
    )
    counted = {row[0]: row[1] for row in session.execute(of_each)}
    return {hashed: sum(counted.get(each, 0) for each in every_hash(hashed)) for hashed in hashes}


def _use(row: SmsUse) -> Use:
    return Use(row.message_id, row.address_hash, row.is_capped, row.segments, row.at)


def read_caps(session: Session) -> Caps:
    """Read the caps the city has chosen."""
    row = session.get(SendingCaps, _ROW)
    return Caps() if row is None else Caps(row.per_person, row.segments_per_day)


def choose_caps(session: Session, caps: Caps) -> None:
    """Set the caps; they hold from the next batch on. Never commits."""
    values = {"per_person": caps.per_person, "segments_per_day": caps.segments_per_day}
    insert_once(session, SendingCaps, {"id": _ROW, **values})
    session.execute(update(SendingCaps).where(SendingCaps.id == _ROW).values(**values))
