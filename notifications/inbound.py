"""Which SMS has come in before, from whom, how often, and what was it the answer to?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from notifications.addresses import address_hash
from notifications.catalog import KINDS, Channel
from notifications.models import InboundMessage, OutboxMessage, State
from notifications.once import insert_once
from notifications.optouts import list_opted_out, opt_in, opt_out
from notifications.reading import Meaning
from sealing import Digest

_SENT = (State.ACCEPTED, State.DELIVERED)


@dataclass(frozen=True, slots=True)
class Inbound:
    """An SMS as the provider handed it over."""

    provider: str
    reference: str
    address: str
    body: str
    at: datetime


def keep(session: Session, inbound: Inbound, meaning: Meaning) -> bool:
    """Store an SMS as it came; False, and nothing done, when this one was received before."""
    return insert_once(
        session,
        InboundMessage,
        {
            "provider": inbound.provider,
            "provider_reference": inbound.reference,
            "address": inbound.address,
            "address_hash": hash_of(inbound.address),
            "body": inbound.body,
            "received_at": inbound.at,
            "meaning": str(meaning),
        },
    )


def note_outcome(session: Session, reference: str, outcome: str, subject: str = "") -> None:
    """Write down what became of an SMS and of which ticket it spoke."""
    row = update(InboundMessage).where(InboundMessage.provider_reference == reference)
    session.execute(row.values(outcome=outcome, subject=subject or None))


def follow_wish(session: Session, inbound: Inbound, meaning: Meaning) -> None:
    """Let an address have no more SMS, or have them again."""
    if meaning is Meaning.STOP:
        opt_out(session, Channel.SMS, inbound.address, inbound.at)
    if meaning is Meaning.RESUME:
        opt_in(session, Channel.SMS, inbound.address)


def has_opted_out(session: Session, address: str) -> bool:
    """Tell whether an address wants no more SMS."""
    return bool(list_opted_out(session, {Channel.SMS: address}))


def count_from(
    session: Session, address: str, since: datetime, outcomes: Iterable[str] = (), meaning: str = ""
) -> int:
    """Count what came from one address since a moment, of all or of certain outcomes and meanings."""
    return _count(session, InboundMessage.address_hash == hash_of(address), since, (outcomes, meaning))


def count_about(session: Session, subject: str, since: datetime, outcome: str) -> int:
    """Count what was said about one ticket since a moment with a certain outcome, by anybody."""
    return _count(session, InboundMessage.subject == subject, since, ((outcome,), ""))


def find_unplaced(session: Session, address: str, outcome: str, since: datetime) -> InboundMessage | None:
    """Find the last SMS of an address that had this outcome, no older than `since`."""
    rows = select(InboundMessage).where(
        InboundMessage.address_hash == hash_of(address),
        InboundMessage.outcome == outcome,
        InboundMessage.received_at >= since,
    )
    return session.scalar(rows.order_by(InboundMessage.id.desc()).limit(1))


def find_rated_subject(session: Session, address: str, now: datetime, within: timedelta) -> str | None:
    """Find the ticket a rating by SMS speaks of: the last one this phone was invited to rate."""
    inviting = [kind.name for kind in KINDS.values() if kind.invites_rating]
    return session.scalar(
        select(OutboxMessage.subject)
        .where(
            OutboxMessage.address_hash == hash_of(address),
            OutboxMessage.channel == Channel.SMS,
            OutboxMessage.state.in_(_SENT),
            OutboxMessage.kind.in_(inviting),
            OutboxMessage.created_at >= now - within,
        )
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )


def list_told_subjects(session: Session, address: str) -> list[str]:
    """List the tickets of which this phone heard by SMS as their citizen's."""
    told = select(OutboxMessage.subject).where(
        OutboxMessage.address_hash == hash_of(address),
        OutboxMessage.channel == Channel.SMS,
        OutboxMessage.recipient.startswith("citizen:"),
    )
    return list(session.scalars(told.distinct()))


def hash_of(address: str) -> Digest:
    """Give the keyed hash under which a telephone is found."""
    return address_hash(Channel.SMS, address)


def _count(
    session: Session, which: ColumnElement[bool], since: datetime, wanted: tuple[Iterable[str], str]
) -> int:
    outcomes, meaning = wanted
    rows = select(func.count()).select_from(InboundMessage).where(which, InboundMessage.received_at >= since)
    chosen = list(outcomes)
    if chosen:
        rows = rows.where(InboundMessage.outcome.in_(chosen))
    return session.scalar(rows.where(InboundMessage.meaning == meaning) if meaning else rows) or 0
