"""What will become of a message that waits: what does it say, and when does it go, or why never?

Foretold by the rules that the worker applies when its time comes, as far as all is known by now.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from notifications import policy
from notifications.catalog import Channel
from notifications.claims import Claimed, as_claimed, list_held_up
from notifications.fallback import AddressBook, next_channel
from notifications.gate import Gate, open_gate, say
from notifications.models import OutboxMessage
from notifications.policy import day_start
from notifications.render import Rendered, count_segments
from notifications.spending import Purse

Facts = Mapping[str, str]

# Why a message waits, besides the policy's own reasons.
QUIET_HOURS = "quiet_hours"
OFF_DUTY = "off_duty"
EARLIER_MESSAGE = "earlier_message"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, so to say: at what moment and where, and what of the facts they may not read.

    `hide` keeps the length of what it hides. `rings_nowhere` in an installation whose SMS reach no telephone.
    """

    now: datetime
    zone: ZoneInfo
    hide: Callable[[Facts], Facts]
    rings_nowhere: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """The words of a message and its prospects; `segments` is 0 but for an SMS.

    Without a `reason` it goes out at once; with one it waits, or it never goes by this channel, and then
    `instead` is the channel that is tried next, if any.
    """

    words: Rendered
    segments: int = 0
    waits_until: datetime | None = None
    reason: str = ""
    instead: Channel | None = None


def foresee(
    session: Session, rows: Sequence[OutboxMessage], book: AddressBook, asking: Asking
) -> Sequence[Outlook]:
    """Foretell each of these messages, which nobody has in hand. Never commits."""
    batch = [as_claimed(row) for row in rows]
    held_up = list_held_up(session, [row.id for row in rows])
    current, gate = open_gate(session, batch, book, (asking.now, asking.zone))
    return [
        _foresee(claimed, gate, asking, _moment(row, held_up.get(row.id), asking.now))
        for row, claimed in zip(rows, current, strict=True)
    ]


def _moment(row: OutboxMessage, held_up: datetime | None, now: datetime) -> tuple[datetime, str]:
    """Tell from when a message may be judged, and what it waits for until then.

    The moment in which its cause may still be undone is not worth a word.
    """
    at = max(row.next_attempt_at, now)
    if held_up is not None and held_up > at:
        return held_up, EARLIER_MESSAGE
    return at, "" if row.digest_key is None else OFF_DUTY


def _foresee(claimed: Claimed, gate: Gate, asking: Asking, moment: tuple[datetime, str]) -> Outlook:
    at, waits_for = moment
    words, segments = _words(claimed, asking)
    match _gate_at(at, gate, asking).judge(claimed, at, rings_nowhere=asking.rings_nowhere):
        case policy.Skip(reason):
            addresses = gate.addresses.get(claimed.recipient, {})
            instead = next_channel(claimed.kind, Channel(claimed.channel), addresses)
            return Outlook(words, segments, reason=reason, instead=instead)
        case policy.Wait(until, reason):
            return Outlook(words, segments, until, reason or QUIET_HOURS)
        case policy.Send():
            return Outlook(words, segments, at if waits_for else None, waits_for)


def _gate_at(at: datetime, gate: Gate, asking: Asking) -> Gate:
    """Of a day to come nothing is spent."""
    is_today = day_start(at, asking.zone) == day_start(asking.now, asking.zone)
    return gate if is_today else replace(gate, purse=Purse(gate.purse.caps))


def _words(claimed: Claimed, asking: Asking) -> tuple[Rendered, int]:
    words = say(replace(claimed, facts=asking.hide(claimed.facts)))
    return words, count_segments(words.text) if claimed.channel == Channel.SMS else 0
