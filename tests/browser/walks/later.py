"""What only time brings about: the moments of one ticket's running clocks are moved back, then what is due fires."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, Timer, TimerState
from hotline.models.ticket import Ticket
from tests.browser.walks.walker import Walker
from workflows.vocabulary import ClockName

_MOMENTS = ("started_at", "due_at", "original_due_at", "yellow_at", "orange_at")
_A_MOMENT = timedelta(minutes=1)


def wait_until(walker: Walker, kind: str, clock: ClockName = ClockName.HANDLE) -> None:
    """Live on until the next timer of this kind has just fired for the newest such clock of the ticket."""
    with walker.city.sessions().begin() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == walker.number)).one()
        wanted = select(Timer.due_at).join(Clock, Clock.id == Timer.clock_id)
        wanted = wanted.where(Timer.ticket_id == ticket.id, Timer.kind == kind, Clock.name == clock.value)
        pending = wanted.where(Timer.state == TimerState.PENDING.value).order_by(Clock.id.desc())
        _move_back(session, ticket, session.scalars(pending).first() - datetime.now(UTC) + _A_MOMENT)
    walker.city.deliver()


def _move_back(session: Session, ticket: Ticket, span: timedelta) -> None:
    clocks = session.scalars(
        select(Clock).where(Clock.ticket_id == ticket.id, Clock.stopped_at.is_(None))
    ).all()
    for row in (ticket, *clocks):
        for name in _MOMENTS:
            known = getattr(row, name, None)
            if known is not None:
                setattr(row, name, known - span)
    pending = Timer.state == TimerState.PENDING.value
    for timer in session.scalars(select(Timer).where(Timer.ticket_id == ticket.id, pending)):
        timer.due_at -= span
