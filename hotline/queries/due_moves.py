"""Which event moved a ticket's due date, from when to when?"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, ClockChange
from workflows.vocabulary import ClockName

Move = tuple[datetime, datetime]


def find_moves(session: Session, clocks: Iterable[Clock]) -> dict[int, Move]:
    """Tell for events, by number, from when to when each moved the handling clock of the whole ticket."""
    ids = [clock.id for clock in clocks if clock.name == ClockName.HANDLE and clock.assignment_id is None]
    kept = select(ClockChange).where(ClockChange.clock_id.in_(ids))
    return moves_in(session.scalars(kept.order_by(ClockChange.clock_id, ClockChange.number)))


def moves_in(changes: Iterable[ClockChange]) -> dict[int, Move]:
    """Find the moves among changes in the order of their clocks and numbers."""
    moves: dict[int, Move] = {}
    before: ClockChange | None = None
    for change in changes:
        if before is not None and before.clock_id == change.clock_id and before.due_at != change.due_at:
            first, _ = moves.get(change.event_number, (before.due_at, before.due_at))
            moves[change.event_number] = (first, change.due_at)
        before = change
    return moves
