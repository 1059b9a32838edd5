"""May this message go out now: send, wait until the morning, or skip for a reason. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.catalog import Channel, Kind, QuietRule

QUIET_FROM = time(22, 0)
QUIET_UNTIL = time(7, 0)

# Mail and the mailbox wait silently until someone looks; only a phone rings at night.
_RINGING = frozenset({Channel.SMS})


@dataclass(frozen=True, slots=True)
class Send:
    """It may go out."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not before this instant."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Skip:
    """Never; the reason is a code shown on the ticket."""

    reason: str


Verdict = Send | Wait | Skip


@dataclass(frozen=True, slots=True)
class Case:
    """What the policy looks at."""

    kind: Kind
    channel: Channel
    address: str
    is_urgent: bool
    has_opted_out: bool
    rings_nowhere: bool = False  # the in-app mailbox carries it in place of a phone


def judge(case: Case, now: datetime, zone: ZoneInfo) -> Verdict:
    """Decide for one message at one instant; the quiet hours are those of the city's zone."""
    if not case.address.strip() and case.channel is not Channel.MAILBOX:
        return Skip("no_address")
    if case.has_opted_out and case.kind.may_opt_out:
        return Skip("opted_out")
    rings = case.channel in _RINGING and not case.rings_nowhere
    if rings and not case.is_urgent and case.kind.quiet is QuietRule.WAIT:
        until = _quiet_until(now.astimezone(zone))
        if until is not None:
            return Wait(until)
    return Send()


def _quiet_until(local: datetime) -> datetime | None:
    if local.time() >= QUIET_FROM:
        morning = local.date() + timedelta(days=1)
    elif local.time() < QUIET_UNTIL:
        morning = local.date()
    else:
        return None
    return datetime.combine(morning, QUIET_UNTIL, tzinfo=local.tzinfo)
