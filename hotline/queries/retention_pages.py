"""What does an administrator read of retention: the periods and who chose them, holds, what was erased?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.retention import LegalHold, RetentionKind, RetentionRule, Tombstone
from hotline.models.ticket import Ticket
from hotline.queries.directory import user_names

_MOST = 50


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule that was made."""

    kind: RetentionKind
    days: int
    reason: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One hold with its ticket's number. `lifted_at` is None while it may still hold."""

    id: int
    number: str
    reason: str
    until_on: date | None
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    lift_reason: str


@dataclass(frozen=True, slots=True)
class BatchLine:
    """What one batch erased of one kind."""

    batch: str
    kind: RetentionKind
    days: int
    tickets: int
    rows: int
    erased_at: datetime


def list_rules(session: Session) -> list[RuleLine]:
    """List the newest rules first."""
    rows = session.scalars(select(RetentionRule).order_by(RetentionRule.id.desc()).limit(_MOST)).all()
    names = user_names(session, {row.made_by_id for row in rows if row.made_by_id is not None})
    return [
        RuleLine(
            RetentionKind(row.kind), row.days, row.reason, names.get(row.made_by_id or 0, ""), row.made_at
        )
        for row in rows
    ]


def list_holds(session: Session) -> list[HoldLine]:
    """List the holds that still stand first, then the newest."""
    found = session.execute(
        select(LegalHold, Ticket.number)
        .join(Ticket, Ticket.id == LegalHold.ticket_id)
        .order_by(LegalHold.lifted_at.is_not(None), LegalHold.id.desc())
        .limit(_MOST)
    ).all()
    who = {person for hold, _ in found for person in (hold.placed_by_id, hold.lifted_by_id)}
    names = user_names(session, {person for person in who if person is not None})
    return [_hold_line(hold, number, names) for hold, number in found]


def list_batches(session: Session) -> Sequence[BatchLine]:
    """List what was erased, the newest batch first."""
    columns = (Tombstone.batch, Tombstone.kind, Tombstone.days)
    found = session.execute(
        select(*columns, func.count(), func.sum(Tombstone.rows), func.max(Tombstone.id))
        .group_by(*columns)
        .order_by(func.max(Tombstone.id).desc())
        .limit(_MOST)
    ).all()
    last = [row[5] for row in found]
    stones = session.execute(select(Tombstone.id, Tombstone.erased_at).where(Tombstone.id.in_(last)))
    moments = {row.id: row.erased_at for row in stones}
    return [
        BatchLine(row[0], RetentionKind(row[1]), row[2], row[3], int(row[4]), moments[row[5]])
        for row in found
    ]


def _hold_line(hold: LegalHold, number: str, names: dict[int, str]) -> HoldLine:
    return HoldLine(
        id=hold.id,
        number=number,
        reason=hold.reason,
        until_on=hold.until_on,
        placed_by=names.get(hold.placed_by_id or 0, ""),
        placed_at=hold.placed_at,
        lifted_by=names.get(hold.lifted_by_id or 0, ""),
        lifted_at=hold.lifted_at,
        lift_reason=hold.lift_reason,
    )
