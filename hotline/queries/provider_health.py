"""How is each provider: when did it last take a message, how much fails, and does it rest?

Each worker process counts for itself what makes a provider rest, and nobody else can see it. What stands here
is worked out anew from the attempts of all of them, by the same rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, select
from sqlalchemy.orm import Session

from hotline.queries.delivery_words import name_provider
from notifications.models import Delivery, State
from notifications.retry import Breaker

_LOOK_BACK = timedelta(hours=24)
LATELY = timedelta(minutes=15)
# As many attempts as the rule remembers, and no older ones than could still make a provider rest.
_REMEMBERED = 20
_MATTERS = timedelta(minutes=5)
_WHOLE = 100
# Of this message or by our own fault: the rule does not blame the provider for them.
_NOT_BLAMED = (
    *("no_template", "hung", "raised_", "twilio_21408", "twilio_21612", "tencent_UnsupportedOperation."),
    *("tencent_LimitExceeded.PhoneNumber", "tencent_FailedOperation.Template"),
)
# A refused message was answered, so its provider is well.
_ANSWERED = frozenset({State.ACCEPTED, State.DEAD})
# When one attempt ended, how, and with what code.
_Ended = tuple[datetime, str, str]


class Rest(StrEnum):
    """Whether a provider is left alone for a while, as far as the attempts tell."""

    WORKS = "works"
    RESTS = "rests"
    PROBED = "probed"  # it has rested, and took nothing since: one message is tried before others follow


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """How one provider did in the last 24 hours and in the last 15 minutes."""

    name: str
    label: str
    last_success_at: datetime | None
    tried: int
    failed: int
    rest: Rest
    seconds_left: int

    @property
    def failed_percent(self) -> int:
        """The share of failures of the last 15 minutes."""
        return round(self.failed / self.tried * _WHOLE) if self.tried else 0


def list_providers(session: Session, now: datetime) -> list[ProviderLine]:
    """List every provider that was asked in the last 24 hours."""
    is_late = Delivery.started_at >= now - LATELY
    is_taken = Delivery.outcome == State.ACCEPTED
    tried = and_(is_late, Delivery.outcome.is_not(None))
    rows = session.execute(
        select(
            Delivery.provider,
            func.max(case((is_taken, Delivery.ended_at))),
            func.coalesce(func.sum(cast(case((tried, 1), else_=0), Integer)), 0),
            func.coalesce(func.sum(cast(case((and_(tried, ~is_taken), 1), else_=0), Integer)), 0),
        )
        .where(Delivery.started_at >= now - _LOOK_BACK)
        .group_by(Delivery.provider)
        .order_by(Delivery.provider)
    ).all()
    return [_provider_line(row, _recent(session, row[0], now), now) for row in rows]


def _provider_line(row: Any, recent: Iterable[_Ended], now: datetime) -> ProviderLine:
    name, last_success_at, tried, failed = row
    return ProviderLine(name, name_provider(name), last_success_at, tried, failed, *_rest(recent, now))


def _recent(session: Session, provider: str, now: datetime) -> Sequence[_Ended]:
    ended = select(Delivery.ended_at, Delivery.outcome, Delivery.error_code).where(
        Delivery.provider == provider,
        Delivery.started_at >= now - _MATTERS,
        Delivery.outcome.is_not(None),
        Delivery.ended_at.is_not(None),
    )
    rows = session.execute(ended.order_by(Delivery.started_at.desc()).limit(_REMEMBERED)).all()
    return sorted((ended_at, outcome, code or "") for ended_at, outcome, code in rows if ended_at and outcome)


def _rest(attempts: Iterable[_Ended], now: datetime) -> tuple[Rest, int]:
    """Let the breaker live through the attempts once more."""
    breaker = Breaker()
    for ended_at, outcome, code in attempts:
        if outcome == State.ACCEPTED or not code.startswith(_NOT_BLAMED):
            breaker = breaker.after(ended_at.timestamp(), is_success=outcome in _ANSWERED)
    if breaker.opens_again_at is None:
        return Rest.WORKS, 0
    left = round(breaker.rest_left(now.timestamp()))
    return (Rest.RESTS, left) if left else (Rest.PROBED, 0)
