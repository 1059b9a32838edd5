"""Which timers does a clock need: set at its start, silenced at a stop or pause, set again afterwards."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, Timer, TimerState
from workflows.timer_actions import timer_action
from workflows.vocabulary import ClockName, TimerKind

_WARNINGS = (TimerKind.YELLOW, TimerKind.ORANGE)


def set_first_timers(session: Session, clocks: Iterable[Clock]) -> None:
    """Set the timers of clocks that just started; a warning that lies before the start is only a light."""
    rows = [
        _row(clock, kind, moment, 1)
        for clock in clocks
        for kind, moment in _moments(clock)
        if kind is TimerKind.RED or moment > clock.started_at
    ]
    if rows:
        session.execute(insert(Timer), rows)


def silence(session: Session, clock_ids: Sequence[int]) -> None:
    """Cancel what those clocks still had to ask for."""
    if not clock_ids:
        return
    pending = update(Timer).where(Timer.clock_id.in_(clock_ids), Timer.state == TimerState.PENDING)
    session.execute(
        pending.values(state=str(TimerState.CANCELLED)), execution_options={"synchronize_session": False}
    )


def set_next_timers(session: Session, clocks: Sequence[Clock], now: datetime) -> None:
    """Set the timers of the next cycle of clocks whose moments moved; their old ones must be silenced.

    A moment that came while the clock was held, or before a tick saw it, is still asked for; one that was
    asked for is not repeated unless it moved into the future.
    """
    if not clocks:
        return
    past = _past(session, [clock.id for clock in clocks])
    rows: list[dict[str, Any]] = []
    for clock in clocks:
        timers = past.get(clock.id, [])
        cycle = max((timer.cycle for timer in timers), default=0) + 1
        rows.extend(
            _row(clock, kind, moment, cycle)
            for kind, moment in _moments(clock)
            if _is_wanted([timer for timer in timers if timer.kind == kind], moment, now)
        )
    if rows:
        session.execute(insert(Timer), rows)


def was_overdue(session: Session, clock: Clock) -> bool:
    """Tell whether a clock's end was ever asked for; until then its escalation waits for that."""
    fired = (Timer.clock_id == clock.id, Timer.kind == TimerKind.RED, Timer.fired_at.is_not(None))
    return session.scalars(select(Timer.id).where(*fired)).first() is not None


def set_ladder(session: Session, clock: Clock, steps: Mapping[TimerKind, datetime]) -> None:
    """Set the timers of an overdue clock's escalation: each step once for each time it became overdue."""
    past = _past(session, [clock.id]).get(clock.id, [])
    overdue_since = max((t.fired_at for t in past if t.kind == TimerKind.RED and t.fired_at), default=None)
    has_them = {timer.kind for timer in past if _is_climbed(timer, overdue_since)}
    wanted = {kind: at for kind, at in steps.items() if kind not in has_them}
    cycles = [timer.cycle for timer in past]
    is_taken = any(timer.kind in wanted and timer.cycle == max(cycles) for timer in past)
    cycle = max(cycles, default=1) + is_taken
    rows = [_row(clock, kind, at, cycle) for kind, at in wanted.items()]
    if rows:
        session.execute(insert(Timer), rows)


def _is_climbed(timer: Timer, overdue_since: datetime | None) -> bool:
    """Whether a step is still to come, or came since the clock was last overdue."""
    if timer.fired_at is None:
        return timer.state == TimerState.PENDING
    return overdue_since is None or timer.fired_at >= overdue_since


def _moments(clock: Clock) -> list[tuple[TimerKind, datetime]]:
    name, is_of_share = ClockName(clock.name), clock.assignment_id is not None
    moments = dict(
        zip((*_WARNINGS, TimerKind.RED), (clock.yellow_at, clock.orange_at, clock.due_at), strict=True)
    )
    return [
        (kind, at)
        for kind, at in moments.items()
        if at is not None and timer_action(name, kind, is_of_share=is_of_share)
    ]


def _past(session: Session, clock_ids: Sequence[int]) -> dict[int, list[Timer]]:
    found = select(Timer).where(Timer.clock_id.in_(clock_ids)).order_by(Timer.cycle)
    by_clock: dict[int, list[Timer]] = {}
    # Other statements write timers past the session, so what it remembers of them is stale.
    for timer in session.scalars(found, execution_options={"populate_existing": True}):
        by_clock.setdefault(timer.clock_id, []).append(timer)
    return by_clock


def _is_wanted(timers: Sequence[Timer], moment: datetime, now: datetime) -> bool:
    fired = [timer.fired_at for timer in timers if timer.fired_at is not None]
    if moment > max([now, *fired]):
        return True
    return bool(timers) and timers[-1].fired_at is None


def _row(clock: Clock, kind: TimerKind, moment: datetime, cycle: int) -> dict[str, Any]:
    return {
        "clock_id": clock.id,
        "ticket_id": clock.ticket_id,
        "kind": str(kind),
        "due_at": moment,
        "cycle": cycle,
        "state": str(TimerState.PENDING),
    }
