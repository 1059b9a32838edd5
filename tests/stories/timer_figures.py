"""What became of the timers of a whole database: how many fired, were lost, doubled, early or out of order?"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, Timer
from hotline.models.ticket import TicketEvent
from workflows.timer_actions import SHARE_TIMER_ACTIONS, TIMER_ACTIONS, timer_action
from workflows.vocabulary import ClockName, Machine, TimerKind

# What a timer asks for, as its event says it: action, part of the ticket, clock and level.
Asked = tuple[str, int | None, str, str]
_TIMED = {each.action for table in (TIMER_ACTIONS, SHARE_TIMER_ACTIONS) for each in table.values()}


@dataclass(frozen=True, slots=True)
class TimerFigures:
    """All but `fired` must be nothing."""

    fired: int
    lost: int = 0
    doubled: int = 0
    early: int = 0
    disordered: int = 0

    def __str__(self) -> str:
        return (
            f"{self.fired} fired, {self.lost} lost, {self.doubled} doubled, {self.early} early, "
            f"{self.disordered} tickets out of order"
        )


def read_figures(session: Session, now: datetime) -> TimerFigures:
    """Hold every timer that was due until `now` against the events of the system, ticket by ticket."""
    clocks = {clock.id: clock for clock in session.scalars(select(Clock))}
    timers = session.scalars(select(Timer).order_by(Timer.due_at, Timer.id)).all()
    fired: dict[int, list[Timer]] = defaultdict(list)
    for timer in timers:
        if timer.state == "fired":
            fired[timer.ticket_id].append(timer)
    events = _events(session)
    lost, doubled, disordered = 0, 0, 0
    for ticket_id in fired.keys() | events.keys():
        asked = [_asked(timer, clocks[timer.clock_id]) for timer in fired[ticket_id]]
        done = events[ticket_id]
        lost += (Counter(asked) - Counter(done)).total()
        doubled += (Counter(done) - Counter(asked)).total()
        disordered += asked != done or not _rises(fired[ticket_id])
    owed = [timer for timer in timers if timer.state == "pending" and timer.due_at <= now]
    early = sum(1 for each in fired.values() for timer in each if _fired_at(timer) < timer.due_at)
    return TimerFigures(sum(map(len, fired.values())), lost + len(owed), doubled, early, disordered)


def _events(session: Session) -> dict[int, list[Asked]]:
    acts = select(TicketEvent).where(TicketEvent.role == "system", TicketEvent.action.in_(_TIMED))
    found: dict[int, list[Asked]] = defaultdict(list)
    for event in session.scalars(acts.order_by(TicketEvent.ticket_id, TicketEvent.number)):
        said = event.data.get("clock", ""), event.data.get("level", "")
        found[event.ticket_id].append((event.action, event.subject_id, *said))
    return found


def _asked(timer: Timer, clock: Clock) -> Asked:
    name, kind = ClockName(clock.name), TimerKind(timer.kind)
    action = timer_action(name, kind, is_of_share=clock.assignment_id is not None)
    assert action is not None
    parts = {
        Machine.ASSIGNMENT: clock.assignment_id,
        Machine.REQUEST: clock.request_id,
        Machine.ORDER: clock.order_id,
    }
    said = str(action.data.get("clock", "")), str(action.data.get("level", ""))
    return (action.action, parts.get(action.machine), *said)


def _rises(timers: Sequence[Timer]) -> bool:
    moments = [_fired_at(timer) for timer in timers]
    return moments == sorted(moments)


def _fired_at(timer: Timer) -> datetime:
    assert timer.fired_at is not None
    return timer.fired_at
