"""How is the end of an attempt written down?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, case, select, update
from sqlalchemy.orm import Session

from notifications.catalog import Channel
from notifications.claims import Claimed, is_held
from notifications.models import UNCLEAR, Delivery, OutboxMessage, State
from notifications.spending import take_back

_MESSAGES: Table = OutboxMessage.__table__  # type: ignore[assignment]  # declared as a wider type
_DELIVERIES: Table = Delivery.__table__  # type: ignore[assignment]  # same


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt ended, with the new counts. An open state needs `next_attempt_at`.

    `is_unclear` when the provider may have the message all the same; `is_unreachable` when the address is to
    blame.
    """

    state: State
    at: datetime
    failures: int
    crashes: int
    next_attempt_at: datetime | None = None
    provider_reference: str | None = None
    error: str | None = None
    skip_reason: str | None = None
    is_unclear: bool = False
    is_unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """One message with the end of its attempt."""

    claimed: Claimed
    settlement: Settlement


def settle_all(session: Session, ended: Sequence[Ended]) -> frozenset[str]:
    """Write how attempts ended; gives the ids written, the others belong to another worker by now.

    Of those too it is noted how the attempt ended, since that is what happened.
    """
    if not ended:
        return frozenset()
    connection = session.connection()
    held = select(_MESSAGES.c.id).where(is_held([each.claimed for each in ended]))
    mine = set(connection.execute(held.order_by(_MESSAGES.c.id).with_for_update()).scalars())
    settled = [_settled(each) for each in ended if each.claimed.id in mine]
    if settled:
        connection.execute(_SETTLE, settled)
    connection.execute(_END, [_end(each) for each in ended])
    not_taken = [each.claimed for each in ended if each.settlement.state is not State.ACCEPTED]
    take_back(session, [claimed.id for claimed in not_taken if claimed.channel == Channel.SMS])
    return frozenset(mine)


_SETTLED = (
    "state",
    "next_attempt_at",
    "failures",
    "crashes",
    "accepted_at",
    "provider_reference",
    "last_error",
    "skip_reason",
    "is_unreachable",
)
_SETTLE = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("message"))
    .values(
        owner=None,
        lease_until=None,
        unclear_since=case((bindparam("stays_unclear"), _MESSAGES.c.unclear_since), else_=None),
        **{name: bindparam(f"new_{name}") for name in _SETTLED},
    )
)
_ENDED = ("ended_at", "outcome", "error_code", "provider_reference")
_END = (
    update(_DELIVERIES)
    .where(_DELIVERIES.c.message_id == bindparam("message"), _DELIVERIES.c.attempt == bindparam("number"))
    .values({name: bindparam(f"new_{name}") for name in _ENDED})
)


def _settled(ended: Ended) -> Mapping[str, Any]:
    settlement = ended.settlement
    computed = {
        "next_attempt_at": settlement.next_attempt_at or settlement.at,
        "accepted_at": settlement.at if settlement.state is State.ACCEPTED else None,
        "last_error": settlement.error,
    }
    values = {name: computed.get(name, getattr(settlement, name, None)) for name in _SETTLED}
    news = {f"new_{name}": value for name, value in values.items()}
    return {"message": ended.claimed.id, "stays_unclear": settlement.is_unclear, **news}


def _end(ended: Ended) -> Mapping[str, Any]:
    settlement = ended.settlement
    return {
        "message": ended.claimed.id,
        "number": ended.claimed.attempts,
        "new_ended_at": settlement.at,
        "new_outcome": UNCLEAR if settlement.is_unclear else settlement.state,
        "new_error_code": settlement.error,
        "new_provider_reference": settlement.provider_reference,
    }
