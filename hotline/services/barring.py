"""How is a ticket kept from whom it accuses? By rows that every query of tickets looks at."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, insert, or_, select
from sqlalchemy.orm import Session

from hotline.models.barred_units import BarredUnit
from hotline.models.directory import DirectoryChange, Listed
from hotline.models.organisation import Unit
from hotline.models.ticket import Ticket
from hotline.queries.accused import accused_among, accused_by
from hotline.services.remembered import keep, once

# A ticket that was being written while a unit changed may have been compared with what that was before.
UNITS_SETTLE_IN = timedelta(hours=1)
_AT_ONCE = 1_000
_BARRED = "barred"


def keep_bars(session: Session, ticket: Ticket) -> None:
    """Work out anew which units the ticket is kept from: asked whenever whom it accuses was written."""
    session.flush()
    accused = accused_by(session, ticket)
    wanted = accused_among(session.scalars(select(Unit)).all(), accused) if accused else frozenset()
    before, of_ticket = barred_from(session, ticket.id), BarredUnit.ticket_id == ticket.id
    if gone := before - wanted:
        session.execute(delete(BarredUnit).where(of_ticket, BarredUnit.unit_id.in_(gone)))
    if fresh := wanted - before:
        session.execute(
            insert(BarredUnit), [{"ticket_id": ticket.id, "unit_id": each} for each in sorted(fresh)]
        )
    keep(session, (_BARRED, ticket.id), wanted)


def barred_from(session: Session, ticket_id: int) -> frozenset[int]:
    """List the units a ticket is kept from."""

    def read() -> frozenset[int]:
        found = session.scalars(select(BarredUnit.unit_id).where(BarredUnit.ticket_id == ticket_id))
        return frozenset(found)

    return once(session, (_BARRED, ticket_id), read)


def has_changed_units(session: Session, since: datetime) -> bool:
    """Whether a unit got another name or another one over it: else every ticket is barred as it must be."""
    changed = select(DirectoryChange.id).where(
        DirectoryChange.listed == Listed.UNIT.value, DirectoryChange.at > since
    )
    return session.scalar(changed.limit(1)) is not None


def after_changes(act: Callable[[datetime | None], None], now: Callable[[], datetime]) -> Callable[[], None]:
    """Make a job of a pass over all tickets that is told since when a change counts.

    What changed before this process was there is looked for once, in its first pass that comes to an end.
    """
    passes: list[datetime] = []

    def act_once() -> None:
        at = now()
        act(at - UNITS_SETTLE_IN if passes else None)
        passes[:] = [at]

    return act_once


def bar_some(session: Session, after: int) -> int | None:
    """Bar units anew from the next tickets that accuse somebody; locks those alone that are to be mended.

    Gives the id of the last one that was compared, None when there is none left.
    """
    accusing = or_(Ticket.accused.is_not(None), Ticket.follower_count > 0)
    query = select(Ticket.id, Ticket.accused, Ticket.follower_count).where(Ticket.id > after, accusing)
    rows = session.execute(query.order_by(Ticket.id).limit(_AT_ONCE)).all()
    if changed := _changed(session, rows):
        wanted = select(Ticket).where(Ticket.id.in_(changed)).order_by(Ticket.id)
        for ticket in session.scalars(wanted.with_for_update(skip_locked=True)).all():
            keep_bars(session, ticket)
    return rows[-1].id if rows else None


def _changed(session: Session, rows: Collection[Row[int, str | None, int]]) -> list[int]:
    """List the tickets whose rows differ from what their words and the units of now make of them."""
    if not rows:
        return []
    units = session.scalars(select(Unit)).all()
    said = _said_by_followers(session, [row.id for row in rows if row.follower_count])
    before = _bars(session, [row.id for row in rows])
    texts = {row.id: "\n".join([row.accused or "", *said.get(row.id, ())]) for row in rows}
    return [each for each, text in texts.items() if accused_among(units, text) != before.get(each, set())]


def _said_by_followers(session: Session, masters: Collection[int]) -> Mapping[int, list[str]]:
    if not masters:
        return {}
    found: dict[int, list[str]] = {}
    merged = select(Ticket.master_id, Ticket.accused).where(Ticket.master_id.in_(masters))
    for master_id, accused in session.execute(merged):
        found.setdefault(master_id or 0, []).append(accused or "")
    return found


def _bars(session: Session, ticket_ids: Collection[int]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = {}
    barred = select(BarredUnit.ticket_id, BarredUnit.unit_id).where(BarredUnit.ticket_id.in_(ticket_ids))
    for ticket_id, unit_id in session.execute(barred):
        found.setdefault(ticket_id, set()).add(unit_id)
    return found
