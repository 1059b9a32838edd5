"""Which rows go into a bulk export: the conditions of the search as they were approved, page by page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Citizen, Ticket
from hotline.queries.ticket_parts import Caller
from hotline.queries.watches import watched_by
from hotline.queries.worklists import FOUND_BY, MOST_ROWS, Filters, TicketRow, list_page
from sealing import Digest, every_hash
from workflows.definition import Actor

MOST_EXPORTED = 50_000
_LISTS = ("states", "types", "lights", "unit_ids", "category_ids")
_MOMENTS = ("created_from", "created_to")
_TEXTS = ("words", "number")


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One ticket and its caller, unmasked: whoever writes the row masks them."""

    ticket: TicketRow
    name: str = field(repr=False)
    phone: str = field(repr=False)


def keep(filters: Filters, district: str, watched_by_id: int | None = None) -> dict[str, Any]:
    """Turn the conditions of a search into what a request can hold; a telephone or name only as its hash."""
    kept: dict[str, Any] = {name: getattr(filters, name) for name in _TEXTS}
    kept |= {name: list(getattr(filters, name)) for name in _LISTS}
    kept |= {name: list(every_hash(value)) for name in FOUND_BY if (value := getattr(filters, name))}
    moments = {name: getattr(filters, name) for name in _MOMENTS}
    kept |= {name: moment.isoformat() for name, moment in moments.items() if moment is not None}
    kept |= {"district": district, "watched_by": watched_by_id}
    return {name: value for name, value in kept.items() if value}


def restore(kept: Mapping[str, Any]) -> Filters:
    """Read the conditions of a search again."""
    district = kept.get("district")
    known: dict[str, Any] = {name: kept[name] for name in (*_TEXTS, *_LISTS) if name in kept}
    known |= {name: _digest(kept[name]) for name in FOUND_BY if name in kept}
    known |= {name: datetime.fromisoformat(kept[name]) for name in _MOMENTS if name in kept}
    only = [Ticket.district == district] if district else []
    if "watched_by" in kept:
        only.append(watched_by(kept["watched_by"]))
    return Filters(**known, only=only, sort="-created_at", limit=MOST_ROWS)


def _digest(kept: list[str] | str) -> Digest:
    """Read a hash again; before there could be several it was kept alone."""
    return Digest.of([kept] if isinstance(kept, str) else kept)


def list_rows(session: Session, viewer: Actor, kept: Mapping[str, Any], now: datetime) -> Iterator[ExportRow]:
    """List the newest tickets that match and that the viewer may see, at most 50,000."""
    filters = restore(kept)
    for _ in range(MOST_EXPORTED // MOST_ROWS):
        page = list_page(session, viewer, filters, now)
        callers = _callers(session, [row.number for row in page.rows])
        for row in page.rows:
            caller = callers.get(row.number)
            yield ExportRow(row, caller.name if caller else "", caller.dialled if caller else "")
        if page.next is None:
            return
        filters = replace(filters, after=page.next)


def _callers(session: Session, numbers: Sequence[str]) -> dict[str, Caller]:
    found = session.execute(
        select(Ticket.number, Citizen.name, Citizen.phone)
        .join(Citizen, Citizen.id == Ticket.citizen_id)
        .where(Ticket.number.in_(numbers), Ticket.is_confidential.is_(False))
    )
    return {number: Caller(name or "", phone or "", "") for number, name, phone in found}
