"""How is a fact written so that nobody can change it unseen: numbered events, each sealing the one before."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket, TicketEvent
from hotline.services.remembered import keep, once
from workflows.definition import Actor, Decision

FIRST = "0" * 64
_END = "end of the trail"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one event is about."""

    decision: Decision
    actor: Actor
    at: datetime
    subject_id: int | None


def record(session: Session, ticket: Ticket, entry: Entry) -> int:
    """Append the event of a decision and return its id; the row is locked and its version raised."""
    decision, actor = entry.decision, entry.actor
    row: dict[str, Any] = {
        "ticket_id": ticket.id,
        "number": ticket.version,
        "machine": str(decision.machine),
        "subject_id": entry.subject_id,
        "action": decision.transition.action,
        "from_state": decision.from_state,
        "to_state": decision.to_state,
        "actor_kind": str(actor.kind),
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "role": str(decision.role),
        "unit_id": actor.unit_id,
        "at": entry.at,
        "round": ticket.round,
        "data": plain(decision.event_data),
        "ip": actor.ip,
        "for_id": actor.for_id,
    }
    if actor.for_id is not None:
        ticket.has_substitutes = True
    row["previous_hash"] = _last_hash(session, ticket.id)
    row["hash"] = seal(row, _sealed(row))
    keep(session, (_END, ticket.id), row["hash"])
    event: Table = TicketEvent.__table__  # type: ignore[assignment]  # a mapped class names its table vaguely
    # Past the session, which would write the rows that changed so far one ticket at a time.
    return int(session.connection().execute(insert(event).returning(event.c.id), row).scalar_one())


def remember_ends(session: Session, ticket_ids: Collection[int]) -> None:
    """Read the last hash of every ticket that this transaction holds; see services.remembered."""
    ends = (
        select(TicketEvent.ticket_id, TicketEvent.hash)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.id.in_(ticket_ids), TicketEvent.number == Ticket.version)
    )
    for ticket_id, end in session.execute(ends):
        keep(session, (_END, ticket_id), end)


def find_break(session: Session, ticket_id: int) -> int | None:
    """Return the number of the first event that was changed, removed or moved; None if all is whole."""
    previous, expected = FIRST, 1
    events = session.scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.number)
    )
    for event in events:
        row = {name: getattr(event, name) for name in (*_SEALED, "for_id")}
        is_whole = (
            event.number == expected
            and event.previous_hash == previous
            and event.hash == seal(row, _sealed(row))
        )
        if not is_whole:
            return expected
        previous, expected = event.hash, expected + 1
    # A chain cannot miss its own end: the ticket's version tells how long it must be.
    version = session.scalar(select(Ticket.version).where(Ticket.id == ticket_id)) or 0
    return expected if expected <= version else None


def seal(row: Mapping[str, Any], names: Iterable[str]) -> str:
    """Return the hash of the named columns of an event; each trail has its own columns."""
    sealed = {name: row[name] for name in names}
    sealed["at"] = sealed["at"].astimezone(UTC).isoformat()
    text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Reduce data to what JSON gives back unchanged, so that its hash holds after it was stored."""
    kept: dict[str, Any] = json.loads(json.dumps(dict(data), ensure_ascii=False, default=str))
    return kept


def _last_hash(session: Session, ticket_id: int) -> str:
    def read() -> str | None:
        events = select(TicketEvent.hash).where(TicketEvent.ticket_id == ticket_id)
        return session.scalar(events.order_by(TicketEvent.number.desc()).limit(1))

    return once(session, (_END, ticket_id), read) or FIRST


def _sealed(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What the hash of an event covers; whom it was done for only where somebody was, as in older events."""
    return _SEALED if row["for_id"] is None else (*_SEALED, "for_id")


_SEALED = (
    "ticket_id",
    "number",
    "machine",
    "subject_id",
    "action",
    "from_state",
    "to_state",
    "actor_kind",
    "actor_id",
    "actor_name",
    "role",
    "unit_id",
    "at",
    "round",
    "data",
    "ip",
    "previous_hash",
)
