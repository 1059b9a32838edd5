"""What will turn red today at today's pace, unit by unit? The rows behind `workflows.forecast`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from hotline.models.clocks import IS_DONE_FOR_TICKET, Clock
from hotline.models.ticket import IS_RUNNING, Ticket
from hotline.queries.marks import read_mark, write_mark
from hotline.queries.overdue import Found, Wanted
from hotline.queries.scope import visible_to
from workflows.definition import Actor
from workflows.forecast import Stretch, late_ones, pace, rest_of_day, rests_before
from workflows.vocabulary import ClockName, Light
from workflows.worktime import WorkCalendar

# Whose work a running ticket waits for: a unit's id, or the centre's own step by the name of its clock.
Queue = int | str


@dataclass(frozen=True, slots=True)
class QueueForecast:
    """What one queue has still to do until the end of the stretch, and how much of that will be late."""

    queue: Queue
    due: int
    done: int
    per_hour: float
    late: int


@dataclass(frozen=True, slots=True)
class Late:
    """A ticket that will be late, with what it can be asked for by."""

    id: int
    due_at: datetime
    light: Light
    unit_id: int | None
    category_id: int | None
    type: str

    def is_wanted(self, wanted: Wanted) -> bool:
        return (
            wanted.light in ("", self.light)
            and wanted.type in ("", self.type)
            and (wanted.unit_ids is None or self.unit_id in wanted.unit_ids)
            and (wanted.category_ids is None or self.category_id in wanted.category_ids)
        )


@dataclass(frozen=True, slots=True)
class Forecast:
    """The whole city's, the queue with most late tickets first; `late` is in the order of the due moments."""

    stretch: Stretch
    queues: tuple[QueueForecast, ...]
    late: tuple[Late, ...]

    def page(self, wanted: Wanted, limit: int, after: str | None) -> Found:
        """Cut out one page of what is wanted. Raises BadCursorError for a mark that is not ours."""
        rows = [each for each in self.late if each.is_wanted(wanted)]
        if after is not None:
            mark = read_mark(after)
            rows = [each for each in rows if (each.due_at, each.id) > mark]
        last = rows[limit - 1] if len(rows) > limit else None
        shown = tuple(each.id for each in rows[:limit])
        return Found(shown, None if last is None else write_mark(last.due_at, last.id))

    def count(self, wanted: Wanted) -> int:
        return sum(each.is_wanted(wanted) for each in self.late)


def read_forecast(session: Session, viewer: Actor, calendar: WorkCalendar, now: datetime) -> Forecast:
    """Forecast every queue that has something due before the stretch of the day is over."""
    stretch = rest_of_day(calendar, now)
    waiting: dict[Queue, list[Row[Any]]] = {}
    for row in session.execute(_due(viewer, stretch, now)):
        waiting.setdefault(_queue_of(row), []).append(row)
    paces = _paces(session, calendar, stretch, now) if waiting else {}
    queues, late = [], []
    for queue, rows in waiting.items():
        done, per_hour = paces.get(queue, (0, 0.0))
        is_late = late_ones([row.due_at for row in rows], per_hour, stretch)
        queues.append(QueueForecast(queue, len(rows), done, per_hour, sum(is_late)))
        late += [_late(row, now) for row, is_it in zip(rows, is_late, strict=True) if is_it]
    return Forecast(
        stretch,
        tuple(sorted(queues, key=lambda each: (-each.late, -each.due, str(each.queue)))),
        tuple(sorted(late, key=lambda each: (each.due_at, each.id))),
    )


def _due(viewer: Actor, stretch: Stretch, now: datetime) -> Any:
    columns = (Ticket.unit_id, Ticket.leading_clock, Ticket.category_id, Ticket.type)
    return (
        select(Ticket.id, Ticket.due_at, Ticket.warn_at, Ticket.orange_at, *columns)
        .where(IS_RUNNING, Ticket.due_at > now, Ticket.due_at <= stretch.ends_at, visible_to(viewer))
        .order_by(Ticket.due_at, Ticket.id)
    )


def _queue_of(row: Row[Any]) -> Queue:
    """A ticket whose handling is promised but that no unit holds waits for the centre."""
    is_with_unit = row.leading_clock == ClockName.HANDLE and row.unit_id is not None
    return int(row.unit_id) if is_with_unit else str(row.leading_clock)


def _late(row: Row[Any], now: datetime) -> Late:
    light = Light.GREEN
    if row.warn_at <= now:
        light = Light.ORANGE if row.orange_at is not None and row.orange_at <= now else Light.YELLOW
    return Late(row.id, row.due_at, light, row.unit_id, row.category_id, row.type)


def _paces(
    session: Session, calendar: WorkCalendar, stretch: Stretch, now: datetime
) -> dict[Queue, tuple[int, float]]:
    """Tell how many each queue has done in this stretch, and how many an hour."""
    today = _done(session, [(stretch.since, now)])
    if not stretch.is_young:
        hours = stretch.worked.total_seconds() / 3600
        return {queue: (done, pace(done, hours)) for queue, done in today.items()}
    pasts = rests_before(calendar, stretch, now)
    before = _done(session, [(past.begins, past.ends) for past in pasts])
    hours = sum(past.hours for past in pasts)
    queues = before.keys() | today.keys()
    return {queue: (today.get(queue, 0), pace(before.get(queue, 0), hours)) for queue in queues}


def _done(session: Session, spans: Iterable[tuple[datetime, datetime]]) -> Mapping[Queue, int]:
    """Count what was done in some spans: by a unit, handled tickets; by the centre, kept promises."""
    done: dict[Queue, int] = {}
    for begins, ends in spans:
        for queue, count in (*_handled(session, begins, ends), *_steps(session, begins, ends)):
            done[queue] = done.get(queue, 0) + count
    return done


def _handled(session: Session, begins: datetime, ends: datetime) -> Sequence[Any]:
    return session.execute(
        select(Ticket.unit_id, func.count())
        .where(Ticket.handled_at > begins, Ticket.handled_at <= ends, Ticket.unit_id.is_not(None))
        .group_by(Ticket.unit_id)
    ).all()


def _steps(session: Session, begins: datetime, ends: datetime) -> Sequence[Any]:
    """Handling counts for its unit; without one nobody's pace can be told, and all of it is late."""
    others = [name.value for name in ClockName if name is not ClockName.HANDLE]
    return session.execute(
        select(Clock.name, func.count())
        .where(IS_DONE_FOR_TICKET, Clock.name.in_(others))
        .where(Clock.stopped_at > begins, Clock.stopped_at <= ends)
        .group_by(Clock.name)
    ).all()
