"""Which timers are due, and what happens when they fire?

A timer asks for its action through the same door as people. Due ids are read without locks; the ticket row is
locked first and the timer looked at again under that lock, so that it fires once however many ticks run, and
a clock that stopped a moment ago never fires. (Locking the timer first deadlocked with replies: 10 of 10.)
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, Timer, TimerState
from hotline.models.ticket import Ticket
from hotline.services.lifecycle import Command, advance, lock_ticket
from workflows.definition import SYSTEM
from workflows.errors import Refused
from workflows.timer_actions import timer_action
from workflows.vocabulary import ClockName, Machine, TimerKind

SessionFactory = Callable[[], Session]
Shield = Callable[[], AbstractContextManager[None]]


def fire_due(
    session_factory: SessionFactory, now: datetime, limit: int = 200, shield: Shield = nullcontext
) -> int:
    """Fire up to `limit` timers due at `now`, in due order, each in a transaction of its own.

    Returns how many it settled: fired, or cancelled because nothing was left to do. `shield` surrounds each
    timer and may swallow a fault; that timer stays pending, and later ones of its ticket wait behind it.
    """
    settled = 0
    stuck: set[str] = set()
    for timer_id, number in _due(session_factory, now, limit):
        if number in stuck:
            continue
        stuck.add(number)
        with shield():
            with session_factory() as session, session.begin():
                settled += _settle(session, timer_id, number, now)
            stuck.discard(number)
    return settled


def _due(session_factory: SessionFactory, now: datetime, limit: int) -> list[tuple[int, str]]:
    due = (
        select(Timer.id, Ticket.number)
        .join(Ticket, Ticket.id == Timer.ticket_id)
        .where(Timer.state == TimerState.PENDING.value, Timer.due_at <= now)
        .order_by(Timer.due_at, Timer.id)
        .limit(limit)
    )
    with session_factory() as session, session.begin():
        session.connection(execution_options={"reads_only": True})
        return [(timer_id, number) for timer_id, number in session.execute(due)]


def _settle(session: Session, timer_id: int, number: str, now: datetime) -> bool:
    try:
        ticket = lock_ticket(session, number)
    except Refused:  # merged or let go in this very moment: the next tick locks what belongs to it now
        return False
    timer = session.get_one(Timer, timer_id, populate_existing=True)
    if timer.state != TimerState.PENDING or timer.due_at > now:
        return False
    clock = session.get_one(Clock, timer.clock_id, populate_existing=True)
    if clock.stopped_at is not None or clock.paused_at is not None:
        timer.state = TimerState.CANCELLED.value
        return True
    try:
        with session.begin_nested():
            timer.state, timer.fired_at = TimerState.FIRED.value, now
            advance(session, _command(ticket, timer, clock), SYSTEM, now)
    except Refused as refusal:
        timer.state, timer.refusal_code = TimerState.CANCELLED.value, str(refusal.code)
    return True


def _command(ticket: Ticket, timer: Timer, clock: Clock) -> Command:
    is_of_share = clock.assignment_id is not None
    asked = timer_action(ClockName(clock.name), TimerKind(timer.kind), is_of_share=is_of_share)
    if asked is None:
        message = f"no action for {timer.kind} of {clock.name}"
        raise LookupError(message)
    subjects = {
        Machine.ASSIGNMENT: clock.assignment_id,
        Machine.REQUEST: clock.request_id,
        Machine.ORDER: clock.order_id,
    }
    return Command(
        number=ticket.number,
        action=asked.action,
        data=asked.data,
        version=None,
        machine=asked.machine,
        subject_id=subjects.get(asked.machine),
    )
