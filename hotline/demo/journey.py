"""When does each act of a simulated ticket happen: legs of a journey, one after the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hotline.demo.simulation import Planned, Step
from workflows.errors import Refused
from workflows.worktime import WorkCalendar

Act = Callable[[Session, datetime], None]
Stopped = Callable[[Act, Refused], None]

# Three tries a day apart still fit into the seven days of the callback clock.
_CALLED_WITHIN = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Leg:
    """An act, and when it is taken: told from the moment the leg before it ended."""

    when: Callable[[datetime], datetime]
    act: Act


def at(moment: datetime, act: Act) -> Leg:
    """Plan an act for a moment of its own."""
    return Leg(lambda _before: moment, act)


def after(wait: timedelta, act: Act) -> Leg:
    """Plan an act some time after the one before it."""
    return Leg(lambda before: before + wait, act)


def within_office_hours(calendar: WorkCalendar, minutes: int, act: Act) -> Leg:
    """Plan an act so many minutes of working time after the one before it."""
    return Leg(lambda before: calendar.add_working(before, minutes * 60), act)


def called_back(calendar: WorkCalendar, minutes: int, act: Act) -> Leg:
    """Plan a callback in working time, yet within days: the callback clock runs on through long holidays."""
    return Leg(lambda before: min(calendar.add_working(before, minutes * 60), before + _CALLED_WITHIN), act)


def begin(start: datetime, legs: Sequence[Leg], stopped: Stopped) -> Planned:
    """Plan a whole journey whose first leg counts from `start`; an act that is refused ends it."""
    return Planned(legs[0].when(start), _step(legs, stopped))


def _step(legs: Sequence[Leg], stopped: Stopped) -> Step:
    def step(session: Session, now: datetime) -> Iterator[Planned]:
        try:
            with session.begin_nested():
                legs[0].act(session, now)
        except Refused as refusal:
            stopped(legs[0].act, refusal)
            return
        rest = legs[1:]
        if rest:
            yield Planned(rest[0].when(now), _step(rest, stopped))

    return step
