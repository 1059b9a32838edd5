"""By how much was the handling of tickets late that are over?"""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Ticket
from workflows.vocabulary import ClockName


def lateness_of(session: Session, numbers: Collection[str]) -> dict[str, timedelta]:
    """Tell by the tickets' numbers how late the latest of their rounds was; those in time are left out."""
    late = (
        select(Ticket.number, Clock.stopped_at, Clock.due_at)
        .join(Clock, Clock.ticket_id == Ticket.id)
        .where(
            Ticket.number.in_(numbers),
            Clock.name == ClockName.HANDLE.value,
            Clock.assignment_id.is_(None),
            Clock.is_cancelled.is_(False),
            Clock.stopped_at > Clock.due_at,
        )
    )
    found: dict[str, timedelta] = {}
    for number, stopped_at, due_at in session.execute(late):
        found[number] = max(found.get(number, timedelta()), (stopped_at or due_at) - due_at)
    return found
