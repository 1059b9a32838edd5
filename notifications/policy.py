"""May this message go out now: send, wait until the morning or tomorrow, or skip for a reason. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.catalog import Channel, Kind, QuietRule

QUIET_FROM = time(22, 0)
QUIET_UNTIL = time(7, 0)

# Mail and the mailbox wait silently until someone looks; only a phone rings at night.
_RINGING = frozenset({Channel.SMS})


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that is sent in a day of the city: SMS to one person, and parts of SMS paid for in all.

    None is no cap; an installation begins with those of the migration that made their table.
    """

    per_person: int | None = None
    segments_per_day: int | None = None


_NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Spent:
    """What this day has seen so far: capped SMS to the person in question, and parts of SMS in all."""

    to_person: int = 0
    segments: int = 0


@dataclass(frozen=True, slots=True)
class Send:
    """It may go out."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not before this instant; the reason is a code, empty for the quiet hours."""

    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """Never by this channel; the reason is a code shown on the ticket."""

    reason: str


Verdict = Send | Wait | Skip


@dataclass(frozen=True, slots=True)
class Case:
    """What the policy looks at. `has_other_channel` when the person can be told in another way.

    `segments` are the parts an SMS is paid as, and `spent` is what the day's other messages came to.
    """

    kind: Kind
    channel: Channel
    address: str
    is_urgent: bool
    has_opted_out: bool
    rings_nowhere: bool = False  # the in-app mailbox carries it in place of a phone, and asks nothing for it
    segments: int = 1
    spent: Spent = field(default_factory=Spent)
    has_other_channel: bool = False


def judge(case: Case, now: datetime, zone: ZoneInfo, caps: Caps = _NO_CAPS) -> Verdict:
    """Decide for one message at one instant; quiet hours and days are those of the city's zone.

    What may not go by a full channel goes by another one if there is any, else tomorrow.
    """
    if not case.address.strip() and case.channel is not Channel.MAILBOX:
        return Skip("no_address")
    if case.has_opted_out and case.kind.may_opt_out:
        return Skip("opted_out")
    if case.channel not in _RINGING or case.is_urgent or case.rings_nowhere:
        return Send()
    local = now.astimezone(zone)
    full = _full(case, caps)
    if full:
        return Skip(full) if case.has_other_channel else Wait(_morning_after(local), full)
    if case.kind.quiet is QuietRule.WAIT:
        until = _quiet_until(local)
        if until is not None:
            return Wait(until)
    return Send()


def day_start(now: datetime, zone: ZoneInfo) -> datetime:
    """Tell when the city's day began, which is when caps are counted from."""
    local = now.astimezone(zone)
    return datetime.combine(local.date(), time(), tzinfo=local.tzinfo)


def _full(case: Case, caps: Caps) -> str:
    if case.kind.is_capped and caps.per_person is not None and case.spent.to_person >= caps.per_person:
        return "person_cap"
    would_be = case.spent.segments + case.segments
    is_spent = caps.segments_per_day is not None and would_be > caps.segments_per_day
    return "spend_cap" if is_spent else ""


def _quiet_until(local: datetime) -> datetime | None:
    if local.time() >= QUIET_FROM:
        return _morning_after(local)
    if local.time() < QUIET_UNTIL:
        return datetime.combine(local.date(), QUIET_UNTIL, tzinfo=local.tzinfo)
    return None


def _morning_after(local: datetime) -> datetime:
    return datetime.combine(local.date() + timedelta(days=1), QUIET_UNTIL, tzinfo=local.tzinfo)
