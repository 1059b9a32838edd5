"""What only time brings about: the moments of one running clock are moved back, then what is due fires."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from hotline.models.clocks import Clock, Timer, TimerState
from hotline.models.ticket import Ticket
from tests.browser.walks.walker import Walker
from workflows.vocabulary import ClockName

_MOMENTS = ("started_at", "due_at", "original_due_at", "yellow_at", "orange_at")
_A_MOMENT = timedelta(minutes=1)


def wait_until(walker: Walker, kind: str, name: ClockName = ClockName.HANDLE) -> None:
    """Live on until the next timer of this kind has just fired for the ticket's running clock of that name."""
    with walker.city.sessions().begin() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == walker.number)).one()
        wanted = select(Clock).where(Clock.ticket_id == ticket.id, Clock.name == name.value)
        clock = session.scalars(wanted.where(Clock.stopped_at.is_(None)).order_by(Clock.id.desc())).first()
        assert clock is not None
        pending = select(Timer).where(Timer.clock_id == clock.id, Timer.state == TimerState.PENDING.value)
        timers = session.scalars(pending).all()
        due = next(timer.due_at for timer in timers if timer.kind == kind)
        _move_back([ticket, clock] if ticket.leading_clock == name else [clock], timers, due)
    walker.city.deliver()


def _move_back(rows: Sequence[Ticket | Clock], timers: Sequence[Timer], due: datetime) -> None:
    span = due - datetime.now(UTC) + _A_MOMENT
    for row in rows:
        for name in _MOMENTS:
            known = getattr(row, name, None)
            if known is not None:
                setattr(row, name, known - span)
    for timer in timers:
        timer.due_at -= span
