"""What becomes of one message: stopped before it is sent, or sent; and what its end means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from notifications import policy, retry
from notifications.catalog import KINDS, Channel, get_kind
from notifications.claims import Claimed
from notifications.gate import Gate, say
from notifications.models import State
from notifications.providers.base import (
    Accepted,
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    UnclearOutcome,
    Watched,
)
from notifications.providers.routing import Route
from notifications.render import list_facts_by_sms
from notifications.settlements import Ended, Settlement
from notifications.words import Approved

_LOG = structlog.get_logger(__name__)
# Someone must configure a provider or mend a key first; until then the message is looked at now and then.
_LONG_REST = timedelta(minutes=10)
HUNG = "hung"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an attempt needs to know besides its message."""

    now: Callable[[], datetime]
    zone: ZoneInfo
    spread: Callable[[], float]


def stop_before_sending(
    claimed: Claimed, route: Route | None, around: Surroundings, gate: Gate
) -> Settlement | None:
    """Say why a message is not sent now, or None when it may go."""
    now = around.now()
    if claimed.crashes >= retry.POISON_LIMIT:
        return _dead(claimed, now, "poison")
    if claimed.kind not in KINDS:
        return _dead(claimed, now, "unknown_kind")
    if route is None:
        return later(claimed, now, now + _LONG_REST, "no_provider")
    if not claimed.is_readable:
        return replace(later(claimed, now, now + _LONG_REST, "unreadable"), crashes=claimed.crashes + 1)
    return _judge(claimed, route, around, gate)


def send(claimed: Claimed, provider: Watched, around: Surroundings, *, has_choice: bool) -> Ended:
    """Write the message out, hand it over and say how that ended; only what is no Exception is raised."""
    outgoing = None
    try:
        outgoing = _compose(claimed)
        settlement = _accepted(claimed, provider.send(outgoing), around.now())
    except PermanentFailure as failure:
        settlement = _dead(claimed, around.now(), failure.code, is_unreachable=failure.is_unreachable)
    except TemporaryFailure as failure:
        settlement = _again(claimed, failure, around, has_choice=has_choice)
    except Exception as error:  # noqa: BLE001 - one broken message must not stop the others
        settlement = _crashed(claimed, error, around, is_unclear=outgoing is not None)
    return Ended(claimed, settlement)


def broken(claimed: Claimed, error: Exception, around: Surroundings) -> Settlement:
    """Put back a message that could not even be judged; counts as a crash."""
    return _crashed(claimed, error, around, is_unclear=claimed.unclear_since is not None)


def hung(claimed: Claimed, around: Surroundings) -> Ended:
    """Give up a send that does not come back: it may have succeeded, and counts as a crash."""
    return Ended(claimed, _crashed_with(claimed, HUNG, around, is_unclear=True))


def later(claimed: Claimed, now: datetime, until: datetime, error: str | None) -> Settlement:
    """Put a message back that was not sent; what is known of its last attempt stays known."""
    return Settlement(
        State.CREATED,
        now,
        claimed.failures,
        claimed.crashes,
        next_attempt_at=until,
        error=error,
        is_unclear=claimed.unclear_since is not None,
    )


def _judge(claimed: Claimed, route: Route, around: Surroundings, gate: Gate) -> Settlement | None:
    now = around.now()
    match gate.judge(claimed, now, rings_nowhere=route.is_silent):
        case policy.Wait(until, reason):
            return later(claimed, now, until, reason or None)
        case policy.Skip(reason):
            return Settlement(State.SKIPPED, now, claimed.failures, claimed.crashes, skip_reason=reason)
        case policy.Send():
            return None


def _compose(claimed: Claimed) -> Outgoing:
    kind, channel = get_kind(claimed.kind), Channel(claimed.channel)
    words = say(claimed)
    return Outgoing(
        id=claimed.id,
        kind=claimed.kind,
        channel=channel,
        recipient=claimed.recipient,
        address=claimed.address,
        subject=claimed.subject,
        text=words.text,
        title=words.title,
        html=words.html,
        template_code=kind.template_code,
        approved=_approved(claimed),
        facts=_told(claimed),
    )


def _told(claimed: Claimed) -> Mapping[str, str]:
    """What a carrier of SMS fills its own text with; nobody else needs more than the words."""
    if claimed.channel != Channel.SMS:
        return {}
    named = list_facts_by_sms(get_kind(claimed.kind), claimed.language, claimed.words)
    return {name: claimed.facts[name] for name in sorted(named & claimed.facts.keys())}


def _approved(claimed: Claimed) -> Mapping[str, Approved]:
    """What carriers approved of these words in this language, by provider."""
    approved = {} if claimed.words is None else claimed.words.approved
    return {provider: each for (provider, language), each in approved.items() if language == claimed.language}


def _accepted(claimed: Claimed, accepted: Accepted, now: datetime) -> Settlement:
    return Settlement(
        State.ACCEPTED, now, claimed.failures, claimed.crashes, provider_reference=accepted.reference
    )


def _again(
    claimed: Claimed, failure: TemporaryFailure, around: Surroundings, *, has_choice: bool
) -> Settlement:
    """Try again as the schedule says. Where there is another provider it need not wait for this one."""
    now, failures = around.now(), claimed.failures + 1
    is_unclear = isinstance(failure, UnclearOutcome)
    least = retry.UNCLEAR_DELAY if is_unclear else None if has_choice else failure.retry_after
    trials = retry.Trials(failures, claimed.first_attempt_at or now)
    at = retry.next_attempt_at(trials, now, around.spread(), least)
    if at is None:
        return _dead(claimed, now, failure.code)
    return Settlement(
        State.CREATED,
        now,
        failures,
        claimed.crashes,
        next_attempt_at=at,
        error=failure.code,
        is_unclear=is_unclear,
    )


def _crashed(claimed: Claimed, error: Exception, around: Surroundings, *, is_unclear: bool) -> Settlement:
    """The type only is noted: an exception's text may quote the message."""
    code = f"raised_{type(error).__name__}"[:64]
    return _crashed_with(claimed, code, around, is_unclear=is_unclear)


def _crashed_with(claimed: Claimed, code: str, around: Surroundings, *, is_unclear: bool) -> Settlement:
    now, crashes = around.now(), claimed.crashes + 1
    _LOG.error("message_raised", message_id=claimed.id, kind=claimed.kind, error=code, crashes=crashes)
    if crashes >= retry.POISON_LIMIT:
        return _dead(claimed, now, code, crashes=crashes)
    trials = retry.Trials(crashes, claimed.first_attempt_at or now)
    least = retry.UNCLEAR_DELAY if is_unclear else None
    at = retry.next_attempt_at(trials, now, around.spread(), least)
    return Settlement(
        State.CREATED,
        now,
        claimed.failures,
        crashes,
        next_attempt_at=at or now,
        error=code,
        is_unclear=is_unclear,
    )


def _dead(
    claimed: Claimed, now: datetime, code: str, *, crashes: int | None = None, is_unreachable: bool = False
) -> Settlement:
    _LOG.error("message_dead", message_id=claimed.id, kind=claimed.kind, channel=claimed.channel, error=code)
    return Settlement(
        State.DEAD,
        now,
        claimed.failures,
        claimed.crashes if crashes is None else crashes,
        error=code,
        is_unreachable=is_unreachable,
    )
